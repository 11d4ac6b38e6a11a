import { AzureError } from "../azure/ports.ts";
import { deadlineMs, lastSegment, stillOpen, toFailure, type Follow, type StepResult } from "./context.ts";
import type { PlanStep } from "./model.ts";
import { observe, type Observed } from "./observe.ts";

/** Retry-After is honoured up to this; it is real time, since Azure's headers are. */
const longestRetryAfterMs = 60_000;

/** False when *Stop waiting* came first. A pause of Azure's is real time; our own is Azure's time. */
export async function pauseFor({ azure, signal }: Follow, askedMs: number | null, ownMs: number): Promise<boolean> {
  const real = askedMs === null || !(askedMs >= 0) ? null : Math.min(askedMs, longestRetryAfterMs);
  try {
    await azure.clock.sleep(real === null ? ownMs : real * azure.clock.speed, signal);
    return !signal.aborted;
  } catch (cause) {
    if (signal.aborted) return false;
    throw cause;
  }
}

export async function stoppedWaiting(follow: Follow, step: PlanStep): Promise<StepResult> {
  const now = await lastLook(follow, step);
  const state = typeof now?.["state"] === "string" ? `; ${lastSegment(step.change.id)} is ${now["state"]}` : "";
  return stillOpen("running", `Not waited for any more: Azure goes on${state}`);
}

export function overdue(step: PlanStep): StepResult {
  const message = `Still running in Azure after ${deadlineMs(step) / 60_000} minutes: ${lastSegment(step.change.id)}. Resume it to go on watching.`;
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
