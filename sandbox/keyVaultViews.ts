import { hexOf } from "./random.ts";
import { newestVersion } from "./keyVaultState.ts";
import type { KeyVersion, RotationPolicy, StoredKey } from "./keyVaultState.ts";
import type { Resource } from "./types.ts";

/** A key in a vault: what both planes show of it. */
export interface KeyOfVault {
  readonly vault: Resource;
  readonly name: string;
  readonly key: StoredKey;
}

const keyOps = ["wrapKey", "unwrapKey", "encrypt", "decrypt", "sign", "verify"];
const recoveryLevel = "Recoverable";

/** The key as ARM shows it (official keyvault resource-manager 2023-07-01, keys.json `Key`); times in seconds. */
export function armKey({ vault, name, key }: KeyOfVault): object {
  const newest = newestVersion(key);
  return {
    id: `${vault.id}/keys/${name}`,
    name,
    type: "Microsoft.KeyVault/vaults/keys",
    location: vault.location,
    tags: newest?.tags ?? {},
    properties: newest ? armProperties({ vault, name, key }, newest) : {},
  };
}

/** ARM's list answers less: no rotation policy (listing in the official example ListKeys.json). */
export function armKeyItem(of: KeyOfVault): object {
  const { properties, ...rest } = armKey(of) as { properties: Record<string, unknown> };
  const { rotationPolicy: _, ...short } = properties;
  return { ...rest, properties: short };
}

export function armVersion(of: KeyOfVault, version: KeyVersion): object {
  return {
    id: `${of.vault.id}/keys/${of.name}/versions/${version.version}`,
    name: version.version,
    type: "Microsoft.KeyVault/vaults/keys/versions",
    location: of.vault.location,
    tags: version.tags,
    properties: armProperties(of, version),
  };
}

function armProperties({ vault, name, key }: KeyOfVault, version: KeyVersion): object {
  const base = `${baseUri(vault)}keys/${name}`;
  return {
    attributes: { ...times(version), recoveryLevel, exportable: false },
    kty: key.kty,
    keySize: key.keySize,
    keyOps,
    keyUri: base,
    keyUriWithVersion: `${base}/${version.version}`,
    ...(key.rotationPolicy ? { rotationPolicy: armPolicy(key.rotationPolicy) } : {}),
  };
}

/** ARM writes the actions in lower case, the vault itself capitalised (both documents' enums). */
function armPolicy(policy: RotationPolicy): object {
  const { created, updated, expiryTime, lifetimeActions } = policy;
  return {
    attributes: { created: seconds(created), updated: seconds(updated), ...(expiryTime ? { expiryTime } : {}) },
    lifetimeActions: lifetimeActions.map(({ trigger, action }) => ({
      trigger,
      action: { type: action.type.toLowerCase() },
    })),
  };
}

/** The key as the vault shows it (keys.json 7.5, `KeyBundle`). */
export function keyBundle({ vault, name, key }: KeyOfVault, version: KeyVersion): object {
  return {
    key: {
      kid: kid(vault, name, version.version),
      kty: key.kty,
      key_ops: keyOps,
      n: Buffer.from(hexOf(`n/${version.version}`, key.keySize / 4), "hex").toString("base64url"),
      e: "AQAB",
    },
    attributes: { ...times(version), recoveryLevel, recoverableDays: 90, exportable: false },
    tags: version.tags,
  };
}

/** One entry of a list (keys.json 7.5, `KeyItem`); without a version it names the key itself. */
export function keyItem({ vault, name }: KeyOfVault, version: KeyVersion, shown: "key" | "version"): object {
  return {
    kid: kid(vault, name, shown === "version" ? version.version : null),
    attributes: { ...times(version), recoveryLevel, recoverableDays: 90, exportable: false },
    tags: version.tags,
  };
}

/** `KeyRotationPolicy` of keys.json 7.5. A key without a policy of its own shows Azure's default, a Notify 30 days ahead. */
export function rotationPolicyBody({ vault, name, key }: KeyOfVault): object {
  const id = `${baseUri(vault)}keys/${name}/rotationpolicy`;
  const policy = key.rotationPolicy;
  if (!policy) {
    const notify = { trigger: { timeBeforeExpiry: "P30D" }, action: { type: "Notify" } };
    return { id, lifetimeActions: [notify], attributes: {} };
  }
  const { created, updated, expiryTime, lifetimeActions } = policy;
  const attributes = { ...(expiryTime ? { expiryTime } : {}), created: seconds(created), updated: seconds(updated) };
  return { id, lifetimeActions, attributes };
}

export function baseUri(vault: Resource): string {
  const uri = String(vault.properties["vaultUri"]);
  return uri.endsWith("/") ? uri : `${uri}/`;
}

function kid(vault: Resource, name: string, version: string | null): string {
  return `${baseUri(vault)}keys/${name}${version === null ? "" : `/${version}`}`;
}

function times(version: KeyVersion): object {
  return {
    enabled: version.enabled,
    created: seconds(version.created),
    updated: seconds(version.updated),
    ...(version.notBefore === null ? {} : { nbf: seconds(version.notBefore) }),
    ...(version.expires === null ? {} : { exp: seconds(version.expires) }),
  };
}

function seconds(milliseconds: number): number {
  return Math.floor(milliseconds / 1000);
}
