import { AzureError, type ActivityEvent } from "../azure/ports.ts";
import { movingStates } from "../environments/guards.ts";
import { actingPhase, deadlineMs, lastSegment, settled, stillOpen, type Follow, type StepResult } from "./context.ts";
import type { PlanStep } from "./model.ts";
import { shows, type Observed } from "./observe.ts";
import { actionOf } from "./plan.ts";
import { look, overdue, pauseFor, stoppedWaiting } from "./waiting.ts";

/** What is known besides the resource: Azure said succeeded, Azure accepted, or nobody knows whether it was sent. */
export interface Known {
  readonly evidence: "succeeded" | "accepted" | "none";
  /** Azure's time of the intent. */
  readonly since: Date;
}

/** `Succeeded` may precede readiness (azure-postgresql#134): the same facts twice, this far apart. */
const stableMs = 10_000;
/** How long an old value may still be shown before the outcome is *not verified*. */
const windowMs = 10 * 60_000;
/** A read may show the old value for 60 s after a write (reliability.md 4, row 40): longer than that, and seen twice. */
const graceMs = 90_000;
const leastSightings = 2;
/** The activity log may lag this much; only then its silence means that nothing happened. */
const logLagMs = 20 * 60_000;
const logPatienceMs = 5 * 60_000;

/** Decides by fresh reads alone what became of a step. */
export async function settle(follow: Follow, step: PlanStep, known: Known): Promise<StepResult> {
  const { clock } = follow.azure;
  const start = clock.now().getTime();
  let unchanged = 0;
  for (let pause = 5_000; ; pause = Math.min(pause * 1.5, 30_000)) {
    const now = await look(follow, step);
    if (now.kind === "signedOut") return now.result;
    const waitedMs = clock.now().getTime() - start;
    unchanged = now.facts !== null && waitedMs >= graceMs && shows(now.facts, step.before) ? unchanged + 1 : 0;
    const verdict = await judge(follow, step, { ...known, now: now.facts, waitedMs, unchanged });
    if (verdict !== "wait") return verdict;
    if (waitedMs > deadlineMs(step)) return overdue(step, waitedMs);
    if (!(await pauseFor(follow, pause))) return stoppedWaiting(follow, step);
  }
}

interface Judged extends Known {
  readonly now: Observed | null;
  readonly waitedMs: number;
  /** How often in a row, after the grace, the resource was seen as it was before. */
  readonly unchanged: number;
}

async function judge(follow: Follow, step: PlanStep, judged: Judged): Promise<StepResult | "wait"> {
  const { now, evidence, waitedMs } = judged;
  if (now === null) {
    follow.phase("Azure does not answer; checking what happened");
    return waitedMs > windowMs ? stillOpen("unknown", "Azure does not answer", unanswered(step)) : "wait";
  }
  if (shows(now, step.expect) && (evidence === "succeeded" || isTelling(step))) return confirm(follow, step);
  if (isMoving(now)) {
    follow.phase(actingPhase(step));
    return "wait";
  }
  follow.phase(evidence === "none" ? "No clear answer from Azure; checking what happened" : "Checking the result");
  if (evidence === "succeeded") return waitedMs > windowMs ? notVerified(step, now) : "wait";
  return judgeByLog(follow, step, { ...judged, now });
}

/** The same again after ten seconds; a flip back to a moving state goes on waiting. */
async function confirm(follow: Follow, step: PlanStep): Promise<StepResult | "wait"> {
  follow.phase("Checking the result");
  if (!(await pauseFor(follow, stableMs))) return stoppedWaiting(follow, step);
  const again = await look(follow, step);
  if (again.kind === "signedOut") return again.result;
  return again.facts !== null && shows(again.facts, step.expect) ? settled("happened", again.facts) : "wait";
}

/** The resource is at rest and does not show the step's effect: the activity log tells "not yet" from "not at all". */
async function judgeByLog(follow: Follow, step: PlanStep, judged: Judged & { readonly now: Observed }) {
  const { now, evidence, waitedMs, unchanged, since } = judged;
  if (waitedMs < graceMs) return "wait";
  const trace = await readTrace(follow, step, since);
  if (trace === "failed") return settled("failed", now, failedInLog(step));
  if (trace === "succeeded" && !isTelling(step)) return settled("happened", now);
  if (trace === "seen" || trace === "succeeded" || evidence === "accepted") {
    return waitedMs > windowMs ? notVerified(step, now) : "wait";
  }
  if (!shows(now, step.before)) return settled("failed", now, changedUnderneath(step));
  const age = follow.azure.clock.now().getTime() - since.getTime();
  const silent = trace === "none" && (isTelling(step) || age > logLagMs);
  // A log that could not be read says nothing: the write may have landed behind a stale read.
  if (silent && unchanged >= leastSightings) return settled("notHappened", now, noEffect(step));
  return waitedMs > logPatienceMs ? stillOpen("unknown", "Not decided yet", undecided(step)) : "wait";
}

type Trace = "none" | "seen" | "succeeded" | "failed" | "unread";

async function readTrace({ azure, log }: Follow, { change }: PlanStep, since: Date): Promise<Trace> {
  try {
    const action = actionOf(change).toLowerCase();
    // Our clock and Azure's may differ by minutes (reliability.md 2.3, row 14).
    const from = new Date(since.getTime() - 60_000);
    const events = await azure.scopes.activity(change.id, from);
    return traceOf(events.filter(({ operation }) => operation.toLowerCase() === action));
  } catch (cause) {
    if (!(cause instanceof AzureError)) throw cause;
    log(`activity log: ${cause.kind} ${cause.code}`);
    return "unread";
  }
}

function traceOf(events: readonly ActivityEvent[]): Trace {
  const words = events.map(({ status }) => status.toLowerCase());
  if (words.some((word) => word.startsWith("succe"))) return "succeeded";
  if (words.some((word) => word.startsWith("fail"))) return "failed";
  return words.length > 0 ? "seen" : "none";
}

/** Whether the effect can be seen on the resource at all: a restart leaves it as it was. */
function isTelling({ before, expect }: PlanStep): boolean {
  return !shows(before, expect);
}

function isMoving({ state, backup }: Observed): boolean {
  return (typeof state === "string" && movingStates.has(state)) || backup === "running";
}

function notVerified(step: PlanStep, now: Observed): StepResult {
  const message = `Azure accepted it, but ${lastSegment(step.change.id)} does not show it: ${difference(step, now)}. Nothing was sent again.`;
  return stillOpen("unknown", "Not verified", { code: "notVerified", message, reason: "notVerified" });
}

function difference({ expect }: PlanStep, now: Observed): string {
  const off = Object.entries(expect).filter(([name, value]) => !shows({ [name]: now[name] }, { [name]: value }));
  return off
    .map(([name, value]) => `${name} is ${JSON.stringify(now[name] ?? null)}, asked ${JSON.stringify(value)}`)
    .join("; ");
}

function unanswered(step: PlanStep) {
  const message = `Azure may or may not have acted on ${lastSegment(step.change.id)}, and does not answer. Nothing was sent again; resume to look once more.`;
  return { code: "unknown", message, reason: "unavailable" };
}

function undecided(step: PlanStep) {
  const message = `Azure gave no clear answer, and neither ${lastSegment(step.change.id)} nor the activity log shows yet whether it acted. Resume to look once more.`;
  return { code: "unknown", message, reason: "unknown" };
}

function noEffect(step: PlanStep) {
  const message = `The request took no effect: ${lastSegment(step.change.id)} is as it was. Plan it again.`;
  return { code: "noEffect", message, reason: "notSent" };
}

function changedUnderneath(step: PlanStep) {
  const message = `${lastSegment(step.change.id)} is neither as it was nor as asked: somebody else changed it. Nothing was sent again.`;
  return { code: "changedUnderneath", message, reason: "changed" };
}

function failedInLog(step: PlanStep) {
  const message = `Azure's activity log says that it failed on ${lastSegment(step.change.id)}.`;
  return { code: "failed", message, reason: "failed" };
}
