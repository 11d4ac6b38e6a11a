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

export function resultLines(record: OperationRecord): readonly string[] {
  const { status, title, phase, error, id } = record;
  const words = { succeeded: "Done and verified", failed: "Failed", canceled: "Canceled", unknown: "Unknown" } as const;
  const head = status === "running" || status === "notStarted" ? "Still running in Azure" : words[status];
  const open = status === "running" || status === "unknown" || status === "notStarted";
  return [
    `${head}: ${title}`,
    ...(error === null ? [] : [`  ${error.code}: ${error.message}`]),
    ...(open ? [`  ${phase}`, `  Go on watching with: engram-azure operations resume ${id}`] : []),
  ];
}

export function operationsTable(records: readonly OperationRecord[]): readonly string[] {
  if (records.length === 0) return ["No operations yet."];
  const rows = records.map((one) => [
    one.id,
    one.status,
    one.environment,
    one.title,
    `${one.startedAt.slice(0, 16).replace("T", " ")} UTC`,
    one.error?.message ?? one.phase,
  ]);
  return table([["ID", "STATUS", "ENVIRONMENT", "OPERATION", "STARTED", "PHASE"], ...rows], 80);
}
