import { createHash } from "node:crypto";
import type { OperationKind, PlanStep } from "./model.ts";

interface Hashed {
  readonly operation: OperationKind;
  readonly environment: { readonly id: string };
  readonly steps: readonly PlanStep[];
}

/** What was approved: target, bodies and preconditions; never prices or times. */
export function planHash({ operation, environment, steps }: Hashed): string {
  const approved = steps.map(({ change, before, expect }) => ({ change, before, expect }));
  return sha256(stableJson({ operation, environment: environment.id, approved }));
}

/** The same intent has the same key in every window and process, whatever the server's state was when it was planned. */
export function intentKey({ operation, environment, steps }: Hashed): string {
  const changes = steps.map(({ change }) => change);
  return sha256(stableJson({ operation, environment: environment.id.toLowerCase(), changes })).slice(0, 24);
}

/** JSON with sorted keys: equal values give equal text. */
export function stableJson(value: unknown): string {
  return JSON.stringify(sorted(value)) ?? "null";
}

export function sha256(text: string): string {
  return createHash("sha256").update(text, "utf8").digest("hex");
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(entries.map(([key, part]) => [key, sorted(part)]));
}
