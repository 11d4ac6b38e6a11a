import { bentByFault, header } from "./exchange.ts";
import type { Exchange } from "./exchange.ts";

/**
 * What no document enforces and we assert ourselves (reference: azure-specs README, oav's limits): polling headers, the
 * error envelope, addresses that name the forwarded host, ids that name the resource asked for, challenges.
 */
export function ownRules(exchange: Exchange): readonly string[] {
  if (bentByFault(exchange)) return [];
  return rules.flatMap((rule) => rule(exchange));
}

type Rule = (exchange: Exchange) => string[];

const rules: readonly Rule[] = [
  pollingHeaders,
  runningPoll,
  errorEnvelope,
  challenges,
  ownAddresses,
  sameResource,
  bodies,
  metricUnits,
];

/** Every long-running operation of PostgreSQL (2025-08-01) answers 202 with all three; other services with Location or Azure-AsyncOperation. */
function pollingHeaders(exchange: Exchange): string[] {
  const { request, response } = exchange;
  if (response.status !== 202) return [];
  const names = ["Azure-AsyncOperation", "Location", "Retry-After"];
  const missing = names.filter((name) => header(response.headers, name) === null);
  const isPoll = /\/(operationResults|azureAsyncOperation|operationStatuses|asyncoperations)\//i.test(request.path);
  const isPostgres = /\/providers\/Microsoft\.DBforPostgreSQL\//i.test(request.path) && !isPoll;
  if (isPostgres) return missing.map((name) => `polling: a 202 of PostgreSQL carries ${name}`);
  const followable = !missing.includes("Location") || !missing.includes("Azure-AsyncOperation");
  return [...(followable ? [] : ["polling: a 202 names where to poll"]), ...retryAfterIssues(exchange)];
}

function runningPoll(exchange: Exchange): string[] {
  const status = (exchange.response.body as { status?: unknown } | undefined)?.status;
  const isPoll = /\/(azureAsyncOperation|operationStatuses)\//i.test(exchange.request.path);
  const runs = isPoll && exchange.response.status === 200 && status === "InProgress";
  return runs ? retryAfterIssues(exchange) : [];
}

/** Whole seconds (RFC 9110); Azure's dates are not used here. */
function retryAfterIssues({ response }: Exchange): string[] {
  const value = header(response.headers, "Retry-After");
  if (value === null) return ["polling: Retry-After is missing"];
  return /^\d+$/.test(value) ? [] : [`polling: Retry-After is whole seconds, not ${value}`];
}

/** `{ error: { code, message } }` of ARM, Key Vault and metrics alike; the price list has none of its own. */
function errorEnvelope({ request, response }: Exchange): string[] {
  if (response.status < 400 || request.host === "prices.azure.com" || request.method === "HEAD") return [];
  const body = response.body as ({ error?: ErrorBody } & ErrorBody) | null | undefined;
  const error = isBare(request.path) ? (body?.error ?? body) : body?.error;
  const whole = typeof error?.code === "string" && error.code !== "" && typeof error.message === "string";
  return whole ? [] : [`envelope: a ${response.status} carries { error: { code, message } }`];
}

interface ErrorBody {
  readonly code?: unknown;
  readonly message?: unknown;
}

/** One resource's metrics answer Insights' own errors without the envelope (metrics_API.json 2024-02-01, ErrorContract). */
function isBare(path: string): boolean {
  return /\/providers\/Microsoft\.Insights\/metrics$/i.test(path);
}

function challenges(exchange: Exchange): string[] {
  const { request, response } = exchange;
  if (response.status === 429 && !saysWhen(exchange)) return ["throttling: a 429 says when to come back"];
  if (response.status !== 401) return [];
  const challenge = header(response.headers, "WWW-Authenticate") ?? "";
  const isVault = request.host.endsWith(".vault.azure.net");
  const wanted = isVault ? /authorization="https:\/\/[^"]+".*resource="https:\/\/vault\.azure\.net"/ : /^Bearer /;
  return wanted.test(challenge) || request.host.endsWith(".metrics.monitor.azure.com")
    ? []
    : ["challenge: a 401 says how to authenticate"];
}

/**
 * Everywhere by Retry-After; Resource Graph alone by its quota, hh:mm:ss, which it adds to every answer (MicrosoftDocs
 * azure-docs: governance/resource-graph/concepts/guidance-for-throttled-requests.md; that its 429 also has a Retry-After
 * is not said there).
 */
function saysWhen(exchange: Exchange): boolean {
  const isGraph = /\/providers\/Microsoft\.ResourceGraph\//i.test(exchange.request.path);
  const resets = header(exchange.response.headers, "x-ms-user-quota-resets-after") ?? "";
  return (isGraph && /^\d{2}:\d{2}:\d{2}$/.test(resets)) || retryAfterIssues(exchange).length === 0;
}

/** Addresses that a client follows with its token name the host it asked, by https. */
function ownAddresses({ request, response }: Exchange): string[] {
  const body = response.body as { nextLink?: unknown; NextPageLink?: unknown } | null | undefined;
  const links = [
    ...["Location", "Azure-AsyncOperation", "Operation-Location"].map((name) => header(response.headers, name)),
    body?.nextLink,
    body?.NextPageLink,
  ];
  const followed = links.filter((link): link is string => typeof link === "string" && link !== "");
  return followed
    .filter((link) => !namesHost(link, request.host))
    .map((link) => `address: ${link} is not on https://${request.host}`);
}

function namesHost(link: string, host: string): boolean {
  const url = URL.parse(link);
  return url !== null && url.protocol === "https:" && url.host.toLowerCase() === host.toLowerCase();
}

/** A GET of one resource answers that resource. */
function sameResource({ request, response }: Exchange): string[] {
  const id = (response.body as { id?: unknown } | null | undefined)?.id;
  const asks = request.method === "GET" && response.status === 200 && request.host === "management.azure.com";
  if (!asks || typeof id !== "string" || !id.startsWith("/subscriptions/")) return [];
  const isPoll = /\/(operationResults|azureAsyncOperation|operationStatuses|asyncoperations)\//i.test(request.path);
  return isPoll || id.toLowerCase() === request.path.toLowerCase()
    ? []
    : [`identity: asked for ${request.path}, answered ${id}`];
}

function bodies({ response }: Exchange): string[] {
  const type = header(response.headers, "Content-Type");
  const hasBody = response.body !== undefined && response.body !== null;
  if (response.status === 204 && hasBody) return ["body: a 204 has none"];
  return hasBody && type !== null && !/^application\/json/i.test(type) ? [`body: JSON, not ${type}`] : [];
}

/** MetricUnit of metrics_API.json 2024-02-01; an open enum in another file, which the batch document only points at. */
const units =
  "Count Bytes Seconds CountPerSecond BytesPerSecond Percent MilliSeconds ByteSeconds Unspecified Cores MilliCores NanoCores BitsPerSecond";

function metricUnits({ request, response }: Exchange): string[] {
  if (!request.host.endsWith(".metrics.monitor.azure.com") || response.status !== 200) return [];
  const { values } = response.body as { values?: { value?: { unit?: unknown }[] }[] };
  const used = (values ?? []).flatMap(({ value }) => (value ?? []).map(({ unit }) => String(unit)));
  return [...new Set(used)]
    .filter((unit) => !units.split(" ").includes(unit))
    .map((unit) => `unit: ${unit} is none of ${units}`);
}
