import { notFound, paged } from "../arm.ts";
import { armError } from "../types.ts";
import type { EventHandler, SandboxRequest, SandboxResponse, Service, World } from "../types.ts";
import { keyEvents, scheduleKeyCheck } from "./keyWatch.ts";
import { lifecycleEvents, restart, scheduleAutoStart, start, stop } from "./lifecycle.ts";
import { allServers, findServer, replicasOf } from "./server.ts";
import type { Server } from "./server.ts";

const collection =
  /^(\/subscriptions\/[^/]+(?:\/resourceGroups\/[^/]+)?)\/providers\/Microsoft\.DBforPostgreSQL\/flexibleServers$/i;
const member =
  /^(\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.DBforPostgreSQL\/flexibleServers\/[^/]+)(?:\/(.+))?$/i;

/** Azure Database for PostgreSQL flexible server, api-version 2025-08-01 (older versions get the same shapes). */
export const postgres: Service = (request, world) => {
  if (request.host !== "management.azure.com") return null;
  const list = collection.exec(request.path);
  if (list && request.method === "GET") return paged(request, allServers(world.state, list[1]));
  const match = member.exec(request.path);
  if (!match) return null;
  const server = findServer(world.state, match[1]!);
  if (!server) return notFound(match[1]!);
  return answer(request, world, server, match[2] ?? "");
};

type Handler = (request: SandboxRequest, world: World, server: Server) => SandboxResponse;

const actions: Readonly<Record<string, Handler>> = {
  "GET ": (_request, _world, server) => ({ status: 200, body: server }),
  "POST stop": stop,
  "POST start": start,
  "POST restart": restart,
  "GET replicas": (request, { state }, server) => paged(request, replicasOf(state, server)),
};

function answer(request: SandboxRequest, world: World, server: Server, rest: string): SandboxResponse {
  const handler = actions[`${request.method} ${rest.toLowerCase()}`];
  if (handler) return handler(request, world, server);
  return armError(
    404,
    "InvalidResourceType",
    `The sandbox does not answer ${request.method} on '${rest}' of a flexible server.`,
  );
}

export const postgresEvents: Readonly<Record<string, EventHandler>> = { ...lifecycleEvents, ...keyEvents };

/** Makes a state whole that a fleet or an older run left: the events that Azure keeps going by itself. */
export function adoptPostgres(world: World): void {
  scheduleKeyCheck(world);
  for (const server of allServers(world.state)) {
    if (server.properties.state === "Stopped") scheduleAutoStart(world, server);
  }
}
