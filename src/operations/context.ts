import { AzureError, type Azure } from "../azure/ports.ts";
import { missingRight } from "../environments/guards.ts";
import type { Failure } from "./entries.ts";
import type { PlanStep } from "./model.ts";
import type { Observed } from "./observe.ts";

/** What following one operation needs. */
export interface Follow {
  readonly azure: Azure;
  /** Aborted by *Stop waiting*. It ends waits and polls; it never reaches a send or a verifying read. */
  readonly signal: AbortSignal;
  phase(text: string): void;
  log(line: string): void;
}

/** How a step ended, or why it is not followed further although it may not have ended. */
export type StepResult =
  | {
      readonly kind: "settled";
      readonly outcome: "happened" | "notHappened" | "failed" | "canceled";
      readonly after: Observed | null;
      readonly error: Failure;
    }
  | { readonly kind: "open"; readonly status: "running" | "unknown"; readonly phase: string; readonly error: Failure };

export function settled(
  outcome: "happened" | "notHappened" | "failed" | "canceled",
  after: Observed | null,
  error: Failure = null,
): StepResult {
  return { kind: "settled", outcome, after, error };
}

export function stillOpen(status: "running" | "unknown", phase: string, error: Failure = null): StepResult {
  return { kind: "open", status, phase, error };
}

/** An error as journal and views keep it. */
export function toFailure(cause: unknown): NonNullable<Failure> {
  if (!(cause instanceof AzureError)) {
    return {
      code: "unexpected",
      message: cause instanceof Error ? cause.message : String(cause),
      reason: "unexpected",
    };
  }
  const { code, kind, missing } = cause;
  const message = missing === null ? cause.message : missingRight(missing.action, lastSegment(missing.scope));
  return { code, message, reason: kind };
}

/** `Azure refuses orders-pg for now, it asks to wait 1 h: nothing was done. Run it again after 2026-11-22 21:40 UTC.` */
export function throttledText({ retryAfterMs }: AzureError, name: string): string {
  if (retryAfterMs === null)
    return `Azure refuses ${name} for now, too many requests: nothing was done. Run it again later.`;
  // A real wait, also in the sandbox: headers are real time.
  const until = new Date(Date.now() + retryAfterMs).toISOString().slice(0, 16).replace("T", " ");
  return `Azure refuses ${name} for now, it asks to wait ${lengthText(retryAfterMs)}: nothing was done. Run it again after ${until} UTC.`;
}

function lengthText(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1000);
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7_200 && seconds % 3_600 !== 0
    ? `${Math.ceil(seconds / 60)} min`
    : `${Math.ceil(seconds / 3_600)} h`;
}

/** A failed operation of Azure: `ServerIsBusy` inside it reads as in a 409 (reliability.md 4, row 9), but it did run. */
export function operationFailure(
  error: { readonly code: string; readonly message: string } | null,
): NonNullable<Failure> {
  if (error === null)
    return { code: "failed", message: "Azure says the operation failed and gives no reason.", reason: "failed" };
  const busy = /^Server(Is)?Busy$/i.test(error.code);
  const message = busy
    ? `Azure took it and gave up: another operation ran on the server. ${error.message}`
    : error.message;
  return { code: error.code, message, reason: "failed" };
}

/** Minutes of Azure's time to wait; afterwards it is still running in Azure, not failed (reliability.md 3.1). */
export function deadlineMs({ change }: PlanStep): number {
  const minutes = change.kind === "updateServer" || change.kind === "backup" ? 45 : 20;
  return minutes * 60_000;
}

const verbs = {
  stop: "stopping",
  start: "starting",
  restart: "restarting",
  updateServer: "changing",
  backup: "backing up",
  mergeTags: "tagging",
} as const;

/** `Azure is stopping orders-dev-pg`. */
export function actingPhase({ change }: PlanStep): string {
  return `Azure is ${verbs[change.kind]} ${lastSegment(change.id)}`;
}

export function lastSegment(id: string): string {
  return id.split("/").at(-1) ?? id;
}
