import type { MetricSeries, MetricsQuery, ResourceSeries } from "../azure/ports.ts";
import type { AccountMetrics, Server, ServerMetrics } from "../environments/model.ts";
import { reservedConnections } from "../sizing/catalogue.ts";

const hour = 3_600_000;

/** Points of the sparkline: six hours, two five-minute points each. */
const sparkPoints = 36;

/** A measure older than this is not "now": a stopped or silent server has none. */
const recent = hour / 2;

/**
 * Utilization of servers over the last six hours (azure-databases-docs: monitor/concepts-monitoring). *Average*, not
 * Maximum: the strategy's thresholds mean sustained load ("CPU utilization > 70% sustained"), and a maximum would
 * turn every short spike into an alert; five minutes are short enough for memory, disk and connections to show.
 */
export function serverQuery(now: Date): MetricsQuery {
  return {
    namespace: "Microsoft.DBforPostgreSQL/flexibleServers",
    metrics: [
      "cpu_percent",
      "memory_percent",
      "storage_percent",
      "active_connections",
      "max_connections",
      "cpu_credits_remaining",
    ],
    aggregation: "Average",
    interval: "PT5M",
    from: new Date(now.getTime() - 6 * hour),
    to: now,
  };
}

/** Blob capacity by tier; hourly, and late: the last value of a day counts. Only *Average* exists for it. */
export function accountQuery(now: Date): MetricsQuery {
  return {
    namespace: "Microsoft.Storage/storageAccounts/blobServices",
    metrics: ["BlobCapacity"],
    aggregation: "Average",
    interval: "PT1H",
    from: new Date(now.getTime() - 24 * hour),
    to: now,
    filter: "Tier eq '*'",
  };
}

/** What Azure measured of a server; a stopped server is not measured, except for its disk. */
export function toServerMetrics(found: ResourceSeries, server: Server, now: Date): ServerMetrics {
  const value = (metric: string, within: number): number | null => lastValue(pointsOf(found, metric), now, within);
  const running = server.state !== "Stopped";
  const live = (metric: string): number | null => (running ? value(metric, recent) : null);
  const active = live("active_connections");
  // Azure reports the maximum every 30 minutes only.
  const maximum = value("max_connections", 6 * hour);
  return {
    cpu: fraction(live("cpu_percent")),
    memory: fraction(live("memory_percent")),
    storage: fraction(value("storage_percent", 6 * hour)),
    connections: share(active, maximum),
    activeConnections: active,
    maxConnections: maximum,
    cpuCreditsRemaining: server.sku?.tier === "Burstable" ? live("cpu_credits_remaining") : null,
    at: newest(found),
    cpuHistory: sparkline(pointsOf(found, "cpu_percent")),
  };
}

/** Bytes by tier to decimal GB; tiers Azure does not name are 0 once any tier was reported. */
export function toAccountMetrics(found: ResourceSeries, now: Date): AccountMetrics {
  const tiers = { hot: 0, cool: 0, cold: 0, archive: 0 };
  let any = false;
  for (const series of found.series.filter((one) => one.metric.toLowerCase() === "blobcapacity")) {
    const tier = tierOf(series);
    const bytes = lastValue(series.points, now, 24 * hour);
    if (tier === null || bytes === null) continue;
    tiers[tier] += bytes / 1e9;
    any = true;
  }
  return { tiersGB: any ? tiers : null, at: newest(found) };
}

type Points = MetricSeries["points"];

function pointsOf(found: ResourceSeries, metric: string): Points {
  return found.series.find((series) => series.metric.toLowerCase() === metric)?.points ?? [];
}

function lastValue(points: Points, now: Date, within: number): number | null {
  const point = points.findLast((one) => one.value !== null && Number.isFinite(one.value));
  if (point?.value === undefined || point.value === null) return null;
  return now.getTime() - Date.parse(point.at) <= within ? point.value : null;
}

function newest(found: ResourceSeries): string | null {
  const times = found.series.flatMap(({ points }) => points.findLast((one) => one.value !== null)?.at ?? []);
  return times.reduce<string | null>((last, time) => (last === null || time > last ? time : last), null);
}

/** Pairs of points averaged; a pair without any value is a gap. */
function sparkline(points: Points): readonly (number | null)[] {
  const size = Math.max(1, Math.ceil(points.length / sparkPoints));
  return Array.from({ length: Math.ceil(points.length / size) }, (_, index) => {
    const values = points.slice(index * size, (index + 1) * size).flatMap(({ value }) => value ?? []);
    return values.length === 0 ? null : clamp(values.reduce((sum, value) => sum + value, 0) / values.length / 100);
  });
}

/** Active connections as a share of what users may open: the maximum less the 15 reserved. */
function share(active: number | null, maximum: number | null): number | null {
  if (active === null || maximum === null || maximum <= reservedConnections) return null;
  return active / (maximum - reservedConnections);
}

function fraction(percent: number | null): number | null {
  return percent === null ? null : clamp(percent / 100);
}

function clamp(value: number): number {
  return Math.min(1, Math.max(0, value));
}

function tierOf(series: MetricSeries): "hot" | "cool" | "cold" | "archive" | null {
  const [, value] = Object.entries(series.dimensions).find(([name]) => name.toLowerCase() === "tier") ?? [];
  const word = value?.toLowerCase();
  return word === "hot" || word === "cool" || word === "cold" || word === "archive" ? word : null;
}
