import { isObject, mergePatch } from "../arm.ts";
import { accept, ending } from "../longRunning.ts";
import type { EventHandler, SandboxRequest, SandboxResponse, World } from "../types.ts";
import { rememberSize } from "../metricsSource.ts";
import { seconds } from "./durations.ts";
import { keyIsUsable } from "./keyWatch.ts";
import { busy, notReady } from "./rules.ts";
import { findServer, isReplica, objectAt, setState } from "./server.ts";
import type { Server, ServerProperties } from "./server.ts";
import { computeSize, diskOfTier, diskSize } from "./sizes.ts";
import { refuseUpdate } from "./updateRules.ts";
import type { ServerChanges } from "./updateRules.ts";

const changeable = [
  "storage",
  "backup",
  "highAvailability",
  "maintenanceWindow",
  "dataEncryption",
  "authConfig",
  "version",
  "availabilityZone",
  "network",
  "replica",
  "cluster",
] as const;

/** PATCH of a server (also PUT of an existing one): checked as a whole, 202, then state Updating until it is applied. */
export function update(request: SandboxRequest, world: World, server: Server): SandboxResponse {
  const changes = readChanges(request.body);
  const refused = busy(world, server) ?? notReady(server) ?? refuseUpdate(world, server, changes);
  if (refused) return refused;
  setState(world, server, "Updating");
  const action = "Microsoft.DBforPostgreSQL/flexibleServers/write";
  const duration = updateSeconds(server, changes);
  const { id } = server;
  return accept(world, request, {
    resourceId: id,
    kind: "postgres.update",
    seconds: duration,
    input: changes,
    action,
    resultPath: id,
  });
}

export const updateEvents: Readonly<Record<string, EventHandler>> = {
  "postgres.update": ending(
    (input, operation, world) => {
      const server = findServer(world.state, operation.resourceId);
      if (server) applyChanges(world, server, input as ServerChanges);
    },
    (operation, world) => {
      const server = findServer(world.state, operation.resourceId);
      if (server) setState(world, server, "Ready");
    },
  ),
};

function readChanges(body: unknown): ServerChanges {
  const given = isObject(body) ? body : {};
  const properties = objectAt(given, "properties");
  const kept = changeable.filter((name) => properties[name] !== undefined).map((name) => [name, properties[name]]);
  const { sku, tags, identity } = given as {
    sku?: ServerChanges["sku"];
    tags?: Record<string, string>;
    identity?: Record<string, unknown>;
  };
  return {
    ...(sku ? { sku } : {}),
    ...(tags ? { tags } : {}),
    ...(identity ? { identity } : {}),
    properties: Object.fromEntries(kept) as Partial<ServerProperties>,
  };
}

/** The longest of what is asked; see durations. */
function updateSeconds(server: Server, { sku, properties }: ServerChanges): number {
  const mode = properties.highAvailability?.mode;
  const grows = (properties.storage?.storageSizeGB ?? 0) > server.properties.storage.storageSizeGB;
  const candidates = [
    seconds.settings,
    changesCompute(server, sku) ? computeSeconds(server, sku?.name ?? server.sku.name) : 0,
    grows ? storageSeconds(server, properties.storage!.storageSizeGB) : 0,
    mode !== undefined && mode !== (server.properties.highAvailability?.mode ?? "Disabled") ? haSeconds(mode) : 0,
  ];
  return Math.max(...candidates);
}

function changesCompute(server: Server, sku: ServerChanges["sku"]): boolean {
  return sku?.name !== undefined && sku.name.toLowerCase() !== server.sku.name.toLowerCase();
}

/** Near-zero-downtime falls back for replicas and Burstable with 1–2 vCores (scale/concepts-scaling-resources.md@1012b59). */
function computeSeconds(server: Server, name: string): number {
  const sizes = [computeSize(server.sku.name), computeSize(name)];
  const small = sizes.some((size) => size?.tier === "Burstable" && size.vCores <= 2);
  return isReplica(server) || small ? seconds.scaleRegular : seconds.scaleNearZeroDowntime;
}

/** Online, except reaching or crossing 4,096 GiB (concepts-storage-premium-ssd.md@450730c). */
function storageSeconds(server: Server, wanted: number): number {
  const crosses = server.properties.storage.storageSizeGB < 4096 && wanted >= 4096;
  return crosses ? seconds.storageOffline : seconds.storageOnline;
}

function haSeconds(mode: string): number {
  return mode === "Disabled" ? seconds.highAvailabilityOff : seconds.highAvailabilityOn;
}

/** default max_connections stays as it was created (concepts-limits.md@0200b8f): nothing here touches it. */
function applyChanges(world: World, server: Server, changes: ServerChanges): void {
  const { sku, tags, identity, properties } = changes;
  if (sku?.name !== undefined || properties.storage !== undefined) rememberSize(server, world.state, world.now());
  if (sku?.name !== undefined)
    server.sku = {
      name: computeSize(sku.name)?.name ?? sku.name,
      tier: sku.tier ?? computeSize(sku.name)?.tier ?? server.sku.tier,
    };
  if (tags) server.tags = { ...tags };
  if (identity) server.identity = mergePatch(server.identity, identity) as Record<string, unknown>;
  const merged = mergePatch(server.properties, properties) as ServerProperties;
  server.properties = { ...merged, storage: withTier(merged, properties), ...haPart(merged) };
  setState(world, server, keyIsUsable(world, server) ? "Ready" : "Inaccessible");
}

/** The performance tier follows the size, unless it was asked for. */
function withTier({ storage }: ServerProperties, changes: Partial<ServerProperties>): ServerProperties["storage"] {
  if (changes.storage === undefined || storage.type === "PremiumV2_LRS") return storage;
  const own = diskSize(storage.storageSizeGB);
  const asked = changes.storage.tier;
  if (!own) return storage;
  const iops = asked === undefined ? own.iops : (diskOfTier(asked)?.iops ?? own.iops);
  return { ...storage, tier: asked ?? own.tier, iops };
}

function haPart(properties: ServerProperties): Pick<ServerProperties, "highAvailability"> {
  const before = properties.highAvailability;
  const mode = before?.mode ?? "Disabled";
  if (mode === "Disabled") return { highAvailability: { mode, state: "NotEnabled" } };
  const zone = properties.availabilityZone ?? "1";
  const standby = mode === "SameZone" ? zone : (before?.standbyAvailabilityZone ?? (zone === "1" ? "2" : "1"));
  return { highAvailability: { mode, state: "Healthy", standbyAvailabilityZone: standby } };
}
