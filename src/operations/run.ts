import { AzureError, type Accepted } from "../azure/ports.ts";
import { missingRight, movingStates } from "../environments/guards.ts";
import { lastSegment, settled, throttledText, toFailure, type Follow, type StepResult } from "./context.ts";
import type { EntryBody, Failure, PlannedEntry } from "./entries.ts";
import { followAccepted } from "./follow.ts";
import { JournalTaken, JournalUnwritable, type Journal } from "./journal.ts";
import type { PlanStep } from "./model.ts";
import { observe, shows, type Observed } from "./observe.ts";
import { actionOf } from "./plan.ts";
import { settle } from "./settle.ts";

/** Where a run ended; `open` ones keep their journal open. */
export type RunEnd =
  | { readonly kind: "ended"; readonly status: "succeeded" | "failed" | "canceled"; readonly error: Failure }
  | { readonly kind: "open"; readonly status: "running" | "unknown"; readonly phase: string; readonly error: Failure };

export interface Run {
  readonly follow: Follow;
  readonly journal: Journal;
  readonly steps: readonly PlanStep[];
}

/** Carries out every step: precondition, intent on disk, sent once, followed, verified, outcome. */
export async function runSteps(run: Run): Promise<RunEnd> {
  for (const index of run.steps.keys()) {
    const end = await runStep(run, index);
    if (end !== null) return end;
  }
  return close(run, { kind: "ended", status: "succeeded", error: null });
}

async function runStep(run: Run, index: number): Promise<RunEnd | null> {
  const step = run.steps[index] as PlanStep;
  const ready = await checkBefore(run.follow, step);
  // Asked before the intent: what was not sent yet is not sent any more.
  if (run.follow.signal.aborted) return endBefore(run, index, { status: "canceled", error: stopped });
  if (ready.kind === "refused") return endBefore(run, index, { status: "failed", error: ready.error });
  if (ready.kind === "alreadySo") {
    record(run, { state: "outcome", step: index, outcome: "happened", after: ready.facts, error: null });
    return null;
  }
  const since = run.follow.azure.clock.now();
  try {
    const { id: resourceId } = step.change;
    run.journal.append({ state: "intent", step: index, resourceId, preImage: ready.facts }, since);
  } catch (cause) {
    if (!(cause instanceof JournalUnwritable)) throw cause;
    return { kind: "ended", status: "failed", error: { code: cause.code, message: cause.message, reason: "journal" } };
  }
  return finishStep(run, index, await sendAndFollow(run, index, { since, facts: ready.facts }));
}

interface Intended {
  readonly since: Date;
  /** Read just before. */
  readonly facts: Observed;
}

async function sendAndFollow(run: Run, index: number, { since, facts }: Intended): Promise<StepResult> {
  const { follow } = run;
  const step = run.steps[index] as PlanStep;
  follow.phase("Sending the request");
  let accepted: Accepted;
  try {
    // No signal: what is being sent is never cut off by *Stop waiting*.
    accepted = await follow.azure.writer.send(step.change);
  } catch (cause) {
    if (cause instanceof AzureError && cause.sent === "no") {
      return settled("notHappened", facts, refusedBy(cause, step));
    }
    follow.log(`send: ${toFailure(cause).code}, Azure may have acted`);
    follow.phase("No clear answer from Azure; checking what happened");
    return settle(follow, step, { evidence: "none", since });
  }
  const { operationUrl, retryAfterMs, correlationId } = accepted;
  record(run, { state: "accepted", step: index, poller: operationUrl, requestId: correlationId });
  return followAccepted(follow, step, { operationUrl, retryAfterMs, since });
}

/** Writes the outcome; null when the next step may begin. */
export function finishStep(run: Run, index: number, result: StepResult): RunEnd | null {
  if (result.kind === "open") {
    const { status, phase, error } = result;
    record(run, { state: "waiting", status, phase, error });
    return { kind: "open", status, phase, error };
  }
  const { outcome, after, error } = result;
  record(run, { state: "outcome", step: index, outcome, after, error });
  if (outcome === "happened") return null;
  return endBefore(run, index, { status: outcome === "canceled" ? "canceled" : "failed", error });
}

const stopped = { code: "stopped", message: "Stopped before it was sent: nothing was sent.", reason: "stopped" };

/** Ends an operation whose step did not happen; where earlier ones did, says which resources are changed and which not. */
function endBefore(
  run: Run,
  index: number,
  { status, error }: { readonly status: "failed" | "canceled"; readonly error: Failure },
): RunEnd {
  const titles = run.steps.map(({ title }) => title);
  if (error === null || index === 0 || titles.length === 1) return close(run, { kind: "ended", status, error });
  const parts = `Done: ${titles.slice(0, index).join(", ")}. Not done: ${titles.slice(index).join(", ")}.`;
  return close(run, { kind: "ended", status, error: { ...error, message: `${parts} ${error.message}` } });
}

/** A refusal in words that fit what was refused: the action a 403 misses, how long a 429 lasts. */
function refusedBy(cause: AzureError, step: PlanStep): NonNullable<Failure> {
  const failure = toFailure(cause);
  if (cause.kind === "throttled") return { ...failure, message: throttledText(cause, lastSegment(step.change.id)) };
  if (cause.kind !== "rights" || cause.missing !== null) return failure;
  return { ...failure, message: missingRight(actionOf(step.change), lastSegment(step.change.id)) };
}

export function close(run: Run, end: RunEnd & { readonly kind: "ended" }): RunEnd {
  record(run, { state: "ended", status: end.status, error: end.error });
  return end;
}

/** A full disk after the send loses no truth: the next start reads Azure again. Another follower ends this one. */
function record({ journal, follow }: Run, body: EntryBody): void {
  try {
    journal.append(body, follow.azure.clock.now());
  } catch (cause) {
    if (cause instanceof JournalTaken || !(cause instanceof JournalUnwritable)) throw cause;
    follow.log(`journal: ${cause.code}; the outcome will be read from Azure again at the next start`);
  }
}

type Ready =
  | { readonly kind: "ready" | "alreadySo"; readonly facts: Readonly<Record<string, unknown>> }
  | { readonly kind: "refused"; readonly error: NonNullable<Failure> };

async function checkBefore({ azure, phase }: Follow, step: PlanStep): Promise<Ready> {
  phase("Reading the state");
  try {
    const names = [...new Set([...Object.keys(step.before), ...Object.keys(step.expect)])];
    const facts = await observe(azure, step.change, names);
    if (shows(facts, step.before)) return { kind: "ready", facts };
    if (shows(facts, step.expect)) return { kind: "alreadySo", facts };
    return { kind: "refused", error: changed(step, facts) };
  } catch (cause) {
    return { kind: "refused", error: toFailure(cause) };
  }
}

function changed({ before, title }: PlanStep, facts: Readonly<Record<string, unknown>>): NonNullable<Failure> {
  const { state } = facts;
  if (typeof state === "string" && movingStates.has(state)) {
    const message = `${title}: the server is ${state}, Azure is busy with another operation. Nothing was sent.`;
    return { code: "serverBusy", message, reason: "busy" };
  }
  const off = Object.entries(before).filter(([name, value]) => !shows({ [name]: facts[name] }, { [name]: value }));
  const what = off
    .map(([name, value]) => `${name} was ${JSON.stringify(value)}, is ${JSON.stringify(facts[name])}`)
    .join("; ");
  return {
    code: "changedSincePlanned",
    message: `${title}: changed since it was planned (${what}). Nothing was sent; plan again.`,
    reason: "changed",
  };
}

/** The plan as the journal keeps it. */
export function plannedSteps({ steps }: PlannedEntry): readonly PlanStep[] {
  // The address and body are only shown before the send; a resumed operation never sends.
  return steps.map((step) => ({
    ...step,
    request: { method: "", url: "", body: null, az: "" },
  })) as unknown as readonly PlanStep[];
}
