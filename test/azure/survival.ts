/** Compares what an example answer has with what the model kept, path by path. */
import { at } from "../../src/azure/json.ts";

/** Where a model field comes from in ARM's JSON, and how its value is written there. Written by hand from the documents. */
export type Origins = Readonly<Record<string, readonly [path: string, convert?: (value: unknown) => unknown]>>;

const enabled = (value: unknown) => (typeof value === "string" ? value.toLowerCase() === "enabled" : value);
const iso = (value: unknown) => value;

const head: Origins = {
  id: ["id"],
  name: ["name"],
  location: ["location"],
  tags: ["tags"],
};

export const serverOrigins: Origins = {
  ...head,
  state: ["properties.state"],
  "sku.name": ["sku.name"],
  "sku.tier": ["sku.tier"],
  version: ["properties.version"],
  hostName: ["properties.fullyQualifiedDomainName"],
  "storage.sizeGiB": ["properties.storage.storageSizeGB"],
  "storage.type": ["properties.storage.type"],
  "storage.tier": ["properties.storage.tier"],
  "storage.iops": ["properties.storage.iops"],
  "storage.autoGrow": ["properties.storage.autoGrow", enabled],
  "backup.retentionDays": ["properties.backup.backupRetentionDays"],
  "backup.geoRedundant": ["properties.backup.geoRedundantBackup", enabled],
  "backup.earliestRestore": ["properties.backup.earliestRestoreDate", iso],
  "highAvailability.mode": [
    "properties.highAvailability.mode",
    (value) => ({ Disabled: "none", SameZone: "sameZone", ZoneRedundant: "zoneRedundant" })[String(value)],
  ],
  replicationRole: ["properties.replicationRole"],
  sourceServerId: ["properties.sourceServerResourceId"],
  "encryption.owner": [
    "properties.dataEncryption.type",
    (value) => ({ AzureKeyVault: "customerKey", SystemManaged: "serviceKey" })[String(value)],
  ],
  "encryption.primaryKeyUri": ["properties.dataEncryption.primaryKeyURI"],
  "encryption.primaryIdentityId": ["properties.dataEncryption.primaryUserAssignedIdentityId"],
  "encryption.geoKeyUri": ["properties.dataEncryption.geoBackupKeyURI"],
  "encryption.geoIdentityId": ["properties.dataEncryption.geoBackupUserAssignedIdentityId"],
  "encryption.primaryStatus": ["properties.dataEncryption.primaryEncryptionKeyStatus"],
  "encryption.geoStatus": ["properties.dataEncryption.geoBackupEncryptionKeyStatus"],
  publicNetworkAccess: ["properties.network.publicNetworkAccess", enabled],
  availabilityZone: ["properties.availabilityZone"],
};

/** Only a custom window is one; the others are Azure's choice. */
export const windowOrigins: Origins = {
  "maintenanceWindow.dayOfWeek": ["properties.maintenanceWindow.dayOfWeek"],
  "maintenanceWindow.startHour": ["properties.maintenanceWindow.startHour"],
  "maintenanceWindow.startMinute": ["properties.maintenanceWindow.startMinute"],
};

export const accountOrigins: Origins = {
  ...head,
  skuName: ["sku.name"],
  accessTier: ["properties.accessTier"],
  "encryption.owner": [
    "properties.encryption.keySource",
    (value) =>
      ({ "microsoft.keyvault": "customerKey", "microsoft.storage": "serviceKey" })[String(value).toLowerCase()],
  ],
  "encryption.vaultUri": ["properties.encryption.keyvaultproperties.keyvaulturi"],
  "encryption.keyName": ["properties.encryption.keyvaultproperties.keyname"],
  "encryption.keyVersion": ["properties.encryption.keyvaultproperties.keyversion"],
  "encryption.currentVersionedKeyUri": ["properties.encryption.keyvaultproperties.currentVersionedKeyIdentifier"],
  "encryption.lastKeyRotation": ["properties.encryption.keyvaultproperties.lastKeyRotationTimestamp", iso],
  "encryption.currentKeyExpires": [
    "properties.encryption.keyvaultproperties.currentVersionedKeyExpirationTimestamp",
    iso,
  ],
  minimumTls: ["properties.minimumTlsVersion"],
  httpsOnly: ["properties.supportsHttpsTrafficOnly"],
  publicNetworkAccess: ["properties.publicNetworkAccess", enabled],
};

export const vaultOrigins: Origins = {
  ...head,
  uri: ["properties.vaultUri"],
  purgeProtection: ["properties.enablePurgeProtection"],
  rbac: ["properties.enableRbacAuthorization"],
};

const seconds = (value: unknown) => new Date(Number(value) * 1000).toISOString();

export const keyOrigins: Origins = {
  name: ["name"],
  enabled: ["properties.attributes.enabled"],
  created: ["properties.attributes.created", seconds],
  expires: ["properties.attributes.exp", seconds],
  version: ["properties.keyUriWithVersion", (value) => String(value).split("/").at(-1)],
  vault: ["properties.keyUri", (value) => new URL(String(value)).hostname.split(".")[0]],
};

/** Fields of the example that the model lost or changed; empty when all survived. Empty texts count as absent. */
export function lost(example: unknown, model: unknown, origins: Origins): readonly string[] {
  return Object.entries(origins).flatMap(([field, [path, convert = (value: unknown) => value]]) => {
    const given = at(example, ...path.split("."));
    if (given === null || given === "") return [];
    const wanted = convert(given);
    const kept = at(model, ...field.split("."));
    return JSON.stringify(kept) === JSON.stringify(wanted)
      ? []
      : [`${field}: ${JSON.stringify(wanted)} became ${JSON.stringify(kept)}`];
  });
}
