import type { AccessToken, GetTokenOptions, TokenCredential } from "@azure/core-auth";
import { AzureError, type Clock } from "./ports.ts";
import { currentClick, type AccessTokenOf, type TokenRequest, type TokenSource } from "./tokens.ts";

/** Who asks: the same subscription is always read by the same account in the same tenant. */
export interface Identity {
  readonly tenantId: string | null;
  readonly accountId: string | null;
}

export interface TokenWish {
  readonly scopes: readonly string[];
  readonly identity: Identity;
  readonly claims: string | null;
  /** `renewed`: Azure refused the token we had, so the one kept here is not good enough. */
  readonly freshness: "kept" | "renewed";
}

/** A token this long before its end is asked for anew (core-rest-pipeline's tokenCycler uses the same two minutes). */
const beforeEnd = 2 * 60_000;

/** Tokens in memory only, one request at a time per identity and audience, one prompt at a time overall. */
export class Credentials {
  private readonly source: TokenSource;
  private readonly clock: Clock;
  private readonly kept = new Map<string, AccessTokenOf>();
  private readonly asked = new Map<string, Promise<AccessTokenOf>>();
  private prompting: Promise<unknown> = Promise.resolve();

  constructor(source: TokenSource, clock: Clock) {
    this.source = source;
    this.clock = clock;
  }

  /** Rejects with `AzureError` kind auth when there is no token. */
  async token(wish: TokenWish): Promise<AccessTokenOf> {
    const key = JSON.stringify([wish.scopes, wish.identity.tenantId, wish.identity.accountId]);
    const kept = wish.freshness === "kept" && wish.claims === null ? this.kept.get(key) : undefined;
    if (kept && kept.expiresOn - beforeEnd > this.clock.now().getTime()) return kept;
    const call = JSON.stringify([key, wish.claims, currentClick() !== null]);
    const running = this.asked.get(call) ?? this.ask(wish).finally(() => this.asked.delete(call));
    this.asked.set(call, running);
    const token = await running;
    this.kept.set(key, token);
    return token;
  }

  /** For SDKs that want a TokenCredential; passes tenant and claims through. */
  asTokenCredential(identity: Identity): TokenCredential {
    return { getToken: (scopes, options) => this.getToken(scopes, { identity, options: options ?? {} }) };
  }

  private async getToken(
    scopes: string | string[],
    { identity, options }: { readonly identity: Identity; readonly options: GetTokenOptions },
  ): Promise<AccessToken> {
    const tenantId = options.tenantId ?? identity.tenantId;
    const claims = options.claims ?? null;
    const wish = { scopes: [scopes].flat(), identity: { ...identity, tenantId }, claims, freshness: "kept" } as const;
    const { token, expiresOn } = await this.token(wish);
    return { token, expiresOnTimestamp: expiresOn };
  }

  private async ask({ scopes, identity, claims }: TokenWish): Promise<AccessTokenOf> {
    const request: TokenRequest = { scopes, ...identity, claims, interactive: false };
    const silent = await this.fromSource(request);
    if (silent) return silent;
    return (await this.prompt(request)) ?? signedOut(this.source.via, identity, claims);
  }

  /** Waits its turn; after a refusal nothing prompts again for the same click. */
  private async prompt(request: TokenRequest): Promise<AccessTokenOf | null> {
    const click = currentClick();
    if (click === null) return null;
    const turn = this.prompting.then(async () => {
      const meanwhile = await this.fromSource(request);
      if (meanwhile || click.refused) return meanwhile;
      const token = await this.fromSource({ ...request, interactive: true }).catch((error: unknown) => {
        click.refused = true;
        throw error;
      });
      click.refused = token === null;
      return token;
    });
    this.prompting = turn.catch(() => undefined);
    return turn;
  }

  private async fromSource(request: TokenRequest): Promise<AccessTokenOf | null> {
    try {
      return await this.source.token(request);
    } catch (error) {
      throw refusedToken(error, this.source.via);
    }
  }
}

function refusedToken(error: unknown, via: string): AzureError {
  if (error instanceof AzureError) return error;
  const said = error instanceof Error ? error.message : String(error);
  return new AzureError("auth", `${via} gave no token: ${said}`, { code: codeOf(said), cause: error });
}

/** Microsoft Entra's own error number, for instance AADSTS50076 (MFA required), when the message has one. */
function codeOf(message: string): string {
  return /AADSTS\d+/.exec(message)?.[0] ?? "SignInFailed";
}

function signedOut(via: string, identity: Identity, claims: string | null): never {
  const where = identity.tenantId === null ? "" : ` to tenant ${identity.tenantId}`;
  const message =
    claims === null
      ? `You are not signed in${where} through ${via}. Sign in and try again.`
      : `Azure asks for a stronger sign-in${where} (for instance multi-factor authentication). Sign in again.`;
  throw new AzureError("auth", message, { code: claims === null ? "NotSignedIn" : "ClaimsChallenge" });
}
