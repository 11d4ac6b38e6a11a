import type { OperationRecord } from "../../../src/operations/model.ts";
import type { ServerMetrics } from "../../../src/environments/model.ts";
import type { Facts } from "../../../src/tree/facts.ts";
import type { Row } from "../../../src/tree/row.ts";

export const now = new Date("2026-11-22T12:00:00Z");

export function facts(rest: Partial<Facts> = {}): Facts {
  return {
    sandbox: false,
    environments: [],
    problems: [],
    now: () => now,
    serverMetrics: () => null,
    accountMetrics: () => null,
    details: () => null,
    prices: () => null,
    running: () => null,
    ...rest,
  };
}

export function metrics(rest: Partial<ServerMetrics> = {}): ServerMetrics {
  return {
    cpu: 0.63,
    memory: 0.5,
    storage: 0.4,
    connections: 0.3,
    activeConnections: 255,
    maxConnections: 865,
    cpuCreditsRemaining: null,
    at: "2026-11-22T11:59:00Z",
    cpuHistory: [],
    ...rest,
  };
}

export function operation(rest: Partial<OperationRecord> = {}): OperationRecord {
  return {
    id: "stop-1",
    kind: "stop",
    status: "running",
    environment: "orders",
    environmentId: "sub/rg/orders",
    title: "Stop orders-pg",
    startedAt: "2026-11-22T11:58:20Z",
    endedAt: null,
    phase: "Azure is stopping orders-pg",
    steps: { done: 0, total: 1 },
    resources: [{ id: "/servers/orders-pg", before: null, after: null }],
    error: null,
    reason: null,
    sandbox: false,
    followedHere: true,
    ...rest,
  };
}

/** Every row below, as `label: description`. */
export function lines(row: Row): readonly string[] {
  return (row.children?.() ?? []).flatMap((child) => [`${child.label}: ${child.description}`, ...lines(child)]);
}

export function rowsOf(row: Row): readonly Row[] {
  return [row, ...(row.children?.() ?? []).flatMap(rowsOf)];
}
