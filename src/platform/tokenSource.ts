import * as vscode from "vscode";
import { Disposables, debounce } from "./disposable.ts";
import { UserCancelledError } from "./errors.ts";
import { claimsChallenge, expiryOf, scopesFor, type TokenRequest } from "./tokenRequest.ts";

export interface Account {
  readonly id: string;
  readonly label: string;
}

export interface AccessToken {
  readonly token: string;
  /** Epoch milliseconds. */
  readonly expiresOn: number;
  readonly account: string;
}

/** The part of `vscode.authentication` that is used; a test brings its own. */
export type AuthenticationApi = Pick<
  typeof vscode.authentication,
  "getAccounts" | "getSession" | "onDidChangeSessions"
>;

/** Events within this time of our own `getSession` are its echo (vscode-azuretools auth 5.1.0: event loops). */
const echoMilliseconds = 2000;

/**
 * Tokens of the account that is signed in to VS Code. Nothing is kept: VS Code holds the sessions.
 * A prompt opens only for an interactive request, one at a time; after a dismissed one none opens until `click()`.
 */
export class VsCodeTokens implements vscode.Disposable {
  readonly via = "VS Code";
  private readonly provider: string;
  private readonly api: AuthenticationApi;
  private readonly owned = new Disposables();
  private readonly changed = this.owned.add(new vscode.EventEmitter<void>());
  /** The sessions changed for a reason other than this source's own requests. */
  readonly onDidChange = this.changed.event;
  private queue: Promise<unknown> = Promise.resolve();
  private quietUntil = 0;
  private dismissed = false;

  constructor(provider: "microsoft" | "microsoft-sovereign-cloud", api: AuthenticationApi = vscode.authentication) {
    this.provider = provider;
    this.api = api;
    const fire = this.owned.add(debounce(echoMilliseconds, () => this.changed.fire()));
    this.owned.add(
      this.api.onDidChangeSessions((event) => {
        if (event.provider.id === this.provider && Date.now() > this.quietUntil) fire();
      }),
    );
  }

  /** A person clicked: a prompt may open again. */
  click(): void {
    this.dismissed = false;
  }

  async accounts(): Promise<readonly Account[]> {
    const accounts = await this.api.getAccounts(this.provider);
    return accounts.map(({ id, label }) => ({ id, label }));
  }

  /** Asks for a sign-in, whichever account the person chooses; true when there is a session afterwards. */
  async signIn(scopes: readonly string[], tenantId: string | null): Promise<boolean> {
    this.click();
    this.quietUntil = Number.POSITIVE_INFINITY;
    try {
      const asked = scopesFor({ scopes, tenantId });
      const options = { createIfNone: { detail: vscode.l10n.t("Engram reads your Azure resources.") } } as const;
      const preference = tenantId === null ? { clearSessionPreference: true } : {};
      await this.api.getSession(this.provider, asked, { ...options, ...preference });
      return true;
    } catch (error) {
      if (isRefusal(error)) throw new UserCancelledError();
      throw error;
    } finally {
      this.quietUntil = Date.now() + echoMilliseconds;
    }
  }

  /** Null when there is no session and none may be asked for. */
  async token(request: TokenRequest): Promise<AccessToken | null> {
    const silent = await this.session(request, { silent: true });
    if (silent !== null || !request.interactive) return silent;
    return this.prompt(request);
  }

  dispose(): void {
    this.owned.dispose();
  }

  /** Waits its turn: parallel refusals must not become parallel dialogs, and the first answer often serves all. */
  private prompt(request: TokenRequest): Promise<AccessToken | null> {
    const turn = this.queue.then(async () => {
      const meanwhile = await this.session(request, { silent: true });
      if (meanwhile !== null || this.dismissed) return meanwhile;
      return this.ask(request);
    });
    this.queue = turn.catch(() => undefined);
    return turn;
  }

  private async ask(request: TokenRequest): Promise<AccessToken | null> {
    try {
      return await this.session(request, {
        createIfNone: { detail: vscode.l10n.t("Engram reads your Azure resources.") },
      });
    } catch (error) {
      this.dismissed = true;
      if (isRefusal(error)) throw new UserCancelledError();
      throw error;
    }
  }

  private async session(
    request: TokenRequest,
    options: vscode.AuthenticationGetSessionOptions,
  ): Promise<AccessToken | null> {
    this.quietUntil = Date.now() + echoMilliseconds;
    const account = await this.account(request.accountId);
    if (account === null) return null;
    const wanted = { ...options, ...(account === undefined ? {} : { account }) };
    const session = await this.api.getSession(this.provider, challengeOrScopes(request), wanted);
    this.quietUntil = Date.now() + echoMilliseconds;
    if (session === undefined) return null;
    return {
      token: session.accessToken,
      expiresOn: expiryOf(session.accessToken, Date.now()),
      account: session.account.label,
    };
  }

  /** Without the account VS Code would pick its "preferred" one. Undefined: whichever; null: signed out meanwhile. */
  private async account(id: string | null): Promise<vscode.AuthenticationSessionAccountInformation | undefined | null> {
    if (id === null) return undefined;
    const accounts = await this.api.getAccounts(this.provider);
    return accounts.find((account) => account.id === id) ?? null;
  }
}

function challengeOrScopes(request: TokenRequest): readonly string[] | vscode.AuthenticationWwwAuthenticateRequest {
  const scopes = scopesFor(request);
  if (request.claims === null) return scopes;
  return { wwwAuthenticate: claimsChallenge(request.claims), fallbackScopes: scopes };
}

/** VS Code rejects with a plain message when the person says no to its own question. */
function isRefusal(error: unknown): boolean {
  return error instanceof Error && /did not consent|cancel/i.test(error.message);
}
