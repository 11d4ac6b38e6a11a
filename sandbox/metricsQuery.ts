import { definitionsOf } from "./metricNames.ts";
import { retention, tiers } from "./metricsSeries.ts";
import type { Aggregation, Span } from "./metricsSeries.ts";
import { sameId } from "./types.ts";
import type { SandboxRequest } from "./types.ts";

/** What both metrics APIs ask for, read and checked. */
export interface MetricsQuery {
  readonly kind: "query";
  readonly names: readonly string[];
  readonly aggregations: readonly Aggregation[];
  readonly span: Span;
  /** As asked, e.g. `PT5M`; a FULL query is answered with its whole span. */
  readonly interval: string;
  /** Tiers to split by; null when the filter names none. */
  readonly tiers: readonly string[] | null;
}

export interface Invalid {
  readonly kind: "invalid";
  readonly message: string;
}

export interface Dialect {
  readonly now: number;
  /** Name of the filter parameter: getBatch has no dollar sign. */
  readonly filter: "filter" | "$filter";
  /** `starttime`/`endtime` or `timespan`. */
  readonly span: "times" | "timespan";
  /** Namespace when the request names none. */
  readonly target?: string;
}

/** Reads the query of a metrics request. Parameter names are matched without case, as Azure's own examples vary. */
export function readMetricsQuery(request: SandboxRequest, dialect: Dialect): MetricsQuery | Invalid {
  const get = (name: string): string | null => parameter(request.query, name);
  const namespace = get("metricnamespace") ?? dialect.target;
  if (!namespace) return invalid("Required parameter metricnamespace is missing.");
  const definitions = definitionsOf(namespace);
  if (!definitions) return invalid(`The metric namespace '${namespace}' is not known.`);
  const names = (get("metricnames") ?? "")
    .split(",")
    .map((name) => name.trim())
    .filter(Boolean);
  if (names.length === 0) return invalid("Required parameter metricnames is missing.");
  if (names.length > 20) return invalid("At most 20 metric names are allowed.");
  const wrong = names.find((name) => !definitions.some((each) => sameId(each.name, name)));
  if (wrong)
    return invalid(
      unknownMetric(
        namespace,
        wrong,
        definitions.map((each) => each.name),
      ),
    );
  const hourly = definitions.some((each) => each.batch === 60);
  const interval = get("interval") ?? (hourly ? "PT1H" : "PT1M");
  const window = readWindow(get, dialect, hourly);
  if ("message" in window) return window;
  const span = readGrain(interval, window, hourly);
  if ("message" in span) return span;
  const aggregations = readAggregations(get("aggregation"));
  if (!aggregations) return invalid(`The aggregation '${get("aggregation") ?? ""}' is not known.`);
  const split = readFilter(get(dialect.filter), hourly && /blobservices$/i.test(namespace));
  if (split && "message" in split) return split;
  return {
    kind: "query",
    names,
    aggregations,
    span,
    interval: /^FULL$/i.test(interval) ? isoOf(span.grain) : interval,
    tiers: split,
  };
}

function invalid(message: string): Invalid {
  return { kind: "invalid", message };
}

function parameter(query: URLSearchParams, name: string): string | null {
  for (const [key, value] of query) if (sameId(key, name)) return value;
  return null;
}

/** Wording of Azure Monitor as commonly seen (unverified against a document). */
function unknownMetric(namespace: string, name: string, valid: readonly string[]): string {
  const [provider, ...type] = namespace.split("/");
  return `Failed to find metric configuration for provider: ${provider ?? ""}, resource Type: ${type.join("/")}, metric: ${name}, Valid metrics: ${valid.join(",")}`;
}

type Get = (name: string) => string | null;

/** One hour up to now by default; from and to as ISO times (metricBatch.json, starttime and endtime). */
function readWindow(get: Get, dialect: Dialect, hourly: boolean): { start: number; end: number } | Invalid {
  const [from, to] =
    dialect.span === "times"
      ? [get("starttime"), get("endtime")]
      : ((get("timespan") ?? "").split("/") as [string, string?]);
  if (to && !from) return invalid("starttime is required when endtime is given.");
  const end = to ? Date.parse(to) : dialect.now;
  const start = from ? Date.parse(from) : end - (hourly ? 24 : 1) * 3_600_000;
  if (Number.isNaN(start) || Number.isNaN(end))
    return invalid("The time range is not in the format yyyy-MM-ddTHH:mm:ssZ.");
  if (start >= end) return invalid("The start time must be before the end time.");
  if (end - start > retention) return invalid("The time range must not be longer than 93 days.");
  return { start, end };
}

const grains: Readonly<Record<string, number>> = {
  PT1M: 60_000,
  PT5M: 300_000,
  PT15M: 900_000,
  PT30M: 1_800_000,
  PT1H: 3_600_000,
  PT6H: 21_600_000,
  PT12H: 43_200_000,
  P1D: 86_400_000,
};

/** Points start at whole grains; FULL is one point for the whole range. Capacity metrics have no grain under an hour. */
function readGrain(interval: string, { start, end }: { start: number; end: number }, hourly: boolean): Span | Invalid {
  if (/^FULL$/i.test(interval)) return { start, end, grain: end - start };
  const allowed = Object.entries(grains).filter(([, grain]) => !hourly || grain >= 3_600_000);
  const grain = allowed.find(([name]) => name === interval)?.[1];
  const names = allowed.map(([name]) => name).join(",");
  if (grain === undefined) return invalid(`Invalid time grain duration: ${interval}, supported ones are: ${names}`);
  if (grain > end - start && !hourly) return invalid("The time grain must not be longer than the time range.");
  return { start: Math.floor(start / grain) * grain, end, grain };
}

const aggregationNames: readonly Aggregation[] = ["average", "minimum", "maximum", "total", "count"];

function readAggregations(text: string | null): readonly Aggregation[] | null {
  const asked = (text ?? "average")
    .toLowerCase()
    .split(",")
    .map((name) => name.trim())
    .filter(Boolean);
  const known = asked.filter((name): name is Aggregation => aggregationNames.includes(name as Aggregation));
  return known.length === asked.length ? known : null;
}

/** `Tier eq '*'` or `Tier eq 'Hot' or Tier eq 'Cool'`; other dimensions are refused, never ignored. */
function readFilter(text: string | null, hasTiers: boolean): readonly string[] | null | Invalid {
  if (text === null || text.trim() === "") return null;
  const terms = text
    .trim()
    .split(/\s+or\s+/i)
    .map((term) => /^Tier\s+eq\s+'([^']+)'$/i.exec(term.trim())?.[1]);
  if (!hasTiers || terms.some((term) => term === undefined))
    return invalid(`The metric does not support the requested dimension combination: ${text}`);
  return terms.includes("*") ? tiers : (terms as string[]);
}

/** A whole number of minutes as ISO 8601. */
function isoOf(milliseconds: number): string {
  const minutes = Math.round(milliseconds / 60_000);
  return minutes % 60 === 0 ? `PT${minutes / 60}H` : `PT${minutes}M`;
}
