import type { EncryptionStatus, KeyFacts } from "./encryptionStatus.ts";
import type { Environment, Server, VaultKey } from "./model.ts";
import { keyOfParts, parseKeyUri, sameKey, type KeyUri } from "./keyUri.ts";
import { encryptionFindings } from "./encryptionFindings.ts";

export type { EncryptionStatus, KeyFacts } from "./encryptionStatus.ts";

export interface UsedKey {
  /** `server`, `serverGeo`, `account` or `replica NAME`. */
  readonly consumer: string;
  /** As configured. */
  readonly keyUri: string;
  readonly vaultName: string;
  readonly keyName: string;
  /** The version the consumer is pinned to; null: versionless. */
  readonly version: string | null;
}

/**
 * How an environment is encrypted. `keys` are the facts read so far (from ARM); without them expiry is known only
 * for the key of the storage account, which Azure reports with the account.
 */
export function encryptionStatus(environment: Environment, keys: readonly VaultKey[], now: Date): EncryptionStatus {
  const facts = keysOf(environment).map((used) => factsOf(used, environment, keys));
  const unified = isUnified(environment);
  const status = {
    server: environment.server?.encryption.owner ?? "unknown",
    account: environment.account?.encryption.owner ?? "unknown",
    keys: facts,
    key: facts.find((one) => one.consumer === "server") ?? facts.find((one) => one.consumer === "account") ?? null,
    unified,
  } as const;
  return { ...status, findings: encryptionFindings({ environment, status, now }) };
}

/** Every key the environment depends on, as configured. Addresses that are no key address are left out. */
export function keysOf(environment: Environment): readonly UsedKey[] {
  const { server, replicas, account } = environment;
  const accountKey = account
    ? keyOfParts(account.encryption.vaultUri, account.encryption.keyName, account.encryption.keyVersion)
    : null;
  return [
    ...(server ? serverKeys(server, "server", "serverGeo") : []),
    ...toUsed("account", accountKey),
    ...replicas.flatMap((replica) => serverKeys(replica, `replica ${replica.name}`, `replica ${replica.name} geo`)),
  ];
}

function serverKeys({ encryption }: Server, primary: string, geo: string): readonly UsedKey[] {
  return [...toUsed(primary, parseKeyUri(encryption.primaryKeyUri)), ...toUsed(geo, parseKeyUri(encryption.geoKeyUri))];
}

function toUsed(consumer: string, key: KeyUri | null): readonly UsedKey[] {
  if (key === null) return [];
  const { vaultHost, vaultName, keyName, version } = key;
  const keyUri = `https://${vaultHost}/keys/${keyName}${version === null ? "" : `/${version}`}`;
  return [{ consumer, keyUri, vaultName, keyName, version }];
}

function factsOf(used: UsedKey, environment: Environment, keys: readonly VaultKey[]): KeyFacts {
  const read = keys.find((key) => isSame(key, used)) ?? null;
  const account = accountFacts(used, environment);
  // The vault answers for its newest version; a consumer pinned to another one is not judged by its dates.
  const aboutThis = used.version === null || read?.version === used.version ? read : null;
  // The account tells what it really uses; a server follows the vault's newest version, which the vault knows best.
  const [first, second] = used.consumer === "account" ? [account, aboutThis] : [aboutThis, account];
  return {
    consumer: used.consumer,
    vault: used.vaultName,
    name: used.keyName,
    version: used.version,
    expires: first?.expires ?? second?.expires ?? null,
    nextRotation: read?.nextRotation ?? null,
    currentVersion: first?.version ?? second?.version ?? read?.version ?? null,
    enabled: aboutThis?.enabled ?? null,
  };
}

/** What the storage account reports about the key version it really uses; for the same versionless key also the server's. */
function accountFacts(
  used: UsedKey,
  { account }: Environment,
): { expires: string | null; version: string | null } | null {
  if (account === null) return null;
  const current = parseKeyUri(account.encryption.currentVersionedKeyUri);
  const own = used.consumer === "account";
  const same = used.version === null && sameKey(current, parseKeyUri(used.keyUri));
  if (!own && !same) return null;
  return { expires: account.encryption.currentKeyExpires, version: current?.version ?? null };
}

function isSame(key: VaultKey, used: UsedKey): boolean {
  return key.vault.toLowerCase() === used.vaultName && key.name.toLowerCase() === used.keyName.toLowerCase();
}

function isUnified({ server, account }: Environment): boolean {
  if (server?.encryption.owner !== "customerKey" || account?.encryption.owner !== "customerKey") return false;
  return sameKey(
    parseKeyUri(server.encryption.primaryKeyUri),
    keyOfParts(account.encryption.vaultUri, account.encryption.keyName, null),
  );
}
