import { notFound } from "./arm.ts";
import { within } from "./rights.ts";
import { armError } from "./types.ts";
import type { SandboxRequest, SandboxResponse, Service, State, World } from "./types.ts";

/** A management lock as GET answers it. `state.services.locks`, keyed by the lock's id in lower case. */
export interface Lock {
  readonly id: string;
  readonly name: string;
  readonly type: "Microsoft.Authorization/locks";
  readonly properties: { readonly level: "ReadOnly" | "CanNotDelete"; readonly notes?: string };
}

export function locksOf(state: State): Record<string, Lock> {
  return (state.services["locks"] ??= {}) as Record<string, Lock>;
}

const lockPath = /^(\/subscriptions\/.+)\/providers\/Microsoft\.Authorization\/locks(?:\/([^/]+))?$/i;

/** `Microsoft.Authorization/locks`: list (of the scope, what is above it and, as in Azure, below it), GET, PUT, DELETE. */
export const locks: Service = (request, world) => {
  const match = lockPath.exec(request.path);
  if (!match) return null;
  const [, scope, name] = match;
  if (name === undefined) return request.method === "GET" ? list(scope!, world.state) : null;
  const found = locksOf(world.state)[request.path.toLowerCase()];
  if (request.method === "GET") return found ? { status: 200, body: found } : notFound(request.path);
  if (request.method === "DELETE") return remove(request, world, found);
  return request.method === "PUT" ? put(request, world, name) : null;
};

/**
 * ReadOnly refuses every write, delete and POST action at its scope and below, CanNotDelete only DELETE. Locks themselves
 * stay manageable. 409 ScopeLocked; reference/reliability.md 3.3 has seen 403 too.
 */
export function refusedByLock(request: SandboxRequest, state: State): SandboxResponse | null {
  if (request.method === "GET" || request.method === "HEAD" || lockPath.test(request.path)) return null;
  const locking = Object.values(locksOf(state)).filter(
    (lock) =>
      within(request.path, scopeOf(lock)) && (lock.properties.level === "ReadOnly" || request.method === "DELETE"),
  );
  if (locking.length === 0) return null;
  const verb = request.method === "DELETE" ? "delete" : "write";
  const target = request.method === "POST" ? request.path.slice(0, request.path.lastIndexOf("/")) : request.path;
  const scopes = locking.map((lock) => `'${scopeOf(lock)}'`).join(",");
  const message = `The scope '${target}' cannot perform ${verb} operation because following scope(s) are locked: ${scopes}. Please remove the lock and try again.`;
  return armError(409, "ScopeLocked", message);
}

function scopeOf(lock: Lock): string {
  return lockPath.exec(lock.id)![1]!;
}

function list(scope: string, state: State): SandboxResponse {
  const value = Object.values(locksOf(state)).filter(
    (lock) => within(scope, scopeOf(lock)) || within(scopeOf(lock), scope),
  );
  return { status: 200, body: { value } };
}

function put(request: SandboxRequest, world: World, name: string): SandboxResponse {
  const { level, notes } =
    ((request.body ?? {}) as { properties?: { level?: unknown; notes?: unknown } }).properties ?? {};
  if (level !== "ReadOnly" && level !== "CanNotDelete") {
    return armError(400, "InvalidRequestContent", "The lock level is ReadOnly or CanNotDelete.");
  }
  const properties: Lock["properties"] = typeof notes === "string" ? { level, notes } : { level };
  const lock: Lock = { id: request.path, name, type: "Microsoft.Authorization/locks", properties };
  const existed = request.path.toLowerCase() in locksOf(world.state);
  locksOf(world.state)[request.path.toLowerCase()] = lock;
  world.changed();
  return { status: existed ? 200 : 201, body: lock };
}

function remove(request: SandboxRequest, world: World, found: Lock | undefined): SandboxResponse {
  if (!found) return { status: 204 };
  delete locksOf(world.state)[request.path.toLowerCase()];
  world.changed();
  return { status: 200 };
}
