import type { Chain, Entry } from "./entries.ts";
import type { OperationRecord } from "./model.ts";
import { bodyOf, doneSteps } from "./resume.ts";

/** What only the follower knows. */
export interface Live {
  readonly phase: string;
}

/** One operation as its journal tells it; null for a file without a whole first line. */
export function toRecord(chain: Chain, live: Live | null): OperationRecord | null {
  const { entries } = chain;
  const planned = bodyOf(entries, "planned");
  const first = entries[0];
  if (planned === null || first === undefined) return null;
  const { status, phase, error } = statusOf(chain, live);
  const ended = bodyOf(entries, "ended");
  return {
    id: first.opId,
    kind: planned.kind,
    status,
    environment: planned.environment,
    environmentId: planned.environmentId,
    title: planned.title,
    startedAt: first.azureDate,
    endedAt: ended === null ? null : (entries.findLast(({ body }) => body.state === "ended")?.azureDate ?? null),
    phase,
    steps: { done: doneSteps(entries), total: planned.steps.length },
    resources: resourcesOf(entries, planned.steps),
    error: error === null ? null : { code: error.code, message: error.message },
    reason: error?.reason ?? null,
    sandbox: planned.sandbox,
    followedHere: live !== null,
  };
}

/** Whether it still has to be decided. */
export function isOpen({ status, reason }: OperationRecord): boolean {
  if (reason === "tampered") return false;
  return status === "running" || status === "unknown" || status === "notStarted";
}

function statusOf({ entries, fault }: Chain, live: Live | null) {
  const ended = bodyOf(entries, "ended");
  if (fault === "broken" && bodyOf(entries, "acknowledged") === null) return tampered;
  if (fault === "newer") return newer;
  if (ended !== null) return { status: ended.status, phase: endWords[ended.status], error: ended.error };
  const last = entries.at(-1)?.body;
  if (live !== null) return { status: "running", phase: live.phase, error: null } as const;
  if (last?.state === "waiting") return { status: last.status, phase: last.phase, error: last.error };
  return { status: "running", phase: "Followed elsewhere, or not followed", error: null } as const;
}

const endWords = { succeeded: "Done and verified", failed: "Failed", canceled: "Canceled in Azure" } as const;

const tampered = {
  status: "unknown",
  phase: "The journal was changed",
  error: {
    code: "tampered",
    message:
      "The journal of this operation was changed from outside. It is only shown; read Azure's activity log for the truth.",
    reason: "tampered",
  },
} as const;

const newer = {
  status: "unknown",
  phase: "Written by a newer Engram",
  error: {
    code: "newerJournal",
    message: "A newer version of Engram wrote this operation; this one only shows it.",
    reason: "tampered",
  },
} as const;

function resourcesOf(
  entries: readonly Entry[],
  steps: readonly { readonly change: { readonly id: string }; readonly before: unknown }[],
): OperationRecord["resources"] {
  return steps.map(({ change, before }, index) => {
    const intent = entries.find(({ body }) => body.state === "intent" && body.step === index)?.body;
    const outcome = entries.findLast(({ body }) => body.state === "outcome" && body.step === index)?.body;
    return {
      id: change.id,
      before: intent?.state === "intent" ? intent.preImage : before,
      after: outcome?.state === "outcome" ? outcome.after : null,
    };
  });
}
