import { AzureError } from "../azure/ports.ts";
import { lastSegment, stillOpen, toFailure, type Follow, type StepResult } from "./context.ts";
import type { PlanStep } from "./model.ts";
import { observe, shows, type Observed } from "./observe.ts";

/** Retry-After is honoured up to this; it is real time, since Azure's headers are. */
const longestRetryAfterMs = 60_000;

/** How long to pause, in Azure's time: Azure's own wish is real time and capped, else ours. */
export function pauseMs({ azure }: Follow, askedMs: number | null, ownMs: number): number {
  if (askedMs === null || !(askedMs >= 0)) return ownMs;
  return Math.min(askedMs, longestRetryAfterMs) * azure.clock.speed;
}

/** False when *Stop waiting* came first. */
export async function pauseFor({ azure, signal }: Follow, milliseconds: number): Promise<boolean> {
  try {
    await azure.clock.sleep(milliseconds, signal);
    return !signal.aborted;
  } catch (cause) {
    if (signal.aborted) return false;
    throw cause;
  }
}

export async function stoppedWaiting(follow: Follow, step: PlanStep): Promise<StepResult> {
  const now = await lastLook(follow, step);
  const name = lastSegment(step.change.id);
  if (now !== null && isReached(step, now)) {
    return stillOpen("running", `Not waited for any more: ${name} is as asked, resume to verify it`);
  }
  const state = typeof now?.["state"] === "string" ? `; ${name} is ${now["state"]}` : "";
  return stillOpen("running", `Not waited for any more: Azure goes on${state}`);
}

/** Whether the resource shows what the step wants, and did not before. */
export function isReached({ before, expect }: PlanStep, now: Observed): boolean {
  return shows(now, expect) && !shows(before, expect);
}

export function overdue(step: PlanStep, waitedMs: number): StepResult {
  const minutes = Math.round(waitedMs / 60_000);
  const message = `Still running in Azure after ${minutes} minutes: ${lastSegment(step.change.id)}. Resume it to go on watching.`;
  return stillOpen("running", "Still running in Azure", { code: "stillRunning", message, reason: "stillRunning" });
}

export function signedOut(cause: AzureError): StepResult {
  return stillOpen("running", "Sign in again to go on watching: Azure goes on", toFailure(cause));
}

export type Look =
  | { readonly kind: "facts"; readonly facts: Observed | null }
  | { readonly kind: "signedOut"; readonly result: StepResult };

/** One fresh read, never given the abort signal. Null facts: Azure did not answer usably. */
export async function look({ azure, log }: Follow, { change, before, expect }: PlanStep): Promise<Look> {
  try {
    const names = [...new Set(["state", ...Object.keys(before), ...Object.keys(expect)])];
    return { kind: "facts", facts: await observe(azure, change, names) };
  } catch (cause) {
    if (!(cause instanceof AzureError)) throw cause;
    log(`read: ${cause.kind} ${cause.code}`);
    if (cause.kind === "auth") return { kind: "signedOut", result: signedOut(cause) };
    return { kind: "facts", facts: null };
  }
}

/** What the resource shows now, for the record; null when it cannot be read. */
export async function lastLook(follow: Follow, step: PlanStep): Promise<Observed | null> {
  const now = await look(follow, step);
  return now.kind === "facts" ? now.facts : null;
}
