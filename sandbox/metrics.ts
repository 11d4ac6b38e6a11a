import { findResource, notFound } from "./arm.ts";
import { definitionsOf } from "./metricNames.ts";
import type { MetricDefinition } from "./metricNames.ts";
import { readMetricsQuery } from "./metricsQuery.ts";
import type { MetricsQuery } from "./metricsQuery.ts";
import { points, stamp, tiers } from "./metricsSeries.ts";
import type { Source } from "./metricsSeries.ts";
import { sourceOf } from "./metricsSource.ts";
import { metricsState } from "./metricsState.ts";
import { armError, sameId } from "./types.ts";
import type { Resource, SandboxRequest, SandboxResponse, Service, World } from "./types.ts";

const batchHost = /^([a-z0-9]+)\.metrics\.monitor\.azure\.com$/;
const batchPath = /^\/subscriptions\/([^/]+)\/metrics:getBatch$/i;
const singlePath = /^(\/subscriptions\/.+)\/providers\/Microsoft\.Insights\/(metrics|metricDefinitions)$/i;

/**
 * Azure Monitor metrics: `metrics:getBatch` on LOCATION.metrics.monitor.azure.com (official metricBatch.json 2024-02-01)
 * and a resource's own metrics by ARM (metrics_API.json 2018-01-01 and 2024-02-01).
 */
export const metrics: Service = (request, world) => {
  const location = batchHost.exec(request.host)?.[1];
  if (location !== undefined) return batch(request, world, location);
  const match =
    request.host === "management.azure.com" && request.method === "GET" ? singlePath.exec(request.path) : null;
  if (!match) return null;
  return match[2]?.toLowerCase() === "metrics" ? single(request, world, match[1] as string) : null;
};

/** Rules and status codes: azure-monitor-docs:articles/azure-monitor/metrics/migrate-to-batch-api.md@0f26705. */
function batch(request: SandboxRequest, world: World, location: string): SandboxResponse {
  const subscriptionId = batchPath.exec(request.path)?.[1];
  if (subscriptionId === undefined || request.method !== "POST")
    return armError(404, "NotFound", "The sandbox serves metrics:getBatch only on this host.");
  if (!request.query.get("api-version")) return bad("The api-version query parameter is required.");
  const refusal = refusedFor(world, subscriptionId);
  if (refusal) return refusal;
  const ids = (request.body as { resourceids?: unknown } | null)?.resourceids;
  if (!Array.isArray(ids) || ids.length === 0) return bad("The body must have a non-empty array 'resourceids'.");
  const resources = ids.map((id) => findTarget(world, String(id)));
  const wrong = mixed(ids.map(String), resources, { subscriptionId, location });
  if (wrong) return wrong;
  const query = readMetricsQuery(request, { now: world.now(), filter: "filter", span: "times" });
  if (query.kind === "invalid") return bad(query.message);
  const values = resources.map((target) => batchAnswer(target as Target, query, world));
  return { status: 200, body: { values } };
}

interface Target {
  /** As it was asked for. */
  readonly id: string;
  readonly resource: Resource;
  readonly namespace: string;
}

/** A server, an account, or an account's `blobServices/default`. */
function findTarget(world: World, id: string): Target | null {
  const blob = /^(.+)\/blobServices\/default$/i.exec(id);
  const resource = findResource(world.state, blob?.[1] ?? id);
  if (!resource) return null;
  return { id, resource, namespace: blob ? `${resource.type}/blobServices` : resource.type };
}

/** 401 without Monitoring Reader on the subscription, 403 without the provider, 529 when throttled; in this order (ours). */
function refusedFor(world: World, subscriptionId: string): SandboxResponse | null {
  const state = metricsState(world.state);
  const has = (list: readonly string[]): boolean => list.some((each) => sameId(each, subscriptionId));
  const known = world.state.subscriptions.find((each) => sameId(each.subscriptionId, subscriptionId));
  if (!known?.readable || has(state.withoutReader))
    return armError(
      401,
      "AuthorizationFailed",
      `The client does not have authorization to perform action 'Microsoft.Insights/metrics/read' over scope '/subscriptions/${subscriptionId}'.`,
    );
  if (has(state.unregistered))
    return armError(
      403,
      "MissingSubscriptionRegistration",
      "The subscription is not registered to use namespace 'Microsoft.Insights'.",
    );
  if (state.throttledUntil > world.now())
    return armError(529, "TooManyRequests", "The metrics backend is currently throttling your requests.");
  return null;
}

interface Place {
  readonly subscriptionId: string;
  readonly location: string;
}

/**
 * At most 50 different ids, of one subscription, location and type. The wording of the refusals is ours, and so is that one
 * unknown id fails the whole call: no document says what Azure does.
 */
function mixed(
  ids: readonly string[],
  targets: readonly (Target | null)[],
  { subscriptionId, location }: Place,
): SandboxResponse | null {
  const unique = new Set(ids.map((id) => id.toLowerCase()));
  if (unique.size > 50) return bad(`At most 50 resource ids are allowed, not ${unique.size}.`);
  const missing = targets.findIndex((target) => target === null);
  if (missing >= 0) return notFound(ids[missing] as string);
  const found = targets as readonly Target[];
  if (found.some(({ id }) => !sameId(id.split("/")[2] ?? "", subscriptionId)))
    return bad("All resources must belong to the subscription of the request.");
  if (found.some(({ resource }) => resource.location !== location))
    return bad(`All resources must be in the location '${location}'.`);
  if (new Set(found.map(({ namespace }) => namespace.toLowerCase())).size > 1)
    return bad("All resources must be of the same type.");
  return null;
}

function batchAnswer(target: Target, query: MetricsQuery, world: World): object {
  return {
    starttime: stamp(query.span.start),
    endtime: stamp(query.span.end),
    interval: query.interval,
    namespace: target.namespace.toLowerCase(),
    resourceregion: target.resource.location,
    resourceid: target.id,
    value: valuesOf(target, query, world),
  };
}

/** The single API's errors have no `error` around them (migrate-to-batch-api.md, "Error response changes"). */
function single(request: SandboxRequest, world: World, resourceId: string): SandboxResponse {
  const target = findTarget(world, resourceId);
  if (!target) return notFound(resourceId);
  const query = readMetricsQuery(request, {
    now: world.now(),
    filter: "$filter",
    span: "timespan",
    target: target.namespace,
  });
  if (query.kind === "invalid") return { status: 400, body: { code: "BadRequest", message: query.message } };
  const value = valuesOf(target, query, world);
  const body = {
    cost: Math.max(0, Math.round((query.span.end - query.span.start) / 60_000) * value.length - 1),
    timespan: `${stamp(query.span.start)}/${stamp(query.span.end)}`,
    interval: query.interval,
    namespace: target.namespace,
    resourceregion: target.resource.location,
    value,
  };
  return { status: 200, body };
}

function valuesOf(target: Target, query: MetricsQuery, world: World): object[] {
  const source = sourceOf(target.resource, world.state, world.now());
  const definitions = definitionsOf(target.namespace) ?? [];
  const wanted = query.names.map((name) => definitions.find((each) => sameId(each.name, name)));
  return wanted.flatMap((definition) => {
    if (!definition) return [];
    return [
      {
        id: `${target.id}/providers/Microsoft.Insights/metrics/${definition.name}`,
        type: "Microsoft.Insights/metrics",
        name: { value: definition.name, localizedValue: definition.display },
        displayDescription: `${definition.display}.`,
        unit: definition.unit,
        timeseries: source ? series({ source, query, definition }, world) : [],
        errorCode: "Success",
      },
    ];
  });
}

interface SeriesOf {
  readonly source: Source;
  readonly query: MetricsQuery;
  readonly definition: MetricDefinition;
}

/** One series, or one a tier when the filter splits by Tier: only tiers that hold something, as Azure does. */
function series({ source, query, definition }: SeriesOf, world: World): object[] {
  const { span, aggregations } = query;
  if (definition.burstable && !(source.kind === "server" && source.burstable)) return [];
  const one = (tier: (typeof tiers)[number] | null): object[] =>
    points({ definition, source, span, aggregations, now: world.now(), tier });
  if (query.tiers === null) return [{ metadatavalues: [], data: one(null) }];
  if (source.kind !== "account") return [];
  const wanted = tiers.filter((tier) => source.profile.bytes[tier] > 0 && query.tiers?.includes(tier));
  return wanted.map((tier) => ({
    metadatavalues: [{ name: { value: "tier", localizedValue: "tier" }, value: tier }],
    data: one(tier),
  }));
}

function bad(message: string): SandboxResponse {
  return armError(400, "BadRequest", message);
}
