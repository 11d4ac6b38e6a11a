import type {
  Pipeline,
  PipelinePolicy,
  PipelineRequest,
  PipelineResponse,
  SendRequest,
} from "@azure/core-rest-pipeline";
import { isCloudOrigin } from "./clouds.ts";
import type { Connection } from "./connection.ts";
import type { Identity } from "./credential.ts";
import type { RequestKind } from "./requestKind.ts";
import { AzureError } from "./ports.ts";
import { readRetry } from "./readRetry.ts";
import { malformed, timedOut } from "./transportErrors.ts";

/** How the requests of one client are guarded. */
export interface Guard {
  readonly access: "read" | "write";
  /** Null: unauthenticated (retail prices). */
  readonly scopes: readonly string[] | null;
  readonly identity: Identity;
  /** `object`: a 200 must be a JSON object; `anything`: for polls, whose answers may be empty. */
  readonly expects: "object" | "anything";
}

/**
 * Replaces what an SDK brings for redirects, retries and tokens by this product's own, in every client alike:
 * no redirect is followed, only reads are tried again, a token goes to the configured cloud's addresses alone, and every
 * request is bounded in time and size (reliability.md F1, F3, F6).
 */
export function harden(pipeline: Pipeline, connection: Connection, guard: Guard): Pipeline {
  for (const name of ["redirectPolicy", "defaultRetryPolicy", "bearerTokenAuthenticationPolicy"]) {
    pipeline.removePolicy({ name });
  }
  if (guard.access === "read") pipeline.addPolicy(readRetry(connection), { phase: "Retry" });
  pipeline.addPolicy(guard.scopes === null ? pinned(connection) : authorized(connection, guard), { phase: "Sign" });
  pipeline.addPolicy(bounded(connection, guard), { phase: "Sign", afterPolicies: [authName] });
  return pipeline;
}

const authName = "engramAuth";

/** Origin first, then the token, then at most one renewal. */
function authorized(connection: Connection, guard: Guard): PipelinePolicy {
  const scopes = guard.scopes ?? [];
  const { identity } = guard;
  const sendRequest = async (request: PipelineRequest, next: SendRequest) => {
    assertOrigin(connection, request.url);
    const first = await connection.credentials.token({ scopes, identity, claims: null, freshness: "kept" });
    const response = await next(withToken(request, first.token));
    const claims = renewal(response, guard.access);
    if (claims === undefined) return response;
    const renewed = await connection.credentials.token({ scopes, identity, claims, freshness: "renewed" });
    return renewed.token === first.token ? response : next(withToken(request, renewed.token));
  };
  return { name: authName, sendRequest };
}

function pinned(connection: Connection): PipelinePolicy {
  return {
    name: authName,
    sendRequest: async (request, next) => {
      assertOrigin(connection, request.url);
      return next(request);
    },
  };
}

/** Refuses any address that is not the configured cloud's, before a token is even fetched. */
export function assertOrigin({ cloud }: Connection, url: string): void {
  if (isCloudOrigin(cloud, url)) return;
  const host = URL.canParse(url) ? new URL(url).host : "an unreadable address";
  const message = `An answer pointed to ${host}, which is no address of Azure's ${cloud.name} cloud. Nothing was sent there.`;
  throw new AzureError("origin", message, { code: "ForeignOrigin", sent: "no" });
}

function withToken(request: PipelineRequest, token: string): PipelineRequest {
  request.headers.set("Authorization", `Bearer ${token}`);
  return request;
}

/**
 * Claims to renew with (null: none), or undefined when the answer stands. A write is repeated only after a challenge:
 * that is the one 401 that says Azure did not look at the request.
 */
function renewal(response: PipelineResponse, access: Guard["access"]): string | null | undefined {
  if (response.status !== 401) return undefined;
  const challenge = response.headers.get("www-authenticate");
  if (challenge === undefined) return access === "read" ? null : undefined;
  const encoded = /\bclaims="([^"]+)"/.exec(challenge)?.[1];
  return encoded === undefined ? null : Buffer.from(encoded, "base64").toString("utf8");
}

/** Time limit over the whole exchange, slow bodies included; size limit while the body arrives. */
function bounded(connection: Connection, guard: Guard): PipelinePolicy {
  return {
    name: "engramBounds",
    sendRequest: async (request, next) => {
      const response = await withinLimits(request, next, { connection, guard });
      if (guard.expects === "object" && response.status === 200) assertObject(response, kindOf(request, guard));
      return response;
    },
  };
}

async function withinLimits(
  request: PipelineRequest,
  next: SendRequest,
  { connection, guard }: { readonly connection: Connection; readonly guard: Guard },
): Promise<PipelineResponse> {
  const { requestMs, maxBytes } = connection.limits;
  const stop = new AbortController();
  const outer = request.abortSignal;
  let failure: AzureError | null = null;
  const fail = (error: AzureError) => {
    failure ??= error;
    stop.abort();
  };
  const timer = setTimeout(() => fail(timedOut(kindOf(request, guard), requestMs)), requestMs);
  request.onDownloadProgress = ({ loadedBytes }) => {
    if (loadedBytes > maxBytes)
      fail(malformed(kindOf(request, guard), `is larger than ${Math.round(maxBytes / 1e6)} MB`));
  };
  request.abortSignal = outer ? AbortSignal.any([outer as AbortSignal, stop.signal]) : stop.signal;
  try {
    return await next(request);
  } catch (error) {
    throw failure ?? error;
  } finally {
    clearTimeout(timer);
    if (outer) request.abortSignal = outer;
    else delete request.abortSignal;
  }
}

/** A captive portal's page, `null`, a list, half a document: none of it is Azure's answer. */
function assertObject(response: PipelineResponse, kind: RequestKind): void {
  const body = response.bodyAsText ?? "";
  const type = response.headers.get("content-type") ?? "application/json";
  if (!/json/i.test(type)) throw malformed(kind, `is ${type.split(";")[0]}, not JSON`);
  if (body.trim() === "") throw malformed(kind, "is empty");
  if (!/^\s*\{/.test(body)) throw malformed(kind, "is not a JSON object");
}

function kindOf(request: PipelineRequest, { access }: Guard): RequestKind {
  const path = URL.canParse(request.url) ? new URL(request.url).pathname : request.url;
  return { access, what: path.split("/").filter(Boolean).at(-1) ?? "Azure" };
}
