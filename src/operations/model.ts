import type { EnvironmentClass, Finding } from "../environments/model.ts";
import type { Receipt } from "../environments/receipts.ts";
import type { Change, RequestDescription } from "../azure/ports.ts";

export type { Receipt };

export type OperationKind = "stop" | "start" | "restart" | "scale" | "configure" | "tag";

/** core-lro's words, plus `unknown`: Azure may or may not have acted, and a fresh read has not decided it yet. */
export type OperationStatus = "notStarted" | "running" | "succeeded" | "failed" | "canceled" | "unknown";

/** What an operation will do, before it does it. Nothing is sent without one that was shown and confirmed. */
export interface Plan {
  readonly operation: OperationKind;
  readonly environment: { readonly id: string; readonly name: string };
  readonly class: EnvironmentClass;
  /** In the order they will be sent; empty when the environment already is as asked. */
  readonly steps: readonly PlanStep[];
  readonly findings: readonly Finding[];
  readonly receipt: Receipt;
  /** SHA-256 (hex) over target, bodies and preconditions; never over prices or times. */
  readonly planHash: string;
  /** What the person must type: the environment's name for prod and unknown, else null. */
  readonly typeToConfirm: string | null;
  /** ISO 8601, Azure's time. */
  readonly madeAt: string;
  readonly sandbox: boolean;
}

export interface PlanStep {
  readonly change: Change;
  readonly request: RequestDescription;
  /** Shown while it runs: `Stop orders-dev-pg`. */
  readonly title: string;
  /** The resource as read for the plan: what must still hold when the step is sent. */
  readonly before: Readonly<Record<string, unknown>>;
  /** What a fresh read must show, twice, before the step counts as done. */
  readonly expect: Readonly<Record<string, unknown>>;
}

/** One operation as views, CLI and journal know it. */
export interface OperationRecord {
  readonly id: string;
  readonly kind: OperationKind;
  readonly status: OperationStatus;
  readonly environment: string;
  readonly environmentId: string;
  readonly title: string;
  readonly startedAt: string;
  readonly endedAt: string | null;
  /** What is waited for now, in a few words: `Azure is stopping orders-dev-pg`. */
  readonly phase: string;
  readonly steps: { readonly done: number; readonly total: number };
  readonly resources: readonly { readonly id: string; readonly before: unknown; readonly after: unknown }[];
  readonly error: { readonly code: string; readonly message: string } | null;
  /** Class of `error`: a kind of `AzureError`, or `changed`, `notVerified`, `notSent`, `stillRunning`, `tampered`. */
  readonly reason: string | null;
  readonly sandbox: boolean;
  /** False while another process (window, CLI) follows it. */
  readonly followedHere: boolean;
}
