import { sameId } from "./types.ts";
import type { Resource, State } from "./types.ts";

/** One version of a key; times in milliseconds since 1970, null where the attribute is not set. */
export interface KeyVersion {
  version: string;
  enabled: boolean;
  created: number;
  updated: number;
  expires: number | null;
  notBefore: number | null;
  tags: Record<string, string>;
}

/** As the vault's data plane shows it (keys.json 7.5, KeyRotationPolicy); times in milliseconds. */
export interface RotationPolicy {
  created: number;
  updated: number;
  expiryTime: string | null;
  lifetimeActions: LifetimeAction[];
}

export interface LifetimeAction {
  trigger: { timeAfterCreate?: string; timeBeforeExpiry?: string };
  action: { type: "Rotate" | "Notify" };
}

export interface StoredKey {
  kty: string;
  keySize: number;
  /** Newest last. */
  versions: KeyVersion[];
  rotationPolicy: RotationPolicy | null;
}

export interface StoredVault {
  keys: Record<string, StoredKey>;
}

/** `state.services.keyVault`, by vault name in lower case; created when missing. */
export function vaultStore(state: State): Record<string, StoredVault> {
  return (state.services["keyVault"] ??= {}) as Record<string, StoredVault>;
}

/** A vault's name is unique in Azure, whatever its group. */
export function vaultNamed(state: State, name: string): Resource | null {
  const isIt = (each: Resource) => sameId(each.type, "Microsoft.KeyVault/vaults") && sameId(each.name, name);
  return Object.values(state.resources).find(isIt) ?? null;
}

/** Key names are compared without case: a vault's key identifiers are case-insensitive. */
export function findKey(state: State, vaultName: string, keyName: string): { name: string; key: StoredKey } | null {
  const vault = vaultStore(state)[vaultName.toLowerCase()];
  const name = Object.keys(vault?.keys ?? {}).find((each) => each.toLowerCase() === keyName.toLowerCase());
  const key = name === undefined ? undefined : vault?.keys[name];
  return name === undefined || key === undefined ? null : { name, key };
}

/** The newest version, whether enabled or not: what an identifier without a version stands for. */
export function newestVersion(key: StoredKey): KeyVersion | null {
  return key.versions.at(-1) ?? null;
}

/** Whether the version can wrap and unwrap now: enabled, begun and not expired. */
export function isUsable(version: KeyVersion, now: number): boolean {
  if (!version.enabled) return false;
  if (version.notBefore !== null && version.notBefore > now) return false;
  return version.expires === null || version.expires > now;
}

/** False while a vault is cut off (`state.services.unreachableVaults`, set by `POST /_sandbox/world`). */
export function isReachable(state: State, vaultName: string): boolean {
  const cut = (state.services["unreachableVaults"] as readonly string[] | undefined) ?? [];
  return !cut.some((name) => name.toLowerCase() === vaultName.toLowerCase());
}
