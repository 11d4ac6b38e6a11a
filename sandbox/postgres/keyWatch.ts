import { recordActivity } from "../activity.ts";
import { findKey, isUsable, newestVersion } from "../keyVaultState.ts";
import { sameId } from "../types.ts";
import type { EventHandler, World } from "../types.ts";
import { keyCheckEvery } from "./durations.ts";
import { forEachServer, partsOf, setState } from "./server.ts";
import type { Server } from "./server.ts";

const keyUri = /^https:\/\/([^./]+)\.[^/]*\/keys\/([^/]+)(?:\/([^/]+))?\/?$/i;

/**
 * Whether the service can use the server's own key now: disabled, deleted, expired or unreachable makes it Inaccessible
 * (security/security-data-encryption.md@1012b59). A key in a vault that the sandbox does not hold counts as usable.
 */
export function keyIsUsable(world: World, server: Server): boolean {
  const encryption = server.properties.dataEncryption;
  if (encryption?.type !== "AzureKeyVault" || encryption.primaryKeyURI === undefined) return true;
  if (lostAccess(world, encryption.primaryUserAssignedIdentityId)) return false;
  const match = keyUri.exec(encryption.primaryKeyURI);
  const vaults = world.state.services["keyVault"] as Record<string, unknown> | undefined;
  if (!match || vaults?.[match[1]!.toLowerCase()] === undefined) return true;
  if (isUnreachable(world, match[1]!)) return false;
  const found = findKey(world.state, match[1]!, match[2]!);
  const version =
    found &&
    (match[3] === undefined ? newestVersion(found.key) : found.key.versions.find((one) => one.version === match[3]));
  return version ? isUsable(version, world.now()) : false;
}

/** Identities that were deleted or lost their role; making one of the same name again does not bring it back. */
function lostAccess(world: World, identity: string | undefined): boolean {
  const lost = (world.state.services["lostIdentities"] as string[] | undefined) ?? [];
  return identity !== undefined && lost.some((one) => sameId(one, identity));
}

/** Vaults that the second actor has cut off (`unreachableVaults`). */
function isUnreachable(world: World, vault: string): boolean {
  const cut = (world.state.services["unreachableVaults"] as string[] | undefined) ?? [];
  return cut.some((one) => one.toLowerCase() === vault.toLowerCase());
}

/** Looks at every server's key often enough for loss and repair to show within 60 minutes. */
const checkKeys: EventHandler = (_event, world) => {
  forEachServer(world.state, (server) => checkKey(world, server));
  scheduleKeyCheck(world);
};

/** A stopped or moving server is left alone until it is up again. */
function checkKey(world: World, server: Server): void {
  const { state, dataEncryption } = server.properties;
  if (dataEncryption?.type !== "AzureKeyVault") return;
  const usable = keyIsUsable(world, server);
  dataEncryption.primaryEncryptionKeyStatus = usable ? "Valid" : "Invalid";
  if (state === "Ready" && !usable) change(world, server, "Inaccessible");
  if (state === "Inaccessible" && usable) change(world, server, "Ready");
}

function change(world: World, server: Server, state: "Ready" | "Inaccessible"): void {
  setState(world, server, state);
  delete partsOf(world.state, server.id).stoppedAt;
  const operationName = "Microsoft.DBforPostgreSQL/flexibleServers/write";
  recordActivity(world, { operationName, resourceId: server.id, status: "Succeeded" });
}

export function scheduleKeyCheck(world: World): void {
  if (world.state.schedule.some((event) => event.kind === "postgres.checkKeys")) return;
  world.schedule({ at: world.now() + keyCheckEvery, kind: "postgres.checkKeys", resourceId: "/", data: null });
}

export const keyEvents: Readonly<Record<string, EventHandler>> = { "postgres.checkKeys": checkKeys };
