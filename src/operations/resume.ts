import type { Entry, EntryBody, Failure } from "./entries.ts";
import { followAccepted } from "./follow.ts";
import type { PlanStep } from "./model.ts";
import { close, finishStep, type Run, type RunEnd } from "./run.ts";
import { settle } from "./settle.ts";
import type { StepResult } from "./context.ts";

/**
 * Goes on with an operation whose process ended, at whatever moment: an intent without outcome is decided by reading
 * Azure. Nothing is ever sent from here; what was not sent is closed and has to be planned again.
 */
export async function resumeSteps(run: Run): Promise<RunEnd> {
  const { entries } = run.journal;
  const intent = entries.findLast(({ body }) => body.state === "intent");
  const ended = bodyOf(entries, "ended");
  if (ended !== null) return { kind: "ended", status: ended.status, error: ended.error };
  if (intent?.body.state !== "intent") return close(run, failed(neverSent()));
  const { step: index } = intent.body;
  const outcome = outcomeOf(entries, index);
  if (outcome === null) return finishResumed(run, index, await decide(run, index, intent));
  if (outcome.outcome === "happened") return closeAfter(run);
  return close(run, {
    kind: "ended",
    status: outcome.outcome === "canceled" ? "canceled" : "failed",
    error: outcome.error,
  });
}

async function decide({ follow, journal, steps }: Run, index: number, intent: Entry): Promise<StepResult> {
  const step = steps[index] as PlanStep;
  const since = new Date(intent.azureDate);
  const accepted = journal.entries.find(({ body }) => body.state === "accepted" && body.step === index);
  if (accepted?.body.state !== "accepted") {
    follow.phase("Checking what happened");
    return settle(follow, step, { evidence: "none", since });
  }
  return followAccepted(follow, step, { operationUrl: accepted.body.poller, retryAfterMs: 0, since });
}

function finishResumed(run: Run, index: number, result: StepResult): RunEnd {
  return finishStep(run, index, result) ?? closeAfter(run);
}

/** Every step that began is done; steps that never began stay unsent. */
function closeAfter(run: Run): RunEnd {
  const done = doneSteps(run.journal.entries);
  if (done >= run.steps.length) return close(run, { kind: "ended", status: "succeeded", error: null });
  return close(run, failed(interrupted(done, run.steps)));
}

/** Steps whose outcome is *happened*. */
export function doneSteps(entries: readonly Entry[]): number {
  return entries.filter(({ body }) => body.state === "outcome" && body.outcome === "happened").length;
}

/** Nothing that Azure accepted ended otherwise: what it refused was never begun. */
export function everyAcceptedHappened(entries: readonly Entry[]): boolean {
  const accepted = entries.flatMap(({ body }) => (body.state === "accepted" ? [body.step] : []));
  return accepted.every((step) => outcomeOf(entries, step)?.outcome === "happened");
}

function outcomeOf(entries: readonly Entry[], index: number) {
  const found = entries.find(({ body }) => body.state === "outcome" && body.step === index)?.body;
  return found?.state === "outcome" ? found : null;
}

export function bodyOf<S extends EntryBody["state"]>(entries: readonly Entry[], state: S) {
  const found = entries.findLast(({ body }) => body.state === state)?.body;
  return found === undefined ? null : (found as Extract<EntryBody, { state: S }>);
}

function failed(error: NonNullable<Failure>) {
  return { kind: "ended", status: "failed", error } as const;
}

function neverSent(): NonNullable<Failure> {
  return { code: "notSent", message: "It was never sent: the program ended before. Plan it again.", reason: "notSent" };
}

function interrupted(done: number, steps: readonly PlanStep[]): NonNullable<Failure> {
  const rest = steps
    .slice(done)
    .map(({ title }) => title)
    .join(", ");
  const message = `${done} of ${steps.length} steps are done; the program ended before the rest was sent (${rest}). Plan it again.`;
  return { code: "interrupted", message, reason: "notSent" };
}
