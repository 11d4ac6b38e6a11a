import type { AccountEncryption, KeyOwner, StorageAccount } from "../environments/model.ts";
import { flag, part, text, time } from "./json.ts";
import { toHead } from "./toHead.ts";

/** A storage account as GET (api-version 2025-08-01) or a Resource Graph row tells it; null without a usable id. */
export function toAccount(json: unknown): StorageAccount | null {
  const head = toHead(json);
  if (head === null) return null;
  const properties = part(json, "properties");
  return {
    ...head,
    kind: "account",
    skuName: text(json, "sku", "name"),
    accessTier: text(properties, "accessTier"),
    encryption: toEncryption(part(properties, "encryption")),
    minimumTls: text(properties, "minimumTlsVersion"),
    httpsOnly: flag(properties, "supportsHttpsTrafficOnly"),
    publicNetworkAccess: flag(properties, "publicNetworkAccess"),
  };
}

/** Wire names are lower case in parts (`keyvaultproperties.keyname`, reference/azure-api.md section 2). */
function toEncryption(encryption: unknown): AccountEncryption {
  const vault = part(encryption, "keyvaultproperties");
  return {
    owner: keyOwner(text(encryption, "keySource")),
    vaultUri: text(vault, "keyvaulturi"),
    keyName: text(vault, "keyname"),
    keyVersion: text(vault, "keyversion"),
    currentVersionedKeyUri: text(vault, "currentVersionedKeyIdentifier"),
    lastKeyRotation: time(vault, "lastKeyRotationTimestamp"),
    currentKeyExpires: time(vault, "currentVersionedKeyExpirationTimestamp"),
  };
}

/** KeySource is Microsoft.Storage or Microsoft.Keyvault [spec]. */
function keyOwner(source: string | null): KeyOwner {
  if (source === null) return "unknown";
  if (/^microsoft\.keyvault$/i.test(source)) return "customerKey";
  return /^microsoft\.storage$/i.test(source) ? "serviceKey" : "unknown";
}
