import { AzureError, type AzureErrorDetails, type AzureErrorKind } from "./ports.ts";
import type { RequestKind } from "./requestKind.ts";
import { text, part } from "./json.ts";
import { missingRight, pimHint } from "./missingRight.ts";
import { retryAfterMs } from "./retryAfter.ts";

/** An answer of any status as it arrived. */
export interface Answer {
  readonly status: number;
  /** Null without such a header. */
  header(name: string): string | null;
  readonly text: string;
  /** Parsed JSON; null when it is none. */
  readonly body: unknown;
}

/** The error for an answer that is not a success: its class, its sentence and whether a write may have taken effect. */
export function answered(answer: Answer, kind: RequestKind, cause?: unknown): AzureError {
  const said = envelope(answer);
  const errorKind = classify(answer.status, said.code, said.message);
  const details: Partial<AzureErrorDetails> = {
    code: said.code,
    status: answer.status,
    sent: kind.access === "write" && mayHaveActed(answer.status) ? "unknown" : "no",
    retryAfterMs: retryAfterMs(answer),
    missing: errorKind === "rights" ? missingRight(said.message) : null,
    correlationId: answer.header("x-ms-correlation-request-id") ?? answer.header("x-ms-request-id"),
    cause,
  };
  return new AzureError(errorKind, sentence(errorKind, { ...said, status: answer.status, kind }), details);
}

/** Azure's own code and message, from any of the envelopes it uses. */
export function envelope(answer: Answer): { readonly code: string; readonly message: string; readonly body: unknown } {
  const error = part(answer.body, "error") ?? answer.body;
  const inner = part(error, "innererror");
  const first = part(error, "details");
  const detail = Array.isArray(first) ? (first[0] as unknown) : null;
  const code = text(error, "code") ?? answer.header("x-ms-error-code") ?? "";
  const message = text(error, "message") ?? text(detail, "message") ?? text(inner, "message") ?? "";
  return { code: code === "" ? `Http${answer.status}` : code, message, body: answer.body };
}

/** A refusal is certain (4xx but for a time-out); everything above may have happened before Azure lost track. */
function mayHaveActed(status: number): boolean {
  return status === 408 || status >= 500 || status < 300;
}

/** Codes as the sandbox and reference/reliability.md 3.2–3.3 name them; the status decides where the code says nothing. */
const kindsByCode: readonly (readonly [RegExp, AzureErrorKind])[] = [
  [/^ScopeLocked$/i, "lock"],
  [/^RequestDisallowedBy(Policy|Azure)$/i, "policy"],
  [
    /^(ServerIsBusy|ServerBusy|AnotherOperationInProgress|OperationInProgress|DeploymentActive|ResourceGroupBeingDeleted)$/i,
    "busy",
  ],
  [/^(ServerIsNotReady|ServerIsNotInReadyState|ServerStopped|ServerIsStopped|ResourceNotReady)$/i, "notReady"],
  [/Quota|^(SkuNotAvailable|OperationNotAllowed|ZonalAllocationFailed|AllocationFailed)$/i, "quota"],
  [/^(AuthorizationFailed|LinkedAuthorizationFailed|AuthorizationPermissionMismatch|Forbidden.*)$/i, "rights"],
  [/^(ExpiredAuthenticationToken|InvalidAuthenticationToken.*|AuthenticationFailed)$/i, "auth"],
];

const kindsByStatus: Readonly<Record<number, AzureErrorKind>> = {
  401: "auth",
  403: "rights",
  404: "notFound",
  407: "offline",
  408: "timeout",
  409: "conflict",
  410: "notFound",
  412: "changed",
  423: "lock",
  429: "throttled",
  529: "throttled",
};

function classify(status: number, code: string, message: string): AzureErrorKind {
  if (status >= 300 && status < 400) return "origin";
  if (status < 300) return "malformed";
  if (status === 429 || status === 407) return kindsByStatus[status]!;
  if (status === 409 && /another operation|currently busy/i.test(message) && !/^ScopeLocked$/i.test(code))
    return "busy";
  const named = status < 500 ? kindsByCode.find(([codes]) => codes.test(code)) : undefined;
  if (named) return named[1];
  return kindsByStatus[status] ?? (status >= 500 ? "unavailable" : "invalid");
}

interface Said {
  readonly code: string;
  readonly message: string;
  readonly body: unknown;
  readonly status: number;
  readonly kind: RequestKind;
}

function sentence(errorKind: AzureErrorKind, said: Said): string {
  const build = sentences[errorKind];
  return build ? build(said) : azureSays(said);
}

const sentences: Partial<Record<AzureErrorKind, (said: Said) => string>> = {
  auth: ({ code }) => `Azure no longer accepts the sign-in (${code}). Sign in again.`,
  rights: ({ message, kind }) => rightsSentence(message, kind.what),
  lock: ({ message, kind }) =>
    `A lock${lockNames(message)} forbids changing ${kind.what}. Only someone who may manage locks (Owner or User Access Administrator) can remove it; Engram never does.`,
  policy: (said) =>
    `Azure Policy${policyName(said)} forbids this for ${said.kind.what}. Ask whoever owns that assignment.`,
  notFound: ({ kind }) => `Azure does not find ${kind.what}: it is gone, was moved, or you have no access to it.`,
  busy: ({ kind }) => `Another operation runs on ${kind.what}. Wait until it has ended and try again.`,
  notReady: (said) => `The state of ${said.kind.what} does not allow this now. ${azureSays(said)}`,
  changed: ({ kind }) =>
    `${capital(kind.what)} was changed by someone else meanwhile. Look at it again before you go on.`,
  throttled: ({ kind }) => `Azure asks to slow down (${kind.what}). It is tried again later.`,
  offline: () =>
    "The proxy wants a sign-in (407). Set VS Code's http.proxy and http.proxyAuthorization, then try again.",
  unavailable: ({ status, kind }) => `Azure is not available (${status}) for ${kind.what}. ${next(kind)}`,
  timeout: ({ kind }) => `Azure gave up on ${kind.what} (408). ${next(kind)}`,
  origin: ({ status }) => `The answer (${status}) points to another address, which is not followed.`,
};

/** Only after a write is there anything to find out. */
function next({ access }: RequestKind): string {
  return access === "write" ? "What happened is read again." : "Try again later.";
}

function azureSays({ code, message, kind }: Said): string {
  return message === "" ? `Azure refuses ${kind.what} (${code}).` : `Azure says: ${message} (${code})`;
}

function rightsSentence(message: string, what: string): string {
  const missing = missingRight(message);
  if (missing === null) return `You have no right to do this with ${what}. ${pimHint}`;
  const role = missing.role === null ? "a role that contains it" : `the role ${missing.role}`;
  return `You lack the right ${missing.action} on ${missing.scope}. Ask for ${role}. ${pimHint}`;
}

/** ARM lists the locked scopes between quotation marks; a lock's name ends its id. */
function lockNames(message: string): string {
  const listed = message.slice(Math.max(0, message.search(/locked:/i)));
  const scopes = [...listed.matchAll(/'([^']+)'/g)].map((match) => match[1]!);
  const names = scopes.map((scope) => /\/locks\/([^/']+)$/i.exec(scope)?.[1] ?? scope);
  return names.length === 0 ? "" : ` (${names.join(", ")})`;
}

/** `additionalInfo` of type PolicyViolation, or the identifiers inside the message. */
function policyName({ body, message }: Said): string {
  const infos = part(part(body, "error"), "additionalInfo");
  const info = Array.isArray(infos) ? part(infos[0], "info") : null;
  const name =
    text(info, "policyAssignmentDisplayName") ??
    /"policyAssignment":\{"name":"([^"]+)"/.exec(message)?.[1] ??
    text(info, "policyAssignmentName");
  return name === null || name === undefined ? "" : ` (${name})`;
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
