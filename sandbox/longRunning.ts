import { recordActivity } from "./activity.ts";
import { armError } from "./types.ts";
import type { Caller, EventHandler, Operation, SandboxRequest, SandboxResponse, Service, World } from "./types.ts";

export interface Start {
  readonly resourceId: string;
  /** The event handler that ends it, registered with {@link ending}. */
  readonly kind: string;
  /** Azure's seconds until it ends; ours, Azure documents none. */
  readonly seconds: number;
  readonly input: unknown;
  /** For the activity log, e.g. `Microsoft.DBforPostgreSQL/flexibleServers/stop/action`. */
  readonly action: string;
  /** What a poll of `Location` answers at the end: the resource for PUT and PATCH, nothing for POST and DELETE. */
  readonly resultPath?: string;
}

interface Saved {
  readonly input: unknown;
  readonly action: string;
  readonly caller: Caller | null;
  readonly correlationId: string;
  readonly resultPath: string | null;
}

/** Starts an operation that nobody asked for by HTTP (Azure's own). */
export function begin(world: World, start: Start, request?: SandboxRequest): Operation {
  const id = world.newId();
  const saved: Saved = {
    input: start.input,
    action: start.action,
    caller: request?.caller ?? null,
    correlationId: request?.headers["x-ms-correlation-request-id"] ?? id,
    resultPath: start.resultPath ?? null,
  };
  const endsAt = world.now() + start.seconds * 1000;
  const { resourceId, kind } = start;
  const operation: Operation = {
    id,
    resourceId,
    kind,
    status: "InProgress",
    startedAt: world.now(),
    endsAt,
    error: null,
    input: saved,
  };
  if (request) operation.request = { method: request.method, host: request.host, path: request.path };
  forgetOldest(world);
  world.state.operations[id] = operation;
  world.schedule({ at: endsAt, kind, resourceId, data: { operationId: id } });
  note(world, operation, "Started");
  return operation;
}

/** Azure forgets operations too; how many it keeps is ours. */
const kept = 2000;

function forgetOldest({ state }: World): void {
  const ids = Object.keys(state.operations);
  if (ids.length < kept) return;
  const ended = ids.filter((id) => state.operations[id]!.status !== "InProgress");
  for (const id of ended.slice(0, kept / 2)) delete state.operations[id];
}

/**
 * Starts an operation and answers 202 with `Azure-AsyncOperation`, `Location` and `Retry-After`: PostgreSQL documents only
 * 202 (derived openapi 2025-08-01). The two URL forms are those of Microsoft's own examples (2024-03-01-preview, ServerStop.json).
 */
export function accept(world: World, request: SandboxRequest, start: Start): SandboxResponse {
  const operation = begin(world, start, request);
  return { status: 202, headers: pollHeaders(world, request, operation) };
}

/** How an event handler of an operation is written: `apply` changes the resource, or throws an `OperationError`. */
export function ending(
  apply: (input: unknown, operation: Operation, world: World) => void,
  undo?: (operation: Operation, world: World) => void,
): EventHandler {
  return (event, world) => {
    const operation = world.state.operations[(event.data as { operationId: string }).operationId];
    if (!operation || operation.status !== "InProgress") return;
    if (operation.destiny?.status === "InProgress") return;
    note(world, operation, finish({ operation, world, apply, undo }));
    world.changed();
  };
}

/** Ends an operation as failed with Azure's code and message. */
export class OperationError extends Error {
  readonly code: string;
  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

interface Finish {
  readonly operation: Operation;
  readonly world: World;
  readonly apply: (input: unknown, operation: Operation, world: World) => void;
  readonly undo: ((operation: Operation, world: World) => void) | undefined;
}

function finish({ operation, world, apply, undo }: Finish): "Succeeded" | "Failed" {
  const destiny = operation.destiny;
  if (destiny && destiny.status !== "Succeeded") {
    undo?.(operation, world);
    return fail(operation, destiny, destiny.status);
  }
  try {
    apply((operation.input as Saved).input, operation, world);
    operation.status = "Succeeded";
    return "Succeeded";
  } catch (error) {
    if (!(error instanceof OperationError)) throw error;
    undo?.(operation, world);
    return fail(operation, error, "Failed");
  }
}

function fail(
  operation: Operation,
  { code, message }: { code: string; message: string },
  status: Operation["status"],
): "Failed" {
  operation.status = status;
  operation.error = { code, message };
  return "Failed";
}

function note(world: World, operation: Operation, status: "Started" | "Succeeded" | "Failed"): void {
  const saved = operation.input as Saved;
  const { resourceId } = operation;
  const { action, correlationId } = saved;
  recordActivity(world, {
    operationName: action,
    resourceId,
    status,
    caller: saved.caller ?? undefined,
    correlationId,
  });
}

/**
 * A fault decides how an operation ends. `Failed`/`Canceled` undo it now, `InProgress` keeps it running for ever,
 * `Succeeded` makes the poll say so at once while the resource still takes its time (azure-postgresql#134).
 */
export function doom(operation: Operation, status: Operation["status"], code: string): void {
  if (operation.status !== "InProgress") return;
  operation.destiny = { status, code, message: `The sandbox was asked to end this operation with ${code}.` };
}

/** Kernel: operations doomed to an early end get it now, in virtual time. */
export function hasten(operation: Operation, world: World): void {
  const early = operation.destiny?.status === "Failed" || operation.destiny?.status === "Canceled";
  if (!early || operation.status !== "InProgress") return;
  const { kind, resourceId } = operation;
  world.schedule({ at: world.now(), kind, resourceId, data: { operationId: operation.id } });
}

const pollPath =
  /^\/subscriptions\/([^/]+)\/providers\/([^/]+)\/locations\/([^/]+)\/(azureAsyncOperation|operationStatuses|operationResults)\/([^/]+)$/i;

/** The operation that a request polls, if it polls one. */
export function polledOperation(request: SandboxRequest, world: Pick<World, "state">): Operation | null {
  const id = request.method === "GET" ? pollPath.exec(request.path)?.[5] : undefined;
  return id === undefined ? null : operationNamed(id, world);
}

function operationNamed(id: string, { state }: Pick<World, "state">): Operation | null {
  return Object.hasOwn(state.operations, id) ? state.operations[id]! : null;
}

/** The newest operation that is still running on a resource. */
export function runningOn(world: World, resourceId: string): Operation | null {
  const wanted = resourceId.toLowerCase();
  const found = Object.values(world.state.operations).filter(
    (one) => one.status === "InProgress" && one.resourceId.toLowerCase() === wanted,
  );
  return found.at(-1) ?? null;
}

/** `azureAsyncOperation` (also under ARM's newer name `operationStatuses`) and `operationResults`. */
export const longRunning: Service = (request, world) => {
  const match = request.method === "GET" ? pollPath.exec(request.path) : null;
  if (!match) return null;
  const operation = operationNamed(match[5]!, world);
  if (!operation) return armError(404, "ResourceNotFound", `The operation '${match[5]!}' was not found.`);
  return /results$/i.test(match[4]!) ? result(operation, request, world) : status(operation, world);
};

function status(operation: Operation, world: World): SandboxResponse {
  const early = operation.destiny?.status === "Succeeded";
  const shown = early ? "Succeeded" : operation.status;
  const done = shown !== "InProgress";
  const body = {
    name: operation.id,
    status: shown,
    startTime: new Date(operation.startedAt).toISOString(),
    ...(done ? { endTime: new Date(Math.min(operation.endsAt, world.now())).toISOString() } : {}),
    ...(operation.error ? { error: operation.error } : {}),
  };
  return { status: 200, headers: done ? {} : waitHeaders(world), body };
}

function result(operation: Operation, request: SandboxRequest, world: World): SandboxResponse {
  if (operation.status === "InProgress" && operation.destiny?.status !== "Succeeded") {
    return { status: 202, headers: pollHeaders(world, request, operation) };
  }
  if (operation.error) return armError(409, operation.error.code, operation.error.message);
  const path = (operation.input as Saved).resultPath;
  const resource = path === null ? undefined : world.state.resources[path.toLowerCase()];
  return resource ? { status: 200, body: resource } : { status: 204 };
}

/** Seconds between polls; ours, Azure documents none for PostgreSQL. */
const pollSeconds = 10;

function waitHeaders(world: World): Record<string, string> {
  return { "Retry-After": world.retryAfter(pollSeconds) };
}

function pollHeaders(world: World, request: SandboxRequest, operation: Operation): Record<string, string> {
  const [, subscription, , namespace] =
    /^\/subscriptions\/([^/]+)(\/.*)?\/providers\/([^/]+)/i.exec(operation.resourceId) ?? [];
  const location =
    world.state.resources[operation.resourceId.toLowerCase()]?.location ??
    /\/locations\/([^/]+)/i.exec(request.path)?.[1] ??
    "eastus";
  const place = location.replaceAll(" ", "").toLowerCase();
  const version = request.query.get("api-version") ?? "2025-08-01";
  const base = `https://${request.host}/subscriptions/${subscription}/providers/${namespace}/locations/${place}`;
  return {
    "Azure-AsyncOperation": `${base}/azureAsyncOperation/${operation.id}?api-version=${version}`,
    Location: `${base}/operationResults/${operation.id}?api-version=${version}`,
    ...waitHeaders(world),
  };
}
