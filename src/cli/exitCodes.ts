import { AzureError } from "../azure/ports.ts";
import { NotFound, NotUnique } from "../inventory/find.ts";
import type { OperationRecord } from "../operations/model.ts";
import { PlanRefused } from "../operations/request.ts";

/** Stable exit codes (design.md section 6). */
export const exit = { done: 0, failed: 1, usage: 2, changed: 3, open: 4, signIn: 5, busy: 6 } as const;
export type ExitCode = (typeof exit)[keyof typeof exit];

/** The command line itself is wrong; `message` is one sentence. */
export class UsageError extends Error {
  override readonly name = "UsageError";
  readonly code: string;

  constructor(message: string, code = "usage") {
    super(message);
    this.code = code;
  }
}

export interface Fault {
  readonly exit: ExitCode;
  readonly code: string;
  readonly message: string;
}

/** What went wrong before anything was sent. */
export function faultOf(cause: unknown): Fault {
  const message = cause instanceof Error ? cause.message : String(cause);
  if (isInterrupt(cause)) return { exit: exit.failed, code: "interrupted", message: "Interrupted: nothing was sent." };
  if (cause instanceof UsageError) return { exit: exit.usage, code: cause.code, message };
  if (cause instanceof NotFound) return { exit: exit.usage, code: "notFound", message };
  if (cause instanceof NotUnique) return { exit: exit.usage, code: "notUnique", message };
  if (cause instanceof PlanRefused) return { exit: refusedExit(cause), code: cause.code, message };
  if (cause instanceof AzureError) return { exit: exitOfKind(cause.kind), code: cause.code, message };
  return { exit: exit.failed, code: "unexpected", message };
}

/** Ctrl+C before anything was sent. */
function isInterrupt(cause: unknown): boolean {
  if (cause instanceof AzureError) return cause.kind === "canceled";
  return cause instanceof Error && cause.name === "AbortError";
}

export function exitOf({ status, reason }: Pick<OperationRecord, "status" | "reason">): ExitCode {
  if (status === "succeeded") return exit.done;
  if (status === "failed" || status === "canceled") return exitOfKind(reason);
  return reason === "auth" ? exit.signIn : exit.open;
}

function refusedExit({ kind, code }: PlanRefused): ExitCode {
  if (kind === "usage") return exit.usage;
  if (code === "serverBusy") return exit.busy;
  return code === "changedSincePlanned" ? exit.changed : exit.failed;
}

function exitOfKind(kind: string | null): ExitCode {
  if (kind === "auth") return exit.signIn;
  if (kind === "busy") return exit.busy;
  return kind === "changed" ? exit.changed : exit.failed;
}
