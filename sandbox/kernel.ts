import { randomUUID } from "node:crypto";
import { authenticate } from "./auth.ts";
import { control } from "./control.ts";
import { applyFault, faultsOf, strikes } from "./faults.ts";
import type { FaultRule } from "./faults.ts";
import { gate } from "./gate.ts";
import { targetOf, withGraphLag } from "./graphLag.ts";
import { memoryLog, withoutSecrets } from "./log.ts";
import type { ExchangeLog } from "./log.ts";
import { doom, hasten, polledOperation } from "./longRunning.ts";
import { recordTo } from "./record.ts";
import type { Exchange } from "./record.ts";
import { adopt, eventHandlers, services } from "./services.ts";
import { memoryStore, saveOrRevert } from "./state.ts";
import type { StateStore } from "./state.ts";
import { armError } from "./types.ts";
import type { SandboxRequest, SandboxResponse, State } from "./types.ts";
import { createWorld } from "./world.ts";
import type { KernelWorld } from "./world.ts";

export interface SandboxOptions {
  readonly state: State;
  readonly store?: StateStore;
  readonly log?: ExchangeLog;
  /** Milliseconds since 1970; tests pass their own. */
  readonly realNow?: () => number;
}

export interface Sandbox {
  /** Answers one request. The state is saved and the exchange logged before the promise resolves; when the state cannot be saved nothing has happened and it rejects. */
  handle(request: SandboxRequest): Promise<SandboxResponse>;
  /** Sees every exchange with Azure's hosts; returns how to stop it. */
  onExchange(listener: (exchange: Exchange) => void): () => void;
  readonly world: KernelWorld;
  readonly log: ExchangeLog;
}

/** The local Azure: faults, bearer check, rights and locks, then the services in turn, on one state and one virtual clock. */
export function createSandbox(options: SandboxOptions): Sandbox {
  const { state, store = memoryStore, log = memoryLog(), realNow = Date.now } = options;
  const world = createWorld({ state, handlers: eventHandlers, realNow });
  const listeners = new Set<(exchange: Exchange) => void>();
  const recordFile = process.env["ENGRAM_SANDBOX_RECORD"];
  if (recordFile) listeners.add(recordTo(recordFile));
  const save = () => {
    if (world.takeChanged()) saveOrRevert(state, store);
  };
  adopt(world);
  save();
  const handle = (request: SandboxRequest): SandboxResponse => {
    world.runDue();
    if (request.path.startsWith("/_sandbox/")) return withSaved(control(request, { world, log, realNow }), save);
    const outcome = exchange(request, world);
    save();
    const response = {
      ...outcome.response,
      headers: { ...commonHeaders(request, world), ...outcome.response.headers },
    };
    log.append(logEntry(request, outcome, world));
    listeners.forEach((listener) => listener(seen(request, response, outcome)));
    return response;
  };
  return {
    handle: (request) => new Promise((resolve) => resolve(handle(request))),
    onExchange: (listener) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    world,
    log,
  };
}

interface Outcome {
  readonly response: SandboxResponse;
  readonly authenticated: boolean;
  readonly faults: readonly FaultRule[];
  /** 0 when a fault struck before any service saw the request. */
  readonly serviceStatus: number;
}

function exchange(request: SandboxRequest, world: KernelWorld): Outcome {
  const authentication = authenticate(request, world.state, world.now());
  const authenticated = authentication.kind === "accepted";
  const rules = strikingRules(request, world);
  const early = rules.find(strikesInstead);
  if (early && !isRealToken(authentication)) {
    return { response: applyFault(early, { status: 200 }), authenticated, faults: [early], serviceStatus: 0 };
  }
  if (authentication.kind === "refused") {
    return {
      response: authentication.response,
      authenticated,
      faults: [],
      serviceStatus: authentication.response.status,
    };
  }
  const known = authentication.kind === "accepted" ? { ...request, caller: authentication.caller } : request;
  const answer = serve(known, world, rules);
  const later = rules.filter((rule) => !strikesInstead(rule));
  const response = later.reduce((current, rule) => applyFault(rule, current), answer);
  return { response, authenticated, faults: later, serviceStatus: answer.status };
}

/** Every rule that strikes this request; poll rules only see polls of long-running operations. */
function strikingRules(request: SandboxRequest, world: KernelWorld): FaultRule[] {
  const known = faultsOf(world.state);
  if (known.length === 0) return [];
  const counted = () => known.reduce((sum, rule) => sum + rule.seen, 0);
  const before = counted();
  const polled = polledOperation(request, world);
  const rules = strikes(world.state, ["before", "afterCommit", "body"], { request });
  const polls = polled ? strikes(world.state, ["poll"], { request, origin: polled.request }) : [];
  if (counted() !== before) world.changed();
  return [...rules, ...polls];
}

/** Strikes before any service sees the request: nothing is done, only the fault is answered. */
function strikesInstead({ when, fault }: FaultRule): boolean {
  const silencing = fault.kind === "status" || fault.kind === "reset" || fault.kind === "hang" || fault.kind === "body";
  return (when === "before" || when === "poll") && silencing;
}

function isRealToken(authentication: ReturnType<typeof authenticate>): boolean {
  return authentication.kind === "refused" && authentication.response.status === 403;
}

function serve(request: SandboxRequest, world: KernelWorld, rules: readonly FaultRule[]): SandboxResponse {
  bendPolled(request, world, rules);
  const before = new Set(Object.keys(world.state.operations));
  const answer = gate(request, world) ?? withGraphLag(world, targetOf(request.path), () => firstAnswer(request, world));
  const started = Object.values(world.state.operations).filter((operation) => !before.has(operation.id));
  for (const { fault, when } of rules) {
    if (fault.kind === "operation" && when !== "poll") started.forEach((one) => doom(one, fault.status, fault.code));
  }
  return answer;
}

/** A poll fault of kind `operation` decides the operation's end, now. */
function bendPolled(request: SandboxRequest, world: KernelWorld, rules: readonly FaultRule[]): void {
  const polled = polledOperation(request, world);
  for (const { fault, when } of rules) {
    if (!polled || fault.kind !== "operation" || when !== "poll") continue;
    doom(polled, fault.status, fault.code);
    hasten(polled, world);
  }
  world.runDue();
}

function firstAnswer(request: SandboxRequest, world: KernelWorld): SandboxResponse {
  for (const service of services) {
    const answer = service(request, world);
    if (answer) return answer;
  }
  const message = `No registered resource provider found for '${request.method} ${request.path}' on ${request.host}.`;
  return armError(404, "NoRegisteredProviderFound", message);
}

function commonHeaders(request: SandboxRequest, world: KernelWorld): Record<string, string> {
  const now = world.now();
  const requestId = randomUUID();
  return {
    Date: new Date(now).toUTCString(),
    "x-sandbox-now": String(now),
    "x-ms-request-id": requestId,
    "x-ms-correlation-request-id": request.headers["x-ms-correlation-request-id"] ?? requestId,
    "Cache-Control": "no-cache",
  };
}

function logEntry(request: SandboxRequest, outcome: Outcome, world: KernelWorld): Parameters<ExchangeLog["append"]>[0] {
  const fault = faultNames(outcome.faults).join(", ");
  return {
    at: new Date(world.now()).toISOString(),
    method: request.method,
    host: request.host,
    path: request.path,
    query: Object.fromEntries(request.query),
    body: withoutSecrets(request.body),
    status: outcome.serviceStatus,
    authenticated: outcome.authenticated,
    ...(fault ? { fault } : {}),
  };
}

function faultNames(rules: readonly FaultRule[]): string[] {
  return rules.map((rule) => `${rule.when}:${rule.fault.kind}`);
}

function seen(request: SandboxRequest, response: SandboxResponse, outcome: Outcome): Exchange {
  const { authorization, "x-sandbox-token": _token, ...headers } = request.headers;
  const shown = authorization === undefined ? headers : { ...headers, authorization: "Bearer <cut>" };
  return {
    request: { ...request, headers: shown },
    response,
    authenticated: outcome.authenticated,
    faults: faultNames(outcome.faults),
  };
}

function withSaved(response: SandboxResponse, save: () => void): SandboxResponse {
  save();
  return response;
}
