/** What is asked of a token source; see `TokenSource` in src/azure/tokens.ts, which this satisfies by its shape. */
export interface TokenRequest {
  readonly scopes: readonly string[];
  readonly tenantId: string | null;
  readonly accountId: string | null;
  /** Decoded claims of a challenge (JSON), null without. */
  readonly claims: string | null;
  /** True only while a person waits for it. */
  readonly interactive: boolean;
}

/** A session without a readable expiry is asked for again after this time; VS Code renews it by itself. */
const unknownLifetime = 5 * 60_000;

/** VS Code's Microsoft provider takes the tenant as a pseudo-scope (reference/ecosystem.md 4.2). */
export function scopesFor(request: Pick<TokenRequest, "scopes" | "tenantId">): readonly string[] {
  return request.tenantId === null ? request.scopes : [...request.scopes, `VSCODE_TENANT:${request.tenantId}`];
}

/** Rebuilds the header that VS Code's provider wants to parse from the claims the SDK decoded out of it. */
export function claimsChallenge(claims: string): string {
  return `Bearer error="insufficient_claims", claims="${Buffer.from(claims, "utf8").toString("base64")}"`;
}

/** Epoch milliseconds at which the token ends; a short while from now when it does not say. */
export function expiryOf(token: string, now: number): number {
  const payload = token.split(".")[1];
  if (payload === undefined) return now + unknownLifetime;
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, "base64url").toString("utf8"));
    const seconds = typeof claims === "object" && claims !== null && "exp" in claims ? claims.exp : null;
    return typeof seconds === "number" && Number.isFinite(seconds) ? seconds * 1000 : now + unknownLifetime;
  } catch {
    return now + unknownLifetime;
  }
}
