import { AsyncLocalStorage } from "node:async_hooks";

/** Where tokens come from: VS Code's accounts (platform) or an identity of the command line (cliTokens). */
export interface TokenSource {
  accounts(): Promise<readonly TokenAccount[]>;
  /** Null when there is no session and none may be asked for. */
  token(request: TokenRequest): Promise<AccessTokenOf | null>;
  /** For people: `VS Code`, `Azure CLI` … */
  readonly via: string;
}

export interface TokenAccount {
  readonly id: string;
  readonly label: string;
}

export interface TokenRequest {
  /** One audience per request. */
  readonly scopes: readonly string[];
  readonly tenantId: string | null;
  readonly accountId: string | null;
  /** Decoded claims of a challenge (JSON); null without. */
  readonly claims: string | null;
  /** True only while a person waits for it. */
  readonly interactive: boolean;
}

export interface AccessTokenOf {
  readonly token: string;
  /** Epoch milliseconds of the connection's clock. */
  readonly expiresOn: number;
  readonly account: string;
}

interface Click {
  /** A dismissed prompt is not opened again for the same click. */
  refused: boolean;
}

const clicks = new AsyncLocalStorage<Click>();

/** Runs something a person asked for just now: inside it a sign-in prompt may open, at most one. */
export function interactively<T>(action: () => Promise<T>): Promise<T> {
  return clicks.run({ refused: false }, action);
}

/** The click this code runs for; null in the background, where nothing may prompt. */
export function currentClick(): Click | null {
  return clicks.getStore() ?? null;
}
