import type { Chain, Entry } from "./entries.ts";
import type { OperationRecord } from "./model.ts";
import { bodyOf, doneSteps } from "./resume.ts";

/** What only the follower knows. */
export interface Live {
  readonly phase: string;
}

/** Where a journal lies, and whether another process follows it. */
export interface Place {
  readonly file: string;
  readonly open: boolean;
  /** When it was written last; asked for only where the journal itself does not say. */
  changedAt(): string;
  readonly followedElsewhere: boolean;
}

/** One operation as its journal tells it; null for a file that was only begun. */
export function toRecord(chain: Chain, live: Live | null, place: Place): OperationRecord | null {
  const { entries } = chain;
  const planned = bodyOf(entries, "planned");
  const first = entries[0];
  if (planned === null || first === undefined) return damagedRecord(chain, place);
  const { status, phase, error } = statusOf(chain, live, place);
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

/** The id under which a journal without a readable first line is shown and acknowledged; null when it is only empty. */
export function damagedId({ entries, fault }: Chain, file: string): string | null {
  const damaged = entries.length === 0 && (fault === "broken" || fault === "newer");
  return damaged ? (file.startsWith("damaged-") ? file : `damaged-${file}`) : null;
}

/** Nothing in it can be believed: it is only shown, so that nobody looks for it in vain. */
function damagedRecord(chain: Chain, { file, open, changedAt }: Place): OperationRecord | null {
  const id = damagedId(chain, file);
  if (id === null) return null;
  const { status, phase, error } = chain.fault === "newer" ? newer : tamperedAt(open);
  const { code, message, reason } = error;
  return {
    id,
    kind: "configure",
    status,
    environment: "",
    environmentId: "",
    title: `Damaged journal ${file}.jsonl`,
    startedAt: changedAt(),
    endedAt: null,
    phase,
    steps: { done: 0, total: 0 },
    resources: [],
    error: { code, message },
    reason,
    sandbox: false,
    followedHere: false,
  };
}

function tamperedAt(open: boolean) {
  if (open) return tampered;
  return { ...tampered, phase: "Put away: the journal was changed" } as const;
}

function statusOf({ entries, fault }: Chain, live: Live | null, { open, followedElsewhere }: Place) {
  const ended = bodyOf(entries, "ended");
  if (fault === "broken" && bodyOf(entries, "acknowledged") === null) return tamperedAt(open);
  if (fault === "newer") return newer;
  if (ended !== null) return { status: ended.status, phase: endWords[ended.status], error: ended.error };
  const last = entries.at(-1)?.body;
  if (live !== null) return { status: "running", phase: live.phase, error: null } as const;
  if (last?.state === "waiting") return { status: last.status, phase: last.phase, error: last.error };
  if (followedElsewhere)
    return { status: "running", phase: "Followed in another window or command", error: null } as const;
  if (last?.state === "accepted")
    return { status: "running", phase: `Not followed by anybody: ${goOn}`, error: null } as const;
  if (entries.some(({ body }) => body.state === "intent")) {
    return { status: "unknown", phase: `Not decided, its program ended: ${goOn}`, error: null } as const;
  }
  return { status: "notStarted", phase: "Never sent, its program ended before", error: null } as const;
}

const goOn = "resume it to see what happened";

const endWords = { succeeded: "Done and verified", failed: "Failed", canceled: "Canceled in Azure" } as const;

const tampered = {
  status: "unknown",
  phase: "The journal was changed",
  error: {
    code: "tampered",
    message:
      "The journal of this operation was changed from outside: it is only shown, and Azure's activity log has the truth. " +
      "Acknowledge it to put it away as it is; then the operation can be planned again.",
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
