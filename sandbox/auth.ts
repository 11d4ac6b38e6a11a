import { armError, withHeaders } from "./types.ts";
import type { Caller, SandboxRequest, SandboxResponse, State } from "./types.ts";

/**
 * The sandbox's own bearer token: `sandbox.<base64url JSON of these claims>.` It is no JWT and can never be mistaken for
 * one. The product's sandbox credential makes them; `exp` is in seconds of *virtual* time.
 */
export interface SandboxTokenClaims {
  readonly aud: string;
  readonly exp: number;
  /** Tenant; without it the token is good for every tenant. */
  readonly tid?: string;
  readonly oid?: string;
  readonly name?: string;
  /** The claims a challenge asked for, as the credential was given them. */
  readonly claims?: string;
}

/** What the kernel makes of a request's Authorization header. */
export type Authentication =
  | { readonly kind: "accepted"; readonly caller: Caller }
  | { readonly kind: "anonymous" }
  | { readonly kind: "refused"; readonly response: SandboxResponse };

/** Set by `POST /_sandbox/world {"claimsChallenge": "…"}`: tokens without exactly these claims are challenged. */
export interface AuthState {
  claimsChallenge: string | null;
}

export function sandboxToken(claims: SandboxTokenClaims): string {
  return `sandbox.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.`;
}

export function authenticate(request: SandboxRequest, state: State, now: number): Authentication {
  const bearer = /^Bearer\s+(.+)$/i.exec(request.headers["authorization"] ?? "")?.[1];
  if (bearer === undefined) return needsNoBearer(request.host) ? { kind: "anonymous" } : refused(missingToken());
  if (looksReal(bearer)) return refused(realToken());
  const claims = readSandboxToken(bearer);
  if (claims === null) return { kind: "accepted", caller: foreignCaller };
  return checkClaims(claims, { request, state, now });
}

const foreignCaller: Caller = {
  name: "foreign-client@sandbox.invalid",
  objectId: "00000000-0000-0000-0000-00000000f0e1",
  tenantId: null,
};

/** Prices are public; Key Vault answers a request without a token by its own challenge. */
function needsNoBearer(host: string): boolean {
  return host === "prices.azure.com" || isVault(host);
}

interface Presented {
  readonly request: SandboxRequest;
  readonly state: State;
  readonly now: number;
}

function checkClaims(claims: SandboxTokenClaims, { request, state, now }: Presented): Authentication {
  if (!audienceFits(claims.aud, request.host)) return refused(wrongAudience(request));
  if (claims.exp * 1000 <= now) return refused(expiredToken(request));
  const wanted = (state.services["auth"] as AuthState | undefined)?.claimsChallenge ?? null;
  if (wanted !== null && claims.claims !== wanted) return refused(claimsChallenge(wanted));
  const tenantId = claims.tid ?? null;
  if (tenantId !== null && foreignTenant(request, state, tenantId))
    return refused(wrongTenant(request, state, tenantId));
  const objectId = claims.oid ?? "00000000-0000-0000-0000-000000000001";
  return { kind: "accepted", caller: { name: claims.name ?? "you@sandbox.invalid", objectId, tenantId } };
}

/** Audiences with and without `/.default` and a closing slash. reference/azure-api.md section 4. */
function audienceFits(audience: string, host: string): boolean {
  const name = audience.replace(/^https:\/\//, "").replace(/\/.*$/, "");
  if (isVault(host)) return name === "vault.azure.net";
  if (name === "management.azure.com" || name.startsWith("management.core.windows.net")) return true;
  return host.endsWith(".metrics.monitor.azure.com") && name.endsWith("metrics.monitor.azure.com");
}

function subscriptionOf(request: SandboxRequest, state: State): State["subscriptions"][number] | undefined {
  const id = /^\/subscriptions\/([^/]+)/i.exec(request.path)?.[1]?.toLowerCase();
  return state.subscriptions.find((one) => one.subscriptionId.toLowerCase() === id);
}

function foreignTenant(request: SandboxRequest, state: State, tenantId: string): boolean {
  const subscription = subscriptionOf(request, state);
  return subscription !== undefined && subscription.tenantId.toLowerCase() !== tenantId.toLowerCase();
}

function readSandboxToken(bearer: string): SandboxTokenClaims | null {
  const encoded = /^sandbox\.([A-Za-z0-9_-]+)\.$/.exec(bearer)?.[1];
  const claims = encoded === undefined ? null : parseObject(encoded);
  if (claims === null || typeof claims["aud"] !== "string" || typeof claims["exp"] !== "number") return null;
  return claims as unknown as SandboxTokenClaims;
}

const issuers = /sts\.windows\.net|login\.microsoftonline\.|login\.windows\.net|login\.partner\.microsoftonline\.cn/;

/** A signed token of Microsoft Entra ID: three base64url parts with an issuer of theirs. */
function looksReal(bearer: string): boolean {
  const parts = bearer.split(".");
  if (parts.length !== 3 || !parts.every((part) => /^[A-Za-z0-9_-]+=*$/.test(part))) return false;
  const issuer = parseObject(parts[1]!)?.["iss"];
  return typeof issuer === "string" && issuers.test(issuer);
}

function parseObject(encoded: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(encoded, "base64url").toString("utf8"));
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

function refused(response: SandboxResponse): Authentication {
  return { kind: "refused", response };
}

// The wording of these 401 answers is Azure Resource Manager's as commonly seen; no document states it (unverified).
function missingToken(): SandboxResponse {
  const message = "Authentication failed. The 'Authorization' header is missing.";
  const detail = "The authentication failed because of missing 'Authorization' header.";
  return challenged(armError(401, "AuthenticationFailed", message), armChallenge(detail));
}

function expiredToken(request: SandboxRequest): SandboxResponse {
  const message = "The access token expiry UTC time is earlier than current UTC time.";
  return invalidToken(request, "ExpiredAuthenticationToken", message);
}

function wrongAudience(request: SandboxRequest): SandboxResponse {
  const message = "The access token has been obtained for wrong audience or resource.";
  return invalidToken(request, "InvalidAuthenticationTokenAudience", message);
}

/** A vault says only Unauthorized, with its own form of challenge (reference/azure-api.md section 4). */
function invalidToken(request: SandboxRequest, code: string, message: string): SandboxResponse {
  if (!isVault(request.host)) return challenged(armError(401, code, message), armChallenge(message));
  const challenge =
    'Bearer authorization="https://login.microsoftonline.com/common", resource="https://vault.azure.net"';
  return challenged(armError(401, "Unauthorized", message), challenge);
}

function wrongTenant(request: SandboxRequest, state: State, tenantId: string): SandboxResponse {
  const owner = subscriptionOf(request, state)?.tenantId ?? "";
  const detail = `The access token is from the wrong issuer 'https://sts.windows.net/${tenantId}/'.`;
  const message = `${detail} It must match the tenant 'https://sts.windows.net/${owner}/' associated with this subscription.`;
  return challenged(armError(401, "InvalidAuthenticationTokenTenant", message), armChallenge(detail, owner));
}

/** Continuous access evaluation: `error="insufficient_claims"` with base64 claims (reference/azure-api.md section 4). */
function claimsChallenge(claims: string): SandboxResponse {
  const encoded = Buffer.from(claims).toString("base64");
  const authorize = "https://login.microsoftonline.com/common/oauth2/authorize";
  const challenge = `Bearer realm="", authorization_uri="${authorize}", error="insufficient_claims", claims="${encoded}"`;
  const message = "Continuous access evaluation resulted in claims challenge.";
  return challenged(armError(401, "InvalidAuthenticationToken", message), challenge);
}

function challenged(answer: SandboxResponse, challenge: string): SandboxResponse {
  return withHeaders(answer, { "WWW-Authenticate": challenge });
}

function armChallenge(detail: string, tenant = "common"): string {
  const authority = `https://login.microsoftonline.com/${tenant}`;
  return `Bearer authorization_uri="${authority}", error="invalid_token", error_description="${detail}"`;
}

function isVault(host: string): boolean {
  return host.endsWith(".vault.azure.net");
}

function realToken(): SandboxResponse {
  return armError(
    403,
    "SandboxRefusesRealToken",
    "This is the local sandbox. It refuses real Azure tokens and has not stored this one.",
  );
}
