import { MetricsClient } from "@azure/monitor-query-metrics";
import type { Arm } from "./arm.ts";
import type { Connection } from "./connection.ts";
import { harden } from "./policies.ts";
import { AzureError, type MetricsQuery, type MetricsReader, type ResourceSeries } from "./ports.ts";
import { oneJson } from "./rawJson.ts";
import type { Sessions } from "./sessions.ts";
import { toBatch, toSeries } from "./toSeries.ts";
import { sdkOptions } from "./sdkOptions.ts";

/** Version of the single-resource metrics (azure-specs: monitor 2024-02-01). */
const version = "2024-02-01";
/** Of one metrics:getBatch call (migrate-to-batch-api). */
const maximumResources = 50;

/** Utilization: many servers in one call, or one resource for whoever may not call getBatch. */
export function createMetrics(deps: {
  readonly connection: Connection;
  readonly arm: Arm;
  readonly sessions: Sessions;
}): MetricsReader {
  const { connection, arm, sessions } = deps;
  return {
    batch: async (query, signal) => {
      const { resourceIds, location } = query;
      if (resourceIds.length === 0) return [];
      if (resourceIds.length > maximumResources) throw tooMany(resourceIds.length);
      const identity = await sessions.identityFor(subscriptionOf(resourceIds[0]!));
      const client = metricsClient(connection, location, identity);
      const read = { what: `the utilization in ${location}`, signal };
      return withoutMissing(resourceIds, async (ids) => {
        const body = await oneJson(read, (options) =>
          client.queryResources([...ids], [...query.metrics], query.namespace, { ...options, ...sdkQuery(query) }),
        );
        return toBatch(body, query.aggregation);
      }).catch((error: unknown) => {
        throw batchError(error);
      });
    },
    single: async (query, signal) => {
      const identity = await sessions.identityFor(subscriptionOf(query.resourceId));
      const url = `${encodeURI(query.resourceId)}/providers/Microsoft.Insights/metrics?${singleQuery(query)}`;
      const body = await arm.get({ url, identity, what: "the utilization", signal });
      return { resourceId: query.resourceId, series: toSeries(body, query.aggregation) };
    },
  };
}

/** Finds one missing resource among fifty (2 × log2 of 50, and the first call); two that were deleted together mostly too. */
const maximumCalls = 14;

type ReadSome = (ids: readonly string[]) => Promise<readonly ResourceSeries[]>;

/**
 * A server that is gone, but still in the graph, must not cost the others their figures: whether Azure then refuses the
 * whole call is unverified, the sandbox does. Halves are asked until it is found; nobody else pays for more than one call.
 */
function withoutMissing(ids: readonly string[], read: ReadSome): Promise<readonly ResourceSeries[]> {
  let calls = 0;
  const readPart = async (part: readonly string[]): Promise<readonly ResourceSeries[]> => {
    calls += 1;
    try {
      return await read(part);
    } catch (error) {
      if (!(error instanceof AzureError) || error.kind !== "notFound") throw error;
      if (part.length === 1 && ids.length > 1) return [];
      if (calls + 2 > maximumCalls || part.length === 1) throw error;
      const middle = Math.ceil(part.length / 2);
      const left = await readPart(part.slice(0, middle));
      return [...left, ...(await readPart(part.slice(middle)))];
    }
  };
  return readPart(ids);
}

function metricsClient(
  connection: Connection,
  location: string,
  identity: Parameters<Connection["credentials"]["asTokenCredential"]>[0],
): MetricsClient {
  const { cloud } = connection;
  const host = location.toLowerCase().replace(/[^a-z0-9-]/g, "");
  if (cloud.metricsSuffix === null) {
    throw new AzureError("invalid", "This cloud has no known batch address for metrics.", { code: "NoBatchMetrics" });
  }
  const scopes = [cloud.metricsScope];
  const client = new MetricsClient(
    `https://${host}${cloud.metricsSuffix}`,
    connection.credentials.asTokenCredential(identity),
    {
      credentials: { scopes },
      ...sdkOptions(connection),
    },
  );
  harden(client.pipeline, connection, { access: "read", scopes, identity, expects: "object" });
  return client;
}

function sdkQuery({ aggregation, interval, from, to, filter }: MetricsQuery) {
  return {
    aggregation: aggregation.toLowerCase(),
    interval,
    startTime: from,
    endTime: to,
    ...(filter === undefined ? {} : { filter }),
  };
}

function singleQuery(query: MetricsQuery): string {
  const parameters = new URLSearchParams({
    "api-version": version,
    metricnamespace: query.namespace,
    metricnames: query.metrics.join(","),
    aggregation: query.aggregation.toLowerCase(),
    interval: query.interval,
    timespan: `${query.from.toISOString()}/${query.to.toISOString()}`,
    ...(query.filter === undefined ? {} : { $filter: query.filter }),
  });
  return parameters.toString();
}

/**
 * getBatch answers 401 without Monitoring Reader on the subscription, 403 without the resource provider, 529 when
 * throttled. A 403 that names the missing right is the missing role, whatever its status.
 */
function batchError(error: unknown): unknown {
  if (!(error instanceof AzureError)) return error;
  const { status, code, retryAfterMs, correlationId } = error;
  const details = { status, retryAfterMs, correlationId, cause: error };
  if (status === 401 || (status === 403 && lacksRole.test(code))) {
    const message =
      "The utilization needs the role Monitoring Reader on the subscription. Until then each resource is asked by itself.";
    return new AzureError("rights", message, { ...details, code: "MonitoringReaderMissing" });
  }
  if (status === 403) {
    const message =
      "The resource provider Microsoft.Insights is not registered in the subscription. Register it to see the utilization.";
    return new AzureError("rights", message, { ...details, code: "InsightsNotRegistered" });
  }
  if (status === 429 || status === 529) {
    return new AzureError("throttled", "Azure Monitor asks to slow down; the utilization comes later.", {
      ...details,
      code: "Throttled",
    });
  }
  return error;
}

const lacksRole = /^(AuthorizationFailed|LinkedAuthorizationFailed|AuthorizationPermissionMismatch|Forbidden.*)$/i;

function tooMany(count: number): AzureError {
  const message = `One metrics request takes at most ${maximumResources} resources, not ${count}.`;
  return new AzureError("invalid", message, { code: "TooManyResources" });
}

function subscriptionOf(id: string): string {
  return /^\/subscriptions\/([^/]+)/i.exec(id)?.[1] ?? "";
}
