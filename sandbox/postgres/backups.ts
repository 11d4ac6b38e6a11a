import { paged } from "../arm.ts";
import { accept, ending } from "../longRunning.ts";
import { armError } from "../types.ts";
import type { EventHandler, SandboxRequest, SandboxResponse, World } from "../types.ts";
import { day, seconds } from "./durations.ts";
import { busy, notReady } from "./rules.ts";
import { findServer, forEachServer, isReplica, partsOf, serverType } from "./server.ts";
import type { Server } from "./server.ts";

/** `GET …/backups`: one a day within the retention (none while stopped), and those on demand; newest last. */
export function listBackups(request: SandboxRequest, world: World, server: Server): SandboxResponse {
  return paged(request, allBackups(world, server));
}

export function getBackup(world: World, server: Server, name: string): SandboxResponse {
  const found = allBackups(world, server).find((one) => one.name === name);
  return found
    ? { status: 200, body: found }
    : armError(404, "ResourceNotFound", `The backup '${name}' was not found.`);
}

/** PUT …/backups/{name}: an on-demand backup. Not while stopped, not of a replica (concepts-read-replicas.md@441b9c8), not on Premium SSD v2. */
export function createBackup(
  request: SandboxRequest,
  world: World,
  target: { readonly server: Server; readonly name: string },
): SandboxResponse {
  const { server, name } = target;
  const refused = busy(world, server) ?? notReady(server) ?? notBackedUp(server);
  if (refused) return refused;
  const { id: resourceId } = server;
  const action = `${serverType}/backups/write`;
  return accept(world, request, {
    resourceId,
    kind: "postgres.backup",
    seconds: seconds.backup,
    input: { name },
    action,
  });
}

export const backupEvents: Readonly<Record<string, EventHandler>> = {
  "postgres.ageBackups": (event, world) => ageBackups(event, world),
  "postgres.backup": ending((input, operation, world) => {
    const server = findServer(world.state, operation.resourceId);
    if (!server) return;
    const { name } = input as { name: string };
    const parts = partsOf(world.state, server.id);
    const others = (parts.backups ?? []).filter((one) => one.name !== name);
    parts.backups = [...others, { name, completedTime: new Date(world.now()).toISOString() }];
  }),
};

/** The oldest restore point moves on with time: nothing older than the retention can be restored. */
const ageBackups: EventHandler = (_event, world) => {
  forEachServer(world.state, ({ properties }) => {
    const { backup } = properties;
    if (backup?.earliestRestoreDate === undefined) return;
    const oldest = world.now() - (backup.backupRetentionDays ?? 7) * day;
    if (Date.parse(backup.earliestRestoreDate) < oldest) backup.earliestRestoreDate = new Date(oldest).toISOString();
  });
  scheduleAging(world);
};

/** Once a day of virtual time; ours. */
export function scheduleAging(world: World): void {
  if (world.state.schedule.some((event) => event.kind === "postgres.ageBackups")) return;
  world.schedule({ at: world.now() + day, kind: "postgres.ageBackups", resourceId: "/", data: null });
}

function notBackedUp(server: Server): SandboxResponse | null {
  if (isReplica(server))
    return armError(
      400,
      "OperationNotSupportedOnReplica",
      `Backups are not taken from the read replica ${server.name}.`,
    );
  const v2 = server.properties.storage.type === "PremiumV2_LRS";
  return v2 ? armError(400, "OperationNotSupported", "On-demand backups are not supported with Premium SSD v2.") : null;
}

interface Backup {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly properties: { readonly backupType: string; readonly completedTime: string; readonly source: string };
}

/** Automatic ones have Microsoft's example name, e.g. `daily_20210615T160516`. */
function allBackups(world: World, server: Server): Backup[] {
  if (isReplica(server)) return [];
  const parts = partsOf(world.state, server.id);
  const days = server.properties.backup?.backupRetentionDays ?? 7;
  const until = parts.stoppedAt ?? world.now();
  const oldest = world.now() - days * day;
  const last = Math.floor(until / day) * day + 2 * 3_600_000;
  const times = Array.from({ length: days + 1 }, (_, index) => last - (days - index) * day).filter(
    (at) => at <= until && at >= oldest,
  );
  const automatic = times.map((at) =>
    backup(server, { name: `daily_${compact(at)}`, at, type: "Full", source: "Automatic" }),
  );
  const kept = (parts.backups ?? []).filter((one) => Date.parse(one.completedTime) >= oldest);
  const onDemand = kept.map((one) =>
    backup(server, {
      name: one.name,
      at: Date.parse(one.completedTime),
      type: "Customer On-Demand",
      source: "Customer Initiated",
    }),
  );
  return [...automatic, ...onDemand];
}

function compact(at: number): string {
  return new Date(at).toISOString().replace(/[-:]|\.\d+Z$/g, "");
}

function backup(
  server: Server,
  made: { readonly name: string; readonly at: number; readonly type: string; readonly source: string },
): Backup {
  const { name, at, type, source } = made;
  const properties = { backupType: type, completedTime: new Date(at).toISOString(), source };
  return { id: `${server.id}/backups/${name}`, name, type: `${serverType}/backups`, properties };
}
