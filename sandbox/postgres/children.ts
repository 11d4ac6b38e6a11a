import { paged } from "../arm.ts";
import { accept, ending } from "../longRunning.ts";
import { armError, sameId } from "../types.ts";
import type { EventHandler, Resource, SandboxRequest, SandboxResponse, World } from "../types.ts";
import { seconds } from "./durations.ts";
import { busy, notReady } from "./rules.ts";
import { objectAt, partsOf, serverType } from "./server.ts";
import type { Server } from "./server.ts";

/** Kinds the product does not touch: kept as they were put, without rules of their own. */
const stored = ["databases", "firewallRules", "administrators"];
/** Kinds that are always empty in the sandbox. */
const empty = [
  "virtualendpoints",
  "privateEndpointConnections",
  "privateLinkResources",
  "migrations",
  "logFiles",
  "ltrBackupOperations",
];

export interface ChildTarget {
  readonly server: Server;
  readonly kind: string;
  readonly name: string | null;
}

/** GET, PUT and DELETE of a server's plain children; null for kinds it does not know. */
export function child(
  request: SandboxRequest,
  world: World,
  { server, kind, name }: ChildTarget,
): SandboxResponse | null {
  const known = stored.find((one) => sameId(one, kind));
  if (!known)
    return request.method === "GET" && name === null && empty.some((one) => sameId(one, kind))
      ? paged(request, [])
      : null;
  const all = childrenOf(world, server, known);
  if (name === null) return request.method === "GET" ? paged(request, all) : null;
  const found = all.find((one) => sameId(one.name, name));
  if (request.method === "GET")
    return found ? { status: 200, body: found } : armError(404, "ResourceNotFound", `'${name}' was not found.`);
  if (request.method === "DELETE" && !found) return { status: 204 };
  if (request.method !== "PUT" && request.method !== "DELETE") return null;
  const refused = busy(world, server) ?? notReady(server);
  if (refused) return refused;
  const properties = request.method === "PUT" ? objectAt(request.body, "properties") : null;
  const verb = properties ? "write" : "delete";
  const input = { kind: known, name, properties };
  return accept(world, request, {
    resourceId: server.id,
    kind: "postgres.child",
    seconds: seconds.child,
    input,
    action: `${serverType}/${known}/${verb}`,
  });
}

export const childEvents: Readonly<Record<string, EventHandler>> = {
  "postgres.child": ending((input, operation, world) => {
    const { kind, name, properties } = input as {
      kind: string;
      name: string;
      properties: Record<string, unknown> | null;
    };
    const children = (partsOf(world.state, operation.resourceId).children ??= {});
    const key = `${kind}/${name}`.toLowerCase();
    if (properties) children[key] = resource(operation.resourceId, { kind, name, properties });
    else delete children[key];
  }),
};

function childrenOf(world: World, server: Server, kind: string): Resource[] {
  const prefix = `${kind}/`.toLowerCase();
  const own = Object.entries(partsOf(world.state, server.id).children ?? {}).filter(([key]) => key.startsWith(prefix));
  const first =
    kind === "databases"
      ? [resource(server.id, { kind, name: "postgres", properties: { charset: "UTF8", collation: "en_US.utf8" } })]
      : [];
  return [...first, ...own.map(([, one]) => one)];
}

function resource(
  serverId: string,
  { kind, name, properties }: { kind: string; name: string; properties: Record<string, unknown> },
): Resource {
  return { id: `${serverId}/${kind}/${name}`, name, type: `${serverType}/${kind}`, properties };
}
