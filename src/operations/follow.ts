import { AzureError, type Accepted, type OperationState } from "../azure/ports.ts";
import { actingPhase, deadlineMs, operationFailure, settled } from "./context.ts";
import type { Follow, StepResult } from "./context.ts";
import type { PlanStep } from "./model.ts";
import { settle } from "./settle.ts";
import { isReached, lastLook, overdue, pauseFor, pauseMs, signedOut, stoppedWaiting } from "./waiting.ts";

const firstPauseMs = 5_000;
const longestPauseMs = 30_000;
/** After so many polls without a usable answer the resource is looked at, too. */
const manyFailures = 3;

/** Read errors that say nothing about the operation itself: the next poll may answer. */
const passing: ReadonlySet<string> = new Set(["throttled", "unavailable", "offline", "timeout", "malformed"]);

/** Follows an accepted step to its end: the operation's address first, then the resource itself. */
export async function followAccepted(
  follow: Follow,
  step: PlanStep,
  accepted: Pick<Accepted, "operationUrl" | "retryAfterMs"> & { readonly since: Date },
): Promise<StepResult> {
  follow.phase(actingPhase(step));
  const { operationUrl, retryAfterMs, since } = accepted;
  if (operationUrl === null) return settle(follow, step, { evidence: "accepted", since });
  const end = await pollToEnd(follow, step, { operationUrl, retryAfterMs });
  if (end.kind === "open" || end.kind === "settled") return end;
  switch (end.status) {
    case "succeeded":
      return settle(follow, step, { evidence: "succeeded", since });
    case "failed":
      return settled("failed", await lastLook(follow, step), operationFailure(end.error));
    case "canceled":
      return settled("canceled", await lastLook(follow, step), {
        ...operationFailure(
          end.error ?? { code: "Canceled", message: "The operation was canceled in Azure, not by Engram." },
        ),
        reason: "canceled",
      });
    default:
      return settle(follow, step, { evidence: "accepted", since });
  }
}

type PollEnd = StepResult | ({ readonly kind: "ended" } & Pick<OperationState, "status" | "error">);

async function pollToEnd(
  follow: Follow,
  step: PlanStep,
  first: { readonly operationUrl: string; readonly retryAfterMs: number | null },
): Promise<PollEnd> {
  const { azure, signal } = follow;
  const start = azure.clock.now().getTime();
  const left = (): number => start + deadlineMs(step) - azure.clock.now().getTime();
  let asked = first.retryAfterMs;
  let failures = 0;
  for (let pause = firstPauseMs; ; pause = Math.min(pause * 1.5, longestPauseMs)) {
    // Never past the deadline, however long Azure asks to wait.
    if (!(await pauseFor(follow, Math.min(pauseMs(follow, asked, pause), left() + 1_000)))) {
      return stoppedWaiting(follow, step);
    }
    if (left() < 0) return (await isDone(follow, step)) ? byResource : overdue(step, deadlineMs(step) - left());
    const state = await pollOnce(follow, first.operationUrl);
    if (signal.aborted) return stoppedWaiting(follow, step);
    if ("stop" in state) return state.stop;
    if (state.status !== "running") return { kind: "ended", ...state };
    failures = state.phase === null ? 0 : failures + 1;
    follow.phase(state.phase ?? actingPhase(step));
    if (failures >= manyFailures && (await isDone(follow, step))) return byResource;
    asked = state.retryAfterMs;
  }
}

/** The operation's address is of no use any more: the resource decides. */
const byResource = { kind: "ended", status: "gone", error: null } as const;

async function isDone(follow: Follow, step: PlanStep): Promise<boolean> {
  const now = await lastLook(follow, step);
  return now !== null && isReached(step, now);
}

type Polled = (OperationState & { readonly phase: string | null }) | { readonly stop: StepResult };

async function pollOnce({ azure, signal, log }: Follow, url: string): Promise<Polled> {
  try {
    return { ...(await azure.operations.poll(url, signal)), phase: null };
  } catch (cause) {
    if (!(cause instanceof AzureError)) throw cause;
    log(`poll: ${cause.kind} ${cause.code}`);
    if (cause.kind === "auth") return { stop: signedOut(cause) };
    const wait = { error: null, retryAfterMs: cause.retryAfterMs };
    if (passing.has(cause.kind) || cause.kind === "canceled")
      return { status: "running", ...wait, phase: unanswered(cause) };
    // Not readable any more (moved, forbidden, another origin): the resource itself decides.
    return { status: "gone", ...wait, phase: null };
  }
}

function unanswered({ kind, retryAfterMs }: AzureError): string {
  if (kind !== "throttled") return "Azure does not answer; asking again";
  const seconds = Math.ceil((retryAfterMs ?? 0) / 1000);
  return `Azure asks to wait${seconds > 0 ? ` ${seconds} s` : ""}; the operation goes on`;
}
