import type { OperationRecord } from "../operations/model.ts";
import { table } from "./table.ts";

/** An operation in the contract's shape. */
export function resultDocument(record: OperationRecord): unknown {
  const { id, kind, status, environment, environmentId, resources, error, phase, startedAt, endedAt, sandbox } = record;
  return { id, kind, status, environment, environmentId, resources, error, phase, startedAt, endedAt, sandbox };
}

export interface Unsent {
  readonly kind: string | null;
  readonly environment: string | null;
  readonly environmentId: string | null;
  readonly status: "succeeded" | "notStarted";
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly sandbox: boolean;
}

/** The same shape for what never became an operation: refused, or already so. */
export function unsentDocument({ kind, environment, environmentId, status, error, sandbox }: Unsent): unknown {
  const never = { phase: null, startedAt: null, endedAt: null };
  return { id: null, kind, status, environment, environmentId, resources: [], error, ...never, sandbox };
}

/** For people; `resume`: the command that goes on watching. */
export function resultLines(record: OperationRecord, resume: string): readonly string[] {
  const { status, title, phase, error } = record;
  const words = { succeeded: "Done and verified", failed: "Failed", canceled: "Canceled", unknown: "Unknown" } as const;
  const head = status === "running" || status === "notStarted" ? "Still running in Azure" : words[status];
  const open = status === "running" || status === "unknown" || status === "notStarted";
  return [
    `${head}: ${title}`,
    ...(error === null ? [] : [`  ${error.code}: ${error.message}`]),
    ...(open ? [`  ${phase}`, "  Watch it with:", `  ${resume}`] : []),
  ];
}

/** `columns`: the terminal's; null in a pipe, where nothing is cut. */
export function operationsTable(records: readonly OperationRecord[], columns: number | null): readonly string[] {
  if (records.length === 0) return ["No operations yet."];
  const rows = records.map((one) => [
    one.id,
    one.status,
    one.environment,
    one.title,
    `${one.startedAt.slice(0, 16).replace("T", " ")} UTC`,
    one.error?.message ?? one.phase,
  ]);
  return table(
    [["ID", "STATUS", "ENVIRONMENT", "OPERATION", "STARTED", "PHASE"], ...rows],
    columns === null ? 1_000 : 80,
  );
}
