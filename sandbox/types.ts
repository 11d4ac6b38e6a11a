/** One HTTP request as the sandbox sees it: the host is Azure's (from X-Forwarded-Host), the path is decoded. */
export interface SandboxRequest {
  readonly method: string;
  /** Lower case, e.g. `management.azure.com`, `NAME.vault.azure.net`, `eastus.metrics.monitor.azure.com`, `prices.azure.com`. */
  readonly host: string;
  /** Path with its original letter case and no trailing slash. ARM ids are case-insensitive: compare with `sameId`. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed JSON, or null without a body. */
  readonly body: unknown;
  /** Who calls, as the kernel read it from an accepted bearer token; absent without one (Key Vault's first request, prices). */
  readonly caller?: Caller;
}

/** The signed-in user behind a bearer token. `tenantId` is null for a foreign client's opaque token. */
export interface Caller {
  readonly name: string;
  readonly objectId: string;
  readonly tenantId: string | null;
}

export interface SandboxResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; absent means no body. */
  readonly body?: unknown;
  /** Set by a fault: sent as it is instead of `body`. */
  readonly text?: string;
  /** Set by a fault: what happens on the wire instead of a whole answer; `sandbox/server` carries it out. */
  readonly wire?: WireFault;
}

/** Faults that only a socket can show. `truncate` sends the first `bytes` bytes and then closes the connection, `delay` waits real milliseconds before the first. */
export type WireFault =
  | { readonly kind: "reset" }
  | { readonly kind: "hang" }
  | { readonly kind: "slow"; readonly bytesPerSecond: number }
  | { readonly kind: "delay"; readonly milliseconds: number }
  | { readonly kind: "truncate"; readonly bytes: number };

/** Answers the requests it knows and returns null for the rest, so that services can be tried in turn. */
export type Service = (request: SandboxRequest, world: World) => SandboxResponse | null;

/** One ARM resource as stored: exactly the JSON that GET answers, plus nothing. `id` keeps the case it was created with. */
export interface Resource {
  id: string;
  name: string;
  type: string;
  location?: string;
  tags?: Record<string, string>;
  sku?: Record<string, unknown>;
  identity?: Record<string, unknown>;
  kind?: string;
  etag?: string;
  properties: Record<string, unknown>;
}

/** Everything that survives a restart of the owner. JSON only; every service keeps its own part under `services`. */
export interface State {
  readonly version: 1;
  readonly seed: number;
  /** Virtual time = virtualEpoch + (real now − realEpoch) × speed; advancing the clock moves virtualEpoch. */
  clock: { realEpoch: number; virtualEpoch: number; speed: number };
  tenants: { tenantId: string; displayName: string; defaultDomain: string }[];
  subscriptions: { subscriptionId: string; displayName: string; tenantId: string; state: string; readable: boolean }[];
  /** Keyed by the lower-case ARM id. */
  resources: Record<string, Resource>;
  /** Long-running operations, keyed by operation id. */
  operations: Record<string, Operation>;
  /** What will happen by itself, in virtual time (for instance the start after 7 days), sorted by `at`. */
  schedule: ScheduledEvent[];
  /** Azure activity log, newest last. */
  activity: ActivityEntry[];
  /** Per-service data, e.g. key versions, metrics profiles, role assignments, locks. */
  services: Record<string, unknown>;
  /** Source of deterministic ids. */
  counter: number;
}

export interface Operation {
  id: string;
  resourceId: string;
  /** What `schedule`'s handler applies when the operation ends, e.g. `postgres.stop`. */
  kind: string;
  status: "InProgress" | "Succeeded" | "Failed" | "Canceled";
  startedAt: number;
  endsAt: number;
  error: { code: string; message: string } | null;
  /** What the kind needs to finish, e.g. the PATCH body. */
  input: unknown;
  /** The request that started it; faults on polling can be matched by it. Absent when Azure started it by itself. */
  request?: { method: string; host: string; path: string };
  /** Set by a fault: how it ends instead of as usual; `InProgress` never ends. */
  destiny?: { status: Operation["status"]; code: string; message: string };
}

export interface ScheduledEvent {
  at: number;
  kind: string;
  resourceId: string;
  data: unknown;
}

export interface ActivityEntry {
  at: number;
  operationName: string;
  resourceId: string;
  status: "Accepted" | "Started" | "Succeeded" | "Failed";
  caller: string;
  correlationId: string;
}

/** What a service is given: the state, the virtual time and the few things that must be the same everywhere. */
export interface World {
  readonly state: State;
  /** Virtual milliseconds since 1970. */
  now(): number;
  readonly speed: number;
  /** Marks the state as changed, so that it is written before the response leaves. */
  changed(): void;
  /** A deterministic GUID from the state's counter. */
  newId(): string;
  /** Registers something that happens at a virtual time. */
  schedule(event: ScheduledEvent): void;
  /** Seconds of Azure's time as a Retry-After value: divided by the speed, since clients wait in real time. */
  retryAfter(azureSeconds: number): string;
}

/** Applies a scheduled event; registered by kind in `sandbox/kernel`. */
export type EventHandler = (event: ScheduledEvent, world: World) => void;

/** Azure's error envelope. */
export function armError(status: number, code: string, message: string): SandboxResponse {
  return { status, headers: { "x-ms-error-code": code }, body: { error: { code, message } } };
}

/** The same answer with further headers. */
export function withHeaders(answer: SandboxResponse, headers: Readonly<Record<string, string>>): SandboxResponse {
  return { ...answer, headers: { ...answer.headers, ...headers } };
}

/** ARM ids are case-insensitive. */
export function sameId(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase();
}
