import type { MetricDefinition } from "./metricNames.ts";
import { blobBytes, blobCount, serverValue } from "./metricsModel.ts";
import type { ServerNow, Tier } from "./metricsModel.ts";
import type { AccountProfile } from "./metricsState.ts";

const minute = 60_000;
const day = 24 * 60 * minute;

/** What a series is made of: the load, and the times when there was none. */
export type Source =
  | {
      readonly kind: "server";
      readonly burstable: boolean;
      /** The server as it was at a time. */
      readonly server: (at: number) => ServerNow;
      readonly gaps: readonly Gap[];
    }
  | { readonly kind: "account"; readonly profile: AccountProfile };

/** The server was not running: no values. */
export interface Gap {
  readonly from: number;
  readonly to: number;
}

/** Milliseconds; `grain` divides the span into points. */
export interface Span {
  readonly start: number;
  readonly end: number;
  readonly grain: number;
}

export type Aggregation = "average" | "minimum" | "maximum" | "total" | "count";

export interface SeriesRequest {
  readonly definition: MetricDefinition;
  readonly source: Source;
  readonly span: Span;
  readonly aggregations: readonly Aggregation[];
  readonly now: number;
  /** Null sums over all tiers. */
  readonly tier: Tier | null;
}

type Point = { readonly timeStamp: string } & { readonly [name in Aggregation]?: number };

/** Values of at most this many minutes are read for one point, evenly spread. */
const samplesPerPoint = 12;

/** One point for every grain that has begun by now; a point without values has its time only, as Azure answers gaps. */
export function points(request: SeriesRequest): Point[] {
  const { span, now, definition } = request;
  const latest = now - latency(definition);
  const list: Point[] = [];
  for (let at = span.start; at < Math.min(span.end, latest); at += span.grain) {
    const values = samples(request, at, Math.min(at + span.grain, span.end, latest));
    list.push({ timeStamp: stamp(at), ...aggregate(values, request, at) });
  }
  return list;
}

/** `2026-11-22T18:00:00Z`, without the milliseconds when there are none, as in Microsoft's example answers. */
export function stamp(at: number): string {
  return new Date(at).toISOString().replace(".000Z", "Z");
}

/** Two minutes until a value can be read, and the rest of its batch; the two minutes are ours. */
function latency(definition: MetricDefinition): number {
  return definition.batch === 60 ? 0 : (1 + definition.batch) * minute;
}

function samples(request: SeriesRequest, from: number, to: number): number[] {
  const { source, definition } = request;
  const step = Math.max(definition.batch * minute, Math.floor((to - from) / samplesPerPoint / minute) * minute);
  const values: number[] = [];
  const every = source.kind === "server" ? step : Math.max(step, 60 * minute);
  for (let at = Math.floor(from / every) * every; at < to; at += every) {
    const value = sample(request, Math.max(at, from));
    if (value !== null) values.push(value);
  }
  return values;
}

function sample({ source, definition, tier }: SeriesRequest, at: number): number | null {
  if (source.kind === "account") return accountValue(definition.name, at, { profile: source.profile, tier });
  if (source.gaps.some((gap) => at >= gap.from && at < gap.to)) return null;
  return serverValue(definition.name, at, source.server(at));
}

interface Tiered {
  readonly profile: AccountProfile;
  readonly tier: Tier | null;
}

export const tiers: readonly Tier[] = ["Hot", "Cool", "Cold", "Archive"];

function accountValue(name: string, at: number, { profile, tier }: Tiered): number {
  const wanted = tier === null ? tiers : [tier];
  const sum = (read: typeof blobBytes): number => wanted.reduce((total, each) => total + read(each, at, profile), 0);
  if (name === "BlobCount") return sum(blobCount);
  if (name === "ContainerCount") return 1;
  if (name === "IndexCapacity") return Math.round(sum(blobBytes) / 5e5);
  return sum(blobBytes);
}

function aggregate(values: readonly number[], request: SeriesRequest, at: number): { [name in Aggregation]?: number } {
  if (values.length === 0) return {};
  const sum = values.reduce((total, value) => total + value, 0);
  const minutes = Math.max(1, Math.round(Math.min(request.span.grain, request.span.end - at) / minute));
  const average = sum / values.length;
  const all: Readonly<Record<Aggregation, number>> = {
    average,
    minimum: Math.min(...values),
    maximum: Math.max(...values),
    total: request.source.kind === "server" ? average * minutes : average,
    count: request.source.kind === "server" ? minutes : Math.max(1, Math.round(minutes / 60)),
  };
  return Object.fromEntries(request.aggregations.map((name) => [name, all[name]]));
}

/** The longest span that is kept: 93 days (concepts-monitoring.md@0200b8f). */
export const retention = 93 * day;
