import { paged, preconditionFailed } from "../arm.ts";
import { hash } from "../random.ts";
import { armError, sameId } from "../types.ts";
import type { EventHandler, SandboxRequest, SandboxResponse, Service, World } from "../types.ts";
import { backupEvents, createBackup, getBackup, listBackups, scheduleAging } from "./backups.ts";
import { capabilities } from "./capabilities.ts";
import { child, childEvents } from "./children.ts";
import {
  configurationEvents,
  getConfiguration,
  listConfigurations,
  rememberMaxConnections,
  setConfiguration,
} from "./configurations.ts";
import { create, createEvents, missing, remove } from "./create.ts";
import { growthEvents, scheduleGrowth } from "./growth.ts";
import { keyEvents, scheduleKeyCheck } from "./keyWatch.ts";
import { lifecycleEvents, restart, scheduleAutoStart, start, stop } from "./lifecycle.ts";
import { usages } from "./quota.ts";
import { allServers, findServer, objectAt, partsOf, replicasOf } from "./server.ts";
import type { Server } from "./server.ts";
import { update, updateEvents } from "./update.ts";

const collection =
  /^(\/subscriptions\/[^/]+(?:\/resourceGroups\/[^/]+)?)\/providers\/Microsoft\.DBforPostgreSQL\/flexibleServers$/i;
const member =
  /^(\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.DBforPostgreSQL\/flexibleServers\/[^/]+)(?:\/(.+))?$/i;
const elsewhere = /^\/subscriptions\/([^/]+)\/providers\/Microsoft\.DBforPostgreSQL\/(?:locations\/([^/]+)\/)?(.+)$/i;

/** Azure Database for PostgreSQL flexible server, api-version 2025-08-01 (older versions get the same shapes). */
export const postgres: Service = (request, world) => {
  if (request.host !== "management.azure.com") return null;
  const list = collection.exec(request.path);
  if (list) return request.method === "GET" ? paged(request, allServers(world.state, list[1])) : null;
  const match = member.exec(request.path);
  if (!match) return atLocation(request, world);
  const server = findServer(world.state, match[1]!);
  const rest = match[2] ?? "";
  const failed = rest === "" && writes.includes(request.method) ? preconditionFailed(request, server) : null;
  if (failed) return failed;
  if (server) return atServer(request, world, { server, rest });
  return request.method === "PUT" && rest === "" ? create(request, world) : missing(request, match[1]!);
};

const writes: readonly string[] = ["PUT", "PATCH", "DELETE"];

export const postgresEvents: Readonly<Record<string, EventHandler>> = {
  ...lifecycleEvents,
  ...updateEvents,
  ...createEvents,
  ...keyEvents,
  ...growthEvents,
  ...backupEvents,
  ...configurationEvents,
  ...childEvents,
};

/** Makes a state whole that a fleet or an older run left: what Azure keeps going by itself, and what only the sandbox keeps. */
export function adoptPostgres(world: World): void {
  scheduleKeyCheck(world);
  scheduleGrowth(world);
  scheduleAging(world);
  for (const server of allServers(world.state)) {
    if (server.properties.state === "Stopped") scheduleAutoStart(world, server);
    rememberMaxConnections(world, server);
    allowVector(world, server);
  }
}

/** Fleets say nothing of extensions: nine of ten servers allow `vector`, always the same ones; of the demo search-dev alone does not. */
function allowVector(world: World, server: Server): void {
  const parts = partsOf(world.state, server.id);
  if (parts.configurations !== undefined) return;
  parts.configurations = hash(server.name) % 10 === 7 ? {} : { "azure.extensions": "pg_stat_statements,vector" };
}

type Handler = (request: SandboxRequest, world: World, server: Server) => SandboxResponse;

const actions: Readonly<Record<string, Handler>> = {
  "GET ": (_request, _world, server) => ({ status: 200, body: server }),
  "PATCH ": update,
  "PUT ": update,
  "DELETE ": remove,
  "POST stop": stop,
  "POST start": start,
  "POST restart": restart,
  "GET replicas": (request, { state }, server) => paged(request, replicasOf(state, server)),
  "GET capabilities": (request) => paged(request, [capabilities()]),
  "GET backups": listBackups,
  "GET configurations": listConfigurations,
};

interface Target {
  readonly server: Server;
  readonly rest: string;
}

function atServer(request: SandboxRequest, world: World, { server, rest }: Target): SandboxResponse {
  const handler = actions[`${request.method} ${rest.toLowerCase()}`];
  if (handler) return handler(request, world, server);
  const [kind = "", name = null] = rest.split("/");
  const answer = ofKind(request, world, { server, kind, name }) ?? child(request, world, { server, kind, name });
  return (
    answer ??
    armError(
      404,
      "InvalidResourceType",
      `The sandbox does not answer ${request.method} on '${rest}' of a flexible server.`,
    )
  );
}

function ofKind(
  request: SandboxRequest,
  world: World,
  { server, kind, name }: { server: Server; kind: string; name: string | null },
): SandboxResponse | null {
  if (name === null) return null;
  const writing = request.method === "PUT" || request.method === "PATCH";
  if (sameId(kind, "configurations"))
    return writing ? setConfiguration(request, world, { server, name }) : getConfiguration(world, server, name);
  if (!sameId(kind, "backups")) return null;
  return request.method === "PUT" ? createBackup(request, world, { server, name }) : getBackup(world, server, name);
}

function atLocation(request: SandboxRequest, world: World): SandboxResponse | null {
  const match = elsewhere.exec(request.path);
  if (!match) return null;
  const [, subscription, location, rest] = match;
  const asked = `${request.method} ${rest!.toLowerCase()}`;
  if (asked === "POST checknameavailability") return nameAvailability(request, world);
  if (location === undefined) return null;
  if (asked === "GET capabilities") return paged(request, [capabilities()]);
  return asked === "GET resourcetype/flexibleservers/usages" ? usages(request, world, [subscription!, location]) : null;
}

function nameAvailability(request: SandboxRequest, world: World): SandboxResponse {
  const { name, type } = objectAt({ body: request.body }, "body");
  const taken = allServers(world.state).some((server) => sameId(server.name, String(name)));
  if (!taken) return { status: 200, body: { nameAvailable: true, name, type } };
  const message = `Specified server name is already used.`;
  return { status: 200, body: { nameAvailable: false, reason: "AlreadyExists", message, name, type } };
}
