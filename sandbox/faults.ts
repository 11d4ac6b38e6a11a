import { isObject } from "./arm.ts";
import { armError, withHeaders } from "./types.ts";
import type { Operation, SandboxRequest, SandboxResponse, State, WireFault } from "./types.ts";

export type FaultMoment = "before" | "afterCommit" | "body" | "poll";

export type Fault =
  | {
      readonly kind: "status";
      readonly status: number;
      readonly code: string;
      readonly headers: Record<string, string>;
      readonly body: unknown;
    }
  | { readonly kind: "reset" | "hang" | "truncate" }
  | { readonly kind: "slow"; readonly bytesPerSecond: number }
  | { readonly kind: "delay"; readonly milliseconds: number }
  | { readonly kind: "body"; readonly text: string }
  | { readonly kind: "operation"; readonly status: Operation["status"]; readonly code: string };

/**
 * A fault on request. `path` is a glob without regard to case: `*` stays within a segment (a leading one may cross),
 * `**` crosses. `when: "poll"` looks at polls of long-running operations, by their own URL or by the request that
 * started the operation. `nth` counts the requests that match, from 1; absent means all.
 */
export interface FaultRule {
  readonly match: { readonly method?: string; readonly host?: string; readonly path?: string; readonly nth?: number };
  readonly when: FaultMoment;
  readonly fault: Fault;
  readonly seed: number;
  /** How many requests have matched so far; kept in the state, so that a restart of the owner does not count anew. */
  seen: number;
}

/** Reads the list that `POST /_sandbox/faults` and `--faults` take. Throws with a sentence on what is no rule. */
export function parseFaults(value: unknown): FaultRule[] {
  if (!Array.isArray(value)) throw new Error("Faults are a JSON list of rules.");
  return value.map((rule, index) => parseRule(rule as Record<string, unknown>, index));
}

export function faultsOf(state: State): FaultRule[] {
  return (state.services["faults"] as FaultRule[] | undefined) ?? [];
}

/** What a rule is held against: a request, and for polls the request that started the polled operation. */
export interface Target {
  readonly request: SandboxRequest;
  readonly origin?: Operation["request"] | undefined;
}

/** The rules of these moments that strike the request. Counts it on every rule it matches. */
export function strikes(state: State, moments: readonly FaultMoment[], { request, origin }: Target): FaultRule[] {
  return faultsOf(state).filter((rule) => {
    const fits = matches(rule, request) || (rule.when === "poll" && origin !== undefined && matches(rule, origin));
    if (!moments.includes(rule.when) || !fits) return false;
    rule.seen += 1;
    return rule.match.nth === undefined || rule.match.nth === rule.seen;
  });
}

/** The answer as the fault leaves it. Operation faults change no answer: the kernel applies them to the operation. */
export function applyFault(rule: FaultRule, answer: SandboxResponse): SandboxResponse {
  const { fault } = rule;
  if (fault.kind === "status") return statusAnswer(fault);
  if (fault.kind === "body") return { ...answer, text: fault.text };
  if (fault.kind === "operation") return answer;
  return { ...answer, wire: wireFault(fault, rule.seed, answer) };
}

/** Only refusals get Azure's envelope by themselves: a bent 202 has the headers that were asked for and nothing else. */
function statusAnswer(fault: Extract<Fault, { kind: "status" }>): SandboxResponse {
  const { status, code, headers, body } = fault;
  if (body === undefined && status >= 400)
    return withHeaders(armError(status, code, `The sandbox was asked to answer ${status}.`), headers);
  const own = status >= 400 ? { "x-ms-error-code": code, ...headers } : headers;
  if (body === undefined) return { status, headers: own };
  return typeof body === "string" ? { status, headers: own, text: body } : { status, headers: own, body };
}

function wireFault(
  fault: Extract<Fault, { kind: "reset" | "hang" | "truncate" | "slow" | "delay" }>,
  seed: number,
  answer: SandboxResponse,
): WireFault {
  if (fault.kind === "slow" || fault.kind === "delay") return fault;
  if (fault.kind !== "truncate") return { kind: fault.kind };
  const length = Buffer.byteLength(answer.text ?? JSON.stringify(answer.body ?? ""));
  return { kind: "truncate", bytes: length < 2 ? 0 : 1 + ((Math.imul(seed + 1, 2654435761) >>> 0) % (length - 1)) };
}

function matches(
  rule: FaultRule,
  request: { readonly method: string; readonly host: string; readonly path: string },
): boolean {
  const { method, host, path } = rule.match;
  if (method !== undefined && method !== "*" && method.toUpperCase() !== request.method.toUpperCase()) return false;
  if (host !== undefined && !glob(host).test(request.host)) return false;
  return path === undefined || glob(path).test(request.path);
}

function glob(pattern: string): RegExp {
  const source = pattern
    .replace(/^\*(?!\*)/, "**")
    .split(/(\*\*|\*)/)
    .map((part) => (part === "**" ? ".*" : part === "*" ? "[^/]*" : part.replace(/[.+?^${}()|[\]\\]/g, "\\$&")))
    .join("");
  return new RegExp(`^${source}$`, "i");
}

const moments: readonly string[] = ["before", "afterCommit", "body", "poll"];

function parseRule(rule: Record<string, unknown>, index: number): FaultRule {
  if (typeof rule !== "object" || rule === null) throw new Error(`Fault ${index + 1} is not an object.`);
  const when = rule["when"] ?? "before";
  if (typeof when !== "string" || !moments.includes(when))
    throw new Error(`Fault ${index + 1}: when is one of ${moments.join(", ")}.`);
  const match = parseMatch(rule["match"] ?? {}, index);
  return { match, when: when as FaultMoment, fault: parseFault(rule, index), seed: Number(rule["seed"] ?? 0), seen: 0 };
}

/** A misspelt condition would make the rule strike everything, so it is refused. */
function parseMatch(given: unknown, index: number): FaultRule["match"] {
  const fail = (why: string) => new Error(`Fault ${index + 1}: ${why}`);
  if (!isObject(given)) throw fail("match is an object.");
  const texts = ["method", "host", "path"];
  const unknown = Object.keys(given).find((name) => name !== "nth" && !texts.includes(name));
  if (unknown !== undefined) throw fail(`match knows method, host, path and nth, not ${unknown}.`);
  const wrong = texts.find((name) => given[name] !== undefined && typeof given[name] !== "string");
  if (wrong !== undefined) throw fail(`match.${wrong} is a text.`);
  const { nth } = given;
  if (nth !== undefined && !(Number.isInteger(nth) && Number(nth) > 0)) throw fail("nth counts from 1.");
  return given;
}

/** A fault may be written `"reset"`, `{"status": {…}}`, `{"status": 503, "code": "…"}`, or its name with the rest beside it in the rule. */
function parseFault(rule: Record<string, unknown>, index: number): Fault {
  const written = rule["fault"];
  const given: Record<string, unknown> =
    typeof written === "string" ? { ...rule, kind: written } : { ...(written as Record<string, unknown>) };
  const kind = String(
    given["kind"] ?? given["type"] ?? given["name"] ?? faultKinds.find((name) => name in given) ?? "",
  );
  if (!faultKinds.includes(kind)) throw new Error(`Fault ${index + 1}: fault is one of ${faultKinds.join(", ")}.`);
  const inner = given[kind];
  const details = typeof inner === "object" && inner !== null ? (inner as Record<string, unknown>) : given;
  return buildFault(kind as Fault["kind"], details, index);
}

const faultKinds: readonly string[] = ["operation", "slow", "delay", "truncate", "reset", "hang", "status", "body"];

function buildFault(kind: Fault["kind"], details: Record<string, unknown>, index: number): Fault {
  const code = typeof details["code"] === "string" ? details["code"] : "SandboxFault";
  if (kind === "status") return statusFault(details, code, index);
  if (kind === "slow") return { kind, bytesPerSecond: Math.max(1, figure(details, "bytesPerSecond", index)) };
  if (kind === "delay") return { kind, milliseconds: figure(details, "milliseconds", index) };
  if (kind === "body") return { kind, text: String(details["text"] ?? details["body"] ?? "") };
  if (kind === "operation") return { kind, status: operationStatus(details["status"], index), code };
  return { kind };
}

function figure(details: Record<string, unknown>, name: string, index: number): number {
  const value = Number(details[name] ?? 0);
  if (Number.isFinite(value) && value >= 0) return value;
  throw new Error(`Fault ${index + 1}: ${name} is a number from 0.`);
}

function statusFault(details: Record<string, unknown>, code: string, index: number): Fault {
  const status = Number(details["status"]);
  if (!Number.isInteger(status) || status < 200 || status > 599)
    throw new Error(`Fault ${index + 1}: status is 200 to 599.`);
  const headers = Object.entries((details["headers"] ?? {}) as Record<string, unknown>).map(([name, text]) => [
    name,
    String(text),
  ]);
  return {
    kind: "status",
    status,
    code,
    headers: Object.fromEntries(headers) as Record<string, string>,
    body: details["body"],
  };
}

function operationStatus(value: unknown, index: number): Operation["status"] {
  const known: readonly Operation["status"][] = ["InProgress", "Succeeded", "Failed", "Canceled"];
  const found = known.find((status) => status.toLowerCase() === String(value ?? "Failed").toLowerCase());
  if (found === undefined) throw new Error(`Fault ${index + 1}: an operation's status is one of ${known.join(", ")}.`);
  return found;
}
