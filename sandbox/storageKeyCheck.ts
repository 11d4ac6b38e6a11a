import { findKey, isReachable, isUsable, newestVersion } from "./keyVaultState.ts";
import type { EventHandler, Resource, World } from "./types.ts";

const kind = "storage.keyCheck";
const day = 24 * 3600 * 1000;

interface KeyProperties {
  keyname: string;
  keyversion?: string;
  keyvaulturi: string;
  currentVersionedKeyIdentifier?: string;
  lastKeyRotationTimestamp?: string;
  currentVersionedKeyExpirationTimestamp?: string;
}

/**
 * Storage looks into the vault once a day and takes the newest version of a key named without one
 * (azure-docs:articles/storage/common/customer-managed-keys-overview.md@0242921). A version that cannot be used is not taken.
 */
export const storageEvents: Readonly<Record<string, EventHandler>> = {
  [kind]: (event, world) => {
    const account = world.state.resources[event.resourceId.toLowerCase()];
    const key = account && followed(account);
    if (!account || !key) return;
    const vaultName = /^https:\/\/([^.]+)\./.exec(key.keyvaulturi)?.[1] ?? "";
    const found = isReachable(world.state, vaultName) ? findKey(world.state, vaultName, key.keyname) : null;
    const newest = found && newestVersion(found.key);
    const identifier = `${key.keyvaulturi.replace(/\/$/, "")}/keys/${key.keyname}/${newest?.version ?? ""}`;
    if (newest && isUsable(newest, world.now()) && identifier !== key.currentVersionedKeyIdentifier) {
      key.currentVersionedKeyIdentifier = identifier;
      key.lastKeyRotationTimestamp = new Date(world.now()).toISOString();
      if (newest.expires === null) delete key.currentVersionedKeyExpirationTimestamp;
      else key.currentVersionedKeyExpirationTimestamp = new Date(newest.expires).toISOString();
    }
    scheduleKeyCheck(world, account);
  },
};

/** Plans the next daily check of an account that follows a key; at most one waits at a time. */
export function scheduleKeyCheck(world: World, account: Resource): void {
  if (!followed(account)) return;
  const waits = world.state.schedule.some((event) => event.kind === kind && sameAccount(event.resourceId, account));
  if (!waits) world.schedule({ at: world.now() + day, kind, resourceId: account.id, data: null });
}

/** Makes sure that every account of a loaded state is checked daily. */
export function adoptStorage(world: World): void {
  const planned = new Set(
    world.state.schedule.filter((event) => event.kind === kind).map((event) => event.resourceId.toLowerCase()),
  );
  for (const [id, resource] of Object.entries(world.state.resources))
    if (resource.type === "Microsoft.Storage/storageAccounts" && !planned.has(id)) scheduleKeyCheck(world, resource);
}

/** The key's properties when the account uses a customer's key without naming a version; null otherwise. */
function followed(account: Resource): KeyProperties | null {
  const encryption = account.properties["encryption"] as
    { keySource?: string; keyvaultproperties?: KeyProperties } | undefined;
  const key = encryption?.keyvaultproperties;
  return encryption?.keySource === "Microsoft.Keyvault" && key && !key.keyversion ? key : null;
}

function sameAccount(id: string, account: Resource): boolean {
  return id.toLowerCase() === account.id.toLowerCase();
}
