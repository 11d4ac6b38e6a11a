import { isObject, notFound, parseArmPath } from "../arm.ts";
import { accept, ending } from "../longRunning.ts";
import { armError, sameId } from "../types.ts";
import type { EventHandler, Resource, SandboxRequest, SandboxResponse, World } from "../types.ts";
import { rememberMaxConnections } from "./configurations.ts";
import { seconds } from "./durations.ts";
import { keyIsUsable } from "./keyWatch.ts";
import { busy, notReady } from "./rules.ts";
import {
  allServers,
  dropParts,
  findServer,
  isReplica,
  objectAt,
  partsOf,
  replicasOf,
  serverType,
  setState,
} from "./server.ts";
import type { Server, ServerProperties } from "./server.ts";
import { computeSize, diskSize } from "./sizes.ts";

/** PUT of a server that does not exist: Provisioning, then Ready. Create modes Create, Default and Replica. */
export function create(request: SandboxRequest, world: World): SandboxResponse {
  const body = isObject(request.body) ? request.body : {};
  const properties = objectAt(body, "properties");
  const replica = properties["createMode"] === "Replica";
  const source = replica ? findServer(world.state, String(properties["sourceServerResourceId"] ?? "")) : null;
  const problem = replica ? replicaProblem(world, source) : bodyProblem(body);
  if (problem !== null) return armError(400, "InvalidParameterValue", problem);
  const name = parseArmPath(request.path)!.name!;
  const taken = allServers(world.state).some((server) => sameId(server.name, name));
  if (taken) return armError(409, "ServerNameAlreadyExists", `The server name '${name}' already exists.`);
  const server = newServer(request, { name, body, source });
  world.state.resources[server.id.toLowerCase()] = server;
  rememberMaxConnections(world, server);
  partsOf(world.state, server.id).configurations = {};
  const { id } = server;
  const duration = replica ? seconds.replica : seconds.create;
  return accept(world, request, {
    resourceId: id,
    kind: "postgres.create",
    seconds: duration,
    input: null,
    action: `${serverType}/write`,
    resultPath: id,
  });
}

/** DELETE of a server: replicas first (read-replica/concepts-read-replicas.md@441b9c8). */
export function remove(request: SandboxRequest, world: World, server: Server | null): SandboxResponse {
  if (!server) return { status: 204 };
  const refused = busy(world, server) ?? (server.properties.state === "Inaccessible" ? null : notReady(server));
  if (refused) return refused;
  const replica = replicasOf(world.state, server)[0];
  if (replica)
    return armError(
      409,
      "ReplicaOrder",
      `Delete the read replica ${replica.name} before its primary server ${server.name}.`,
    );
  setState(world, server, "Dropping");
  return accept(world, request, {
    resourceId: server.id,
    kind: "postgres.remove",
    seconds: seconds.remove,
    input: null,
    action: `${serverType}/delete`,
  });
}

export const createEvents: Readonly<Record<string, EventHandler>> = {
  "postgres.create": ending(
    (_input, operation, world) => {
      const server = findServer(world.state, operation.resourceId);
      if (server) setState(world, server, keyIsUsable(world, server) ? "Ready" : "Inaccessible");
    },
    (operation, world) => drop(world, operation.resourceId),
  ),
  "postgres.remove": ending(
    (_input, operation, world) => drop(world, operation.resourceId),
    (operation, world) => {
      const server = findServer(world.state, operation.resourceId);
      if (server) setState(world, server, "Ready");
    },
  ),
};

/** The parent of a path that names no server. */
export function missing(request: SandboxRequest, serverId: string): SandboxResponse {
  return request.method === "DELETE" ? { status: 204 } : notFound(serverId);
}

function drop(world: World, id: string): void {
  delete world.state.resources[id.toLowerCase()];
  dropParts(world.state, id);
  world.changed();
}

function bodyProblem(body: Record<string, unknown>): string | null {
  const sku = objectAt(body, "sku");
  const properties = objectAt(body, "properties");
  const storage = objectAt(properties, "storage");
  if (typeof body["location"] !== "string") return "location is required.";
  const size = computeSize(String(sku["name"] ?? ""));
  if (!size || size.tier !== sku["tier"])
    return `The SKU '${String(sku["name"])}' in tier '${String(sku["tier"])}' is not supported in this location.`;
  const gib = storage["storageSizeGB"] ?? 32;
  if (storage["type"] !== "PremiumV2_LRS" && !diskSize(Number(gib)))
    return `${String(gib)} GiB is not a size of Premium SSD.`;
  return objectAt(properties, "dataEncryption")["type"] === "AzureKeyVault" && storage["type"] === "PremiumV2_LRS"
    ? "Premium SSD v2 does not support customer-managed keys."
    : null;
}

/** No replica of a replica, at most five of a primary (same page). */
function replicaProblem(world: World, source: Server | null): string | null {
  if (!source) return "sourceServerResourceId names no server.";
  if (isReplica(source)) return "A read replica cannot have a replica of its own.";
  if (source.properties.state !== "Ready") return `The source server ${source.name} is not ready.`;
  return replicasOf(world.state, source).length < 5 ? null : "A server has at most 5 read replicas.";
}

interface Made {
  readonly name: string;
  readonly body: Record<string, unknown>;
  readonly source: Server | null;
}

function newServer(request: SandboxRequest, { name, body, source }: Made): Server {
  const given = body as Partial<Resource>;
  const asked = objectAt(body, "properties");
  const { administratorLoginPassword: _password, createMode: _mode, ...rest } = asked;
  const storage = source?.properties.storage ?? storageOf(objectAt(asked, "storage"));
  const role = source ? "AsyncReplica" : "Primary";
  const properties: ServerProperties = {
    ...(source ? copied(source) : {}),
    version: "17",
    backup: { backupRetentionDays: 7, geoRedundantBackup: "Disabled" },
    dataEncryption: { type: "SystemManaged" },
    ...rest,
    ...(source
      ? { dataEncryption: { ...source.properties.dataEncryption, ...objectAt(asked, "dataEncryption") } }
      : {}),
    storage: { ...storage },
    state: "Provisioning",
    fullyQualifiedDomainName: `${name}.postgres.database.azure.com`,
    availabilityZone: String(asked["availabilityZone"] ?? "1"),
    highAvailability: source ? { mode: "Disabled", state: "NotEnabled" } : standby(objectAt(asked, "highAvailability")),
    replicationRole: role,
    replica: { role, capacity: source ? 0 : 5 },
  };
  const sku = (given.sku ?? source?.sku) as Server["sku"];
  const location = given.location ?? source?.location ?? "eastus";
  const plain = {
    id: request.path,
    name,
    type: serverType,
    location,
    tags: { ...given.tags },
    sku: { name: sku.name, tier: sku.tier },
    properties,
  };
  return given.identity ? { ...plain, identity: given.identity } : plain;
}

function copied({ properties }: Server): Partial<ServerProperties> {
  const { version, backup, maintenanceWindow, dataEncryption } = properties;
  return {
    version,
    ...(backup ? { backup } : {}),
    ...(maintenanceWindow ? { maintenanceWindow } : {}),
    ...(dataEncryption ? { dataEncryption } : {}),
  };
}

function storageOf(asked: Record<string, unknown>): ServerProperties["storage"] {
  const storageSizeGB = Number(asked["storageSizeGB"] ?? 32);
  const { tier = "P4", iops = 120 } = diskSize(storageSizeGB) ?? {};
  return { autoGrow: "Disabled", type: "Premium_LRS", tier, iops, ...asked, storageSizeGB };
}

function standby(asked: Record<string, unknown>): NonNullable<ServerProperties["highAvailability"]> {
  const mode = String(asked["mode"] ?? "Disabled");
  if (mode === "Disabled") return { mode, state: "NotEnabled" };
  return {
    mode,
    state: "Healthy",
    standbyAvailabilityZone: String(asked["standbyAvailabilityZone"] ?? (mode === "SameZone" ? "1" : "2")),
  };
}
