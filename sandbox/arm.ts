import { armError, sameId } from "./types.ts";
import type { Resource, SandboxRequest, SandboxResponse, Service, State, World } from "./types.ts";

/** The parts of an ARM path below a subscription. `type` and `name` are those of the last resource in it. */
export interface ArmPath {
  readonly subscriptionId: string;
  readonly resourceGroup: string | null;
  /** E.g. `Microsoft.DBforPostgreSQL/flexibleServers/backups`; null for a subscription or a resource group itself. */
  readonly type: string | null;
  /** Null when the path ends with a type: a collection or an action. */
  readonly name: string | null;
}

/** Reads an ARM path as it is written, or null when it is none. Only the last `/providers/` counts. */
export function parseArmPath(path: string): ArmPath | null {
  const match = /^\/subscriptions\/([^/]+)(?:\/resourceGroups\/([^/]+))?(\/.*)?$/i.exec(path);
  if (!match) return null;
  const rest = match[3] ?? "";
  const at = rest.toLowerCase().lastIndexOf("/providers/");
  const [namespace, ...segments] = at < 0 ? [] : rest.slice(at + "/providers/".length).split("/");
  const types = segments.filter((_segment, index) => index % 2 === 0);
  const names = segments.filter((_segment, index) => index % 2 === 1);
  return {
    subscriptionId: match[1]!,
    resourceGroup: match[2] ?? null,
    type: namespace === undefined ? null : [namespace, ...types].join("/"),
    name: names.length === types.length && names.length > 0 ? names.at(-1)! : null,
  };
}

export function findResource(state: State, id: string): Resource | null {
  return state.resources[id.toLowerCase()] ?? null;
}

/** Resources of a type (no case) in a subscription and, when given, a resource group, in the order of their ids. */
export function listResources(state: State, scope: string, type?: string): Resource[] {
  const prefix = `${scope.toLowerCase()}/`;
  return Object.entries(state.resources)
    .filter(([id, resource]) => id.startsWith(prefix) && (type === undefined || sameId(resource.type, type)))
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([, resource]) => resource);
}

/** Wording of ARM's ResourceNotFound as commonly seen (unverified against a document). */
export function notFound(path: string): SandboxResponse {
  const arm = parseArmPath(path);
  const what = arm?.type ? `${arm.type}/${arm.name ?? ""}` : path;
  const message = `The Resource '${what}' under resource group '${arm?.resourceGroup ?? "<null>"}' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix`;
  return armError(404, "ResourceNotFound", message);
}

/** Azure chooses the page size of ARM lists; this one is ours. `nextLink` is absolute and names the forwarded host. */
const pageSize = 100;

/** One page of a list; `$skiptoken` holds where it starts. */
export function paged(request: SandboxRequest, items: readonly unknown[], size = pageSize): SandboxResponse {
  const start = Number(request.query.get("$skiptoken") ?? 0);
  if (!Number.isInteger(start) || start < 0) return armError(400, "InvalidSkipToken", "The $skiptoken is not valid.");
  const value = items.slice(start, start + size);
  if (start + size >= items.length) return { status: 200, body: { value } };
  const query = new URLSearchParams(request.query);
  query.set("$skiptoken", String(start + size));
  return { status: 200, body: { value, nextLink: `https://${request.host}${encodePath(request.path)}?${query}` } };
}

function encodePath(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}

/** 412 unless `If-Match` and `If-None-Match` fit; null when they do. RFC 9110 section 13.1, as ARM applies it. */
export function preconditionFailed(request: SandboxRequest, existing: Resource | null): SandboxResponse | null {
  const match = request.headers["if-match"];
  const none = request.headers["if-none-match"];
  const wrongTag = match !== undefined && (existing === null || (match !== "*" && match !== existing.etag));
  const alreadyThere = none === "*" && existing !== null;
  if (!wrongTag && !alreadyThere) return null;
  return armError(412, "PreconditionFailed", "The condition in the If-Match or If-None-Match header is not met.");
}

/**
 * What no service of its own answers: GET, PUT, PATCH and DELETE of any stored resource, and lists by type. It comes last.
 * Child resources are stored like any other.
 */
export const armResources: Service = (request, world) => {
  if (request.host !== "management.azure.com") return null;
  const arm = parseArmPath(request.path);
  if (!arm?.type) return null;
  if (arm.name === null) return request.method === "GET" ? listByType(request, world, arm.type) : null;
  const existing = findResource(world.state, request.path);
  const failed = preconditionFailed(request, existing);
  if (failed) return failed;
  return verbs[request.method]?.(request, world, existing) ?? null;
};

type Verb = (request: SandboxRequest, world: World, existing: Resource | null) => SandboxResponse;

const verbs: Readonly<Record<string, Verb>> = {
  GET: (request, _world, existing) => (existing ? { status: 200, body: existing } : notFound(request.path)),
  HEAD: (_request, _world, existing) => ({ status: existing ? 204 : 404 }),
  PUT: put,
  PATCH: patch,
  DELETE: (request, world, existing) => {
    if (!existing) return { status: 204 };
    removeWithChildren(world, request.path);
    return { status: 200 };
  },
};

function listByType(request: SandboxRequest, world: World, type: string): SandboxResponse {
  const scope = /^\/subscriptions\/[^/]+(?:\/resourceGroups\/[^/]+)?/i.exec(request.path)![0];
  return paged(request, listResources(world.state, scope, type));
}

function put(request: SandboxRequest, world: World, existing: Resource | null): SandboxResponse {
  const arm = parseArmPath(request.path)!;
  const body = (request.body ?? {}) as Partial<Resource>;
  const { id, name, type } = existing ?? { id: request.path, name: arm.name!, type: arm.type! };
  const resource: Resource = { ...body, id, name, type, properties: { ...body.properties } };
  if (existing?.etag !== undefined) resource.etag = `"${world.newId()}"`;
  world.state.resources[id.toLowerCase()] = resource;
  world.changed();
  return { status: existing ? 200 : 201, body: resource };
}

function patch(request: SandboxRequest, world: World, existing: Resource | null): SandboxResponse {
  if (!existing) return notFound(request.path);
  const { id, name, type, ...changes } = (request.body ?? {}) as Partial<Resource>;
  const merged = mergePatch(existing, changes) as Resource;
  if (existing.etag !== undefined) merged.etag = `"${world.newId()}"`;
  world.state.resources[existing.id.toLowerCase()] = merged;
  world.changed();
  return { status: 200, body: merged };
}

export function removeWithChildren(world: World, id: string): void {
  const lower = id.toLowerCase();
  for (const key of Object.keys(world.state.resources)) {
    if (key === lower || key.startsWith(`${lower}/`)) delete world.state.resources[key];
  }
  world.changed();
}

/** JSON merge patch (RFC 7396): null removes, objects merge, all else replaces. */
export function mergePatch(target: unknown, changes: unknown): unknown {
  if (!isObject(changes)) return changes;
  const result: Record<string, unknown> = isObject(target) ? { ...target } : {};
  for (const [name, value] of Object.entries(changes)) {
    if (name === "__proto__") continue;
    if (value === null) delete result[name];
    else result[name] = mergePatch(result[name], value);
  }
  return result;
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
