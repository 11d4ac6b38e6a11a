import { graphView } from "./graphLag.ts";
import { graphTable } from "./graphRows.ts";
import { evaluate } from "./kql/evaluate.ts";
import type { Table } from "./kql/evaluate.ts";
import { KqlError } from "./kql/lexer.ts";
import { parseQuery } from "./kql/parser.ts";
import { hash } from "./random.ts";
import { sameId } from "./types.ts";
import type { SandboxRequest, SandboxResponse, Service, State, World } from "./types.ts";

/**
 * `POST /providers/Microsoft.ResourceGraph/resources` (official resourcegraph.json 2024-04-01): the KQL subset of `kql/`,
 * paging, quota. Subscriptions that the caller may not read contribute nothing.
 */
export const resourceGraph: Service = (request, world) => {
  if (request.host !== "management.azure.com" || request.method !== "POST") return null;
  if (!sameId(request.path, "/providers/Microsoft.ResourceGraph/resources")) return null;
  const quota = takeQuota(world, request.caller?.objectId ?? "anonymous");
  if (quota.refused) return throttled(world, quota);
  const answer = readRequest(request.body, world);
  const response = "code" in answer ? refused(answer, world) : run(answer, { request, world });
  return { ...response, headers: { ...response.headers, ...quotaHeaders(world, quota) } };
};

interface GraphRequest {
  readonly query: string;
  readonly subscriptions: readonly string[] | null;
  readonly top: number;
  readonly skip: number;
  readonly skipToken: string | null;
}

interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly details: readonly object[];
}

/** Azure returns at most 1,000 rows a page, which is the default too (resourcegraph.json: $top 1–1000). */
const pageLimit = 1000;

function readRequest(body: unknown, world: World): GraphRequest | Refusal {
  const given = (body ?? {}) as Record<string, unknown>;
  const options = (given["options"] ?? {}) as Record<string, unknown>;
  const { query, subscriptions } = given;
  if (typeof query !== "string" || query.trim() === "") return invalid("InvalidQuery", "Query is empty.");
  const unknownOption = Object.keys(given).find(
    (name) => !["query", "subscriptions", "options", "facets"].includes(name),
  );
  if (unknownOption) return invalid("BadRequest", `The sandbox does not know '${unknownOption}' in a query request.`);
  if (Array.isArray(given["facets"]) && given["facets"].length > 0)
    return invalid("BadRequest", "The sandbox has no facets.");
  const format = options["resultFormat"] ?? "objectArray";
  if (format !== "objectArray" && format !== "ObjectArray")
    return invalid("BadRequest", `The sandbox answers objectArray only, not '${String(format)}'.`);
  const top = Number(options["$top"] ?? pageLimit);
  const skip = Number(options["$skip"] ?? 0);
  if (!Number.isInteger(top) || top < 1 || top > pageLimit)
    return invalid("InvalidTop", `$top must be between 1 and ${pageLimit}.`);
  if (!Number.isInteger(skip) || skip < 0) return invalid("InvalidSkip", "$skip must not be negative.");
  const list = Array.isArray(subscriptions) ? subscriptions.map(String) : null;
  const unknown = list?.find((id) => !world.state.subscriptions.some((each) => sameId(each.subscriptionId, id)));
  if (unknown !== undefined && list?.length === 1) return noAccess();
  return { query, subscriptions: list, top, skip, skipToken: (options["$skipToken"] as string | undefined) ?? null };
}

interface Asked {
  readonly request: SandboxRequest;
  readonly world: World;
}

function run(asked: GraphRequest, { request, world }: Asked): SandboxResponse {
  const subscriptions = readable(asked, world.state, request.caller?.tenantId ?? null);
  const scope = { subscriptions, resources: graphView(world) };
  const binding = hash(JSON.stringify([asked.query, [...(asked.subscriptions ?? [])].sort()]));
  const start = asked.skipToken === null ? asked.skip : readToken(asked.skipToken, binding);
  if (start === null)
    return refused(invalid("InvalidSkipToken", "The skip token does not belong to this query."), world);
  try {
    const table = evaluate(parseQuery(asked.query), (name) => graphTable(name, scope));
    return { status: 200, body: page(table, { start, top: asked.top, binding }) };
  } catch (error) {
    if (!(error instanceof KqlError)) throw error;
    return refused(invalidQuery(error, asked.query), world);
  }
}

/** Readable, asked for, and of the caller's tenant when the token names one. */
function readable(asked: GraphRequest, state: State, tenantId: string | null): State["subscriptions"] {
  return state.subscriptions.filter(
    (each) =>
      each.readable &&
      (tenantId === null || sameId(each.tenantId, tenantId)) &&
      (asked.subscriptions === null || asked.subscriptions.some((id) => sameId(id, each.subscriptionId))),
  );
}

interface Page {
  readonly start: number;
  readonly top: number;
  readonly binding: number;
}

/** `resultTruncated` is a string. Without an `id` column Azure cannot page: it cuts, says so and gives no token. */
function page(table: Table, { start, top, binding }: Page): object {
  const data = table.rows.slice(start, start + top);
  const more = start + data.length < table.rows.length;
  const pageable = table.columns.includes("id");
  return {
    totalRecords: table.rows.length,
    count: data.length,
    resultTruncated: more && !pageable ? "true" : "false",
    facets: [],
    ...(more && pageable ? { $skipToken: writeToken(start + data.length, binding) } : {}),
    data,
  };
}

function writeToken(offset: number, binding: number): string {
  return Buffer.from(JSON.stringify({ o: offset, q: binding })).toString("base64");
}

function readToken(token: string, binding: number): number | null {
  try {
    const read = JSON.parse(Buffer.from(token, "base64").toString("utf8")) as { o?: unknown; q?: unknown };
    return read.q === binding && typeof read.o === "number" ? read.o : null;
  } catch {
    return null;
  }
}

function invalid(code: string, message: string): Refusal {
  return { code: "BadRequest", message: "", details: [{ code, message }] };
}

/** The shape Azure answers: issues Azure/azure-powershell#13762 (unknown operator), Azure/aztfexport#485 (parser). */
function invalidQuery(error: KqlError, query: string): Refusal {
  const before = query.slice(0, error.at).split("\n");
  const place = { line: before.length, characterPositionInLine: before.at(-1)?.length ?? 0 };
  const message =
    "Query is invalid. Please refer to the documentation for the Azure Resource Graph service and fix the error before retrying.";
  return {
    code: "BadRequest",
    message: "",
    details: [
      { code: "InvalidQuery", message },
      { code: error.code, message: error.code, ...place, token: error.token },
    ],
  };
}

/** Wording of Azure's refusal when no subscription of a query can be read; the status is unverified. */
function noAccess(): Refusal {
  const message = "No subscriptions, management groups or resources were found that the given identity has access to.";
  return { code: "AccessDenied", message: "", details: [{ code: "NoValidSubscriptionsInQueryRequest", message }] };
}

/** The message with time and correlation id is Azure's own habit (the issues above). */
function refused(refusal: Refusal, world: World): SandboxResponse {
  return graphError(refusal.code === "AccessDenied" ? 403 : 400, refusal, world);
}

function graphError(status: number, { code, details }: Refusal, world: World): SandboxResponse {
  const when = new Date(world.now()).toISOString().replace("Z", "0000Z");
  const message = `Please provide below info when asking for support: timestamp = ${when}, correlationId = ${world.newId()}.`;
  return { status, headers: { "x-ms-error-code": code }, body: { error: { code, message, details } } };
}

/** 15 queries in 5 s for one user (azure-docs: resource-graph/concepts/guidance-for-throttled-requests.md@03adcc3). */
const quotaLimit = 15;
const quotaWindow = 5000;

interface Quota {
  start: number;
  used: number;
}

interface QuotaNow {
  readonly refused: boolean;
  readonly remaining: number;
  readonly resetsIn: number;
}

/** Counted in virtual time. Not worth a write of the state by itself: a new owner may begin with a full quota. */
function takeQuota(world: World, user: string): QuotaNow {
  const all = (world.state.services["graphQuota"] ??= {}) as Record<string, Quota>;
  const now = world.now();
  const current = all[user];
  const fresh = !current || now - current.start >= quotaWindow || now < current.start;
  const quota: Quota = fresh ? { start: now, used: 0 } : current;
  all[user] = quota;
  const refusal = quota.used >= quotaLimit;
  if (!refusal) quota.used += 1;
  const resetsIn = Math.max(0, quota.start + quotaWindow - now);
  return { refused: refusal, remaining: quotaLimit - quota.used, resetsIn };
}

/** `hh:mm:ss`, in the client's seconds: the client waits in real time. */
function quotaHeaders(world: World, quota: QuotaNow): Record<string, string> {
  const seconds = Math.ceil(Number(world.retryAfter(quota.resetsIn / 1000)));
  const clock = new Date(seconds * 1000).toISOString().slice(11, 19);
  return { "x-ms-user-quota-remaining": String(quota.remaining), "x-ms-user-quota-resets-after": clock };
}

/** The guidance names only the quota headers; whether Azure adds Retry-After was not found, so there is none. */
function throttled(world: World, quota: QuotaNow): SandboxResponse {
  const message =
    "Client application has been throttled and should not attempt to repeat the request until an amount of time has elapsed. Please see https://aka.ms/resourcegraph-throttling for help.";
  const response = graphError(
    429,
    { code: "RateLimiting", message: "", details: [{ code: "RateLimiting", message }] },
    world,
  );
  return { ...response, headers: { ...response.headers, ...quotaHeaders(world, quota) } };
}
