import {
  AzureError,
  type MetricsQuery,
  type MetricsReader,
  type ResourceSeries,
  type ScopeProblem,
} from "../azure/ports.ts";
import type { ResourceHead } from "../environments/model.ts";

/** At most this many resources in one metrics:getBatch call (azure-monitor-docs: migrate-to-batch-api). */
export const batchSize = 50;

/** So many groups are asked side by side: 500 servers over many locations are here in one round trip or two. */
const groupsAtOnce = 6;

/** Without getBatch each resource is asked by itself: at most this many a refresh, this many at a time. */
const singlesPerRefresh = 50;
const singlesAtOnce = 4;

export type Query = MetricsQuery;

export interface Reading {
  readonly problems: readonly ScopeProblem[];
  /** Requests made: metric queries are billed by Azure Monitor per call. */
  readonly requests: number;
  /** Azure asked to slow down; real milliseconds to wait, 0 when it named none. Null: not throttled. */
  readonly throttledMs: number | null;
}

export interface Target {
  /** The resource that is asked; for accounts the blob service below it. */
  readonly id: string;
  readonly owner: ResourceHead;
  readonly subscriptionName: string;
}

interface ReadRequest {
  readonly targets: readonly Target[];
  readonly query: Query;
  /** Gets what was measured as it comes: points of many servers are never held at once. */
  readonly take: (series: readonly ResourceSeries[]) => Promise<void>;
  /** Subscriptions (lower case) known to refuse getBatch; extended here. */
  readonly noBatch: Set<string>;
  /** Resources (lower case) asked by themselves, the longest ago first; kept here, so that each has its turn. */
  readonly turns: Set<string>;
  readonly signal?: AbortSignal | undefined;
}

interface GroupRequest extends ReadRequest {
  /** Targets whose subscription refuses getBatch; extended here. */
  readonly refused: Target[];
}

/**
 * Reads one query for many resources of one type: grouped by subscription and location, at most 50 a call, so
 * ceil(n / 50) calls a group, six at a time. One group that fails is a problem row; the others go on. Rejects only when
 * aborted.
 *
 * - 401 or 403 on getBatch means that *Monitoring Reader* on the subscription is missing, never "signed out": each
 *   resource is then asked by itself.
 * - 403 saying that the subscription is not registered means `Microsoft.Insights`: nothing can be read.
 * - 429 and 529 end this round: what is on its way ends, nothing more is asked; the caller polls more slowly.
 */
export async function readMetrics(reader: MetricsReader, request: ReadRequest): Promise<Reading> {
  const refused: Target[] = [];
  let total = await readGroups(reader, { ...request, refused });
  if (total.throttledMs === null) total = add(total, await readSingles(reader, { ...request, targets: refused }));
  return { ...total, problems: onceEach(total.problems) };
}

async function readGroups(reader: MetricsReader, request: GroupRequest): Promise<Reading> {
  const waiting = [...groups(request.targets).entries()];
  const readings: Reading[] = [];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      request.signal?.throwIfAborted();
      const [place, targets] = next;
      const reading = await readGroup(reader, { ...request, targets });
      if (reading.throttledMs !== null) waiting.length = 0;
      readings[place] = reading;
    }
  };
  await Promise.all(Array.from({ length: groupsAtOnce }, work));
  // holes are groups that were not asked any more
  return readings.reduce(add, nothing);
}

/** What one refresh of these resources costs in calls; shown where polling is explained. */
export function callsFor(targets: readonly Target[]): number {
  return groups(targets).length;
}

/** What polling costs, in words. Azure Monitor bills metric queries per call; the price is not repeated here. */
export function pollingCost(calls: number, everySeconds: number): string {
  const perHour = Math.ceil((3600 / everySeconds) * calls);
  return `While the view is visible, utilization takes ${calls} metric calls every ${everySeconds} s (${perHour} an hour). Azure Monitor bills metric queries per call; a hidden view makes none.`;
}

function groups(targets: readonly Target[]): readonly (readonly Target[])[] {
  const byPlace = new Map<string, Target[]>();
  for (const target of targets) {
    const place = `${target.owner.subscriptionId}/${target.owner.location}`.toLowerCase();
    const group = byPlace.get(place);
    if (group) group.push(target);
    else byPlace.set(place, [target]);
  }
  return [...byPlace.values()].flatMap(chunks);
}

function chunks(group: readonly Target[]): readonly (readonly Target[])[] {
  const count = Math.ceil(group.length / batchSize);
  return Array.from({ length: count }, (_, index) => group.slice(index * batchSize, (index + 1) * batchSize));
}

async function readGroup(reader: MetricsReader, request: GroupRequest): Promise<Reading> {
  const { targets, query, noBatch, take, signal } = request;
  const [first] = targets;
  if (first === undefined) return nothing;
  if (noBatch.has(first.owner.subscriptionId.toLowerCase())) return defer(request);
  try {
    const resourceIds = targets.map((target) => target.id);
    const series = await reader.batch({ ...query, resourceIds, location: first.owner.location }, signal);
    await take(series);
    return { ...nothing, requests: 1 };
  } catch (error) {
    signal?.throwIfAborted();
    if (!refusesBatch(error)) return failed(error, first);
    noBatch.add(first.owner.subscriptionId.toLowerCase());
    return { ...defer(request), requests: 1 };
  }
}

function defer({ targets, refused }: GroupRequest): Reading {
  refused.push(...targets);
  return nothing;
}

/** At most 50 in one refresh, those first that have waited longest; the others are named in a row of their own. */
async function readSingles(reader: MetricsReader, request: ReadRequest): Promise<Reading> {
  const { targets, turns, signal } = request;
  const asked = inTurn(targets, turns).slice(0, singlesPerRefresh);
  let total: Reading = { ...nothing, problems: [...targets.map(roleMissing), ...notMeasured(targets, asked)] };
  for (let at = 0; at < asked.length && total.throttledMs === null; at += singlesAtOnce) {
    signal?.throwIfAborted();
    const readings = asked.slice(at, at + singlesAtOnce).map((target) => readOne(reader, target, request));
    total = (await Promise.all(readings)).reduce(add, total);
  }
  return total;
}

function inTurn(targets: readonly Target[], turns: ReadonlySet<string>): readonly Target[] {
  const places = new Map([...turns].map((id, place) => [id, place]));
  const place = ({ id }: Target): number => places.get(id.toLowerCase()) ?? -1;
  return [...targets].sort((left, right) => place(left) - place(right));
}

async function readOne(reader: MetricsReader, target: Target, request: ReadRequest): Promise<Reading> {
  const { query, take, turns, signal } = request;
  const key = target.id.toLowerCase();
  turns.delete(key);
  turns.add(key);
  try {
    await take([await reader.single({ ...query, resourceId: target.id }, signal)]);
    return { ...nothing, requests: 1 };
  } catch (error) {
    signal?.throwIfAborted();
    // The missing role has its row already; a second one for each resource would say nothing new.
    return refusesBatch(error) ? { ...nothing, requests: 1 } : failed(error, target);
  }
}

const nothing: Reading = { problems: [], requests: 0, throttledMs: null };

function add(left: Reading, right: Reading): Reading {
  const waits = [left.throttledMs, right.throttledMs].filter((wait) => wait !== null);
  return {
    problems: [...left.problems, ...right.problems],
    requests: left.requests + right.requests,
    throttledMs: waits.length > 0 ? Math.max(...waits) : null,
  };
}

function refusesBatch(error: unknown): boolean {
  if (!(error instanceof AzureError) || notRegistered(error)) return false;
  return error.status === 401 || error.status === 403 || error.kind === "rights";
}

function notRegistered(error: AzureError): boolean {
  return error.status === 403 && /regist/i.test(`${error.code} ${error.message}`);
}

function failed(error: unknown, target: Target): Reading {
  if (error instanceof AzureError && (error.kind === "throttled" || error.status === 529 || error.status === 429)) {
    return { ...nothing, requests: 1, throttledMs: error.retryAfterMs ?? 0, problems: [throttled(target)] };
  }
  return { ...nothing, requests: 1, problems: [toProblem(error, target)] };
}

function toProblem(error: unknown, target: Target): ScopeProblem {
  if (error instanceof AzureError && notRegistered(error)) {
    const message = `Utilization cannot be read in ${target.subscriptionName}: the resource provider Microsoft.Insights is not registered there.`;
    return problem(target, { code: "insightsNotRegistered", message, remedy: "role" });
  }
  const why = error instanceof Error ? error.message : String(error);
  const code = error instanceof AzureError ? error.code : "unexpected";
  return problem(target, {
    code,
    message: `Utilization could not be read in ${target.subscriptionName}: ${why}`,
    remedy: "retry",
  });
}

function roleMissing(target: Target): ScopeProblem {
  const message = `Utilization in ${target.subscriptionName} is read one resource at a time: the role Monitoring Reader on the subscription is missing. If it is eligible for you (PIM), activate it.`;
  return problem(target, { code: "monitoringReaderMissing", message, remedy: "role" });
}

/** One row for each subscription with resources whose turn has not come. */
function notMeasured(targets: readonly Target[], asked: readonly Target[]): readonly ScopeProblem[] {
  const waiting = new Map<string, Target[]>();
  for (const target of targets.filter((one) => !asked.includes(one))) {
    const { subscriptionId } = target.owner;
    waiting.set(subscriptionId, [...(waiting.get(subscriptionId) ?? []), target]);
  }
  return [...waiting.values()].flatMap((some) => (some[0] ? [waitingRow(some[0], some.length)] : []));
}

function waitingRow(target: Target, count: number): ScopeProblem {
  const servers = /\/flexibleServers\//i.test(target.id);
  const what = `${count} ${servers ? "server" : "storage account"}${count === 1 ? "" : "s"}`;
  const message = `${what} not measured in ${target.subscriptionName} this time: without the role Monitoring Reader on the subscription at most ${singlesPerRefresh} are read a refresh, in turn.`;
  return problem(target, { code: servers ? "serversNotMeasured" : "accountsNotMeasured", message, remedy: "role" });
}

function throttled(target: Target): ScopeProblem {
  const message = `Azure Monitor asks to slow down in ${target.subscriptionName}: utilization is read less often for a while.`;
  return problem(target, { code: "metricsThrottled", message, remedy: "retry" });
}

function problem(target: Target, rest: Pick<ScopeProblem, "code" | "message" | "remedy">): ScopeProblem {
  return { scope: target.owner.subscriptionId, label: target.subscriptionName, tenantId: null, ...rest };
}

/** One row for each scope and code. */
export function onceEach(problems: readonly ScopeProblem[]): readonly ScopeProblem[] {
  return [...new Map(problems.map((one) => [`${one.scope}/${one.code}`, one])).values()];
}
