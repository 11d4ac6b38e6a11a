import type { ServerMetrics } from "./model.ts";

export type Band = "ok" | "warning" | "alert" | "critical" | "unknown";
export type Measure = "cpu" | "memory" | "storage" | "connections";
export type Bands = Readonly<Record<Measure, Band>>;

export const measures: readonly Measure[] = ["cpu", "memory", "storage", "connections"];

/**
 * The strategy's three levels as written (strategy.txt section 2, "Monitoring and Alerting"): a value is in a band
 * when it is greater than the threshold. Storage has no warning level there. Fractions of 1.
 */
export const thresholds: Readonly<Record<Exclude<Band, "ok" | "unknown">, Readonly<Partial<Record<Measure, number>>>>> =
  {
    warning: { cpu: 0.6, memory: 0.7, connections: 0.7 },
    alert: { cpu: 0.7, memory: 0.8, connections: 0.8, storage: 0.85 },
    critical: { cpu: 0.8, memory: 0.9, connections: 0.9, storage: 0.9 },
  };

const levels = ["critical", "alert", "warning"] as const;

/** Which of the strategy's levels each measure of a server is over. */
export function bands(metrics: Pick<ServerMetrics, Measure> | null): Bands {
  return {
    cpu: band("cpu", metrics?.cpu ?? null),
    memory: band("memory", metrics?.memory ?? null),
    storage: band("storage", metrics?.storage ?? null),
    connections: band("connections", metrics?.connections ?? null),
  };
}

/** The band of one value (a fraction); `unknown` when it was not measured. */
export function band(measure: Measure, value: number | null): Band {
  if (value === null || !Number.isFinite(value)) return "unknown";
  return levels.find((level) => value > (thresholds[level][measure] ?? Infinity)) ?? "ok";
}

/** The threshold that was crossed for a band, as a fraction; null for ok and unknown. */
export function thresholdOf(measure: Measure, level: Band): number | null {
  return level === "ok" || level === "unknown" ? null : (thresholds[level][measure] ?? null);
}

/** The worst of several bands; unknown only when nothing else is known. */
export function worst(values: readonly Band[]): Band {
  return [...levels, "ok" as const].find((level) => values.includes(level)) ?? "unknown";
}
