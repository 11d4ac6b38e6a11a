import type { State } from "./types.ts";

/** Workload of one server, at the moment the fleet was made. Percentages 0–100. */
export interface ServerProfile {
  kind: "server";
  class: string;
  /** vCores the percentages were stated for: after a scale the same demand gives another percentage. */
  vCores: number;
  memoryGiB: number;
  cpu: number;
  memory: number;
  connections: number;
  maxConnections: number;
  storageUsedGiB: number;
  growthGiBPerDay: number;
  credits: number | null;
  at: number;
}

/** Bytes by tier of one account at the moment the fleet was made. */
export interface AccountProfile {
  kind: "account";
  bytes: { Hot: number; Cool: number; Cold: number; Archive: number };
  growthPerDay: number;
  at: number;
}

/** What a server was made of until a change; together with what it is now, its whole history. */
export interface PastSize {
  /** Virtual milliseconds of the change. */
  until: number;
  sku: string;
  storageGiB: number;
  iops: number;
}

export interface MetricsState {
  /** By ARM id in lower case. */
  profiles: Record<string, ServerProfile | AccountProfile>;
  /** Earlier sizes by ARM id in lower case, oldest first; absent in states of older versions. */
  sizes?: Record<string, PastSize[]>;
  /** Subscriptions whose caller lacks Monitoring Reader on the subscription itself. */
  withoutReader: string[];
  /** Subscriptions where the provider Microsoft.Insights is not registered. */
  unregistered: string[];
  /** While the virtual time is before this, metrics:getBatch answers 529. */
  throttledUntil: number;
}

/** `state.services.metrics`; created when missing. */
export function metricsState(state: State): MetricsState {
  const empty: MetricsState = { profiles: {}, withoutReader: [], unregistered: [], throttledUntil: 0 };
  return (state.services["metrics"] ??= empty) as MetricsState;
}
