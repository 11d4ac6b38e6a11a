import type { HttpClient } from "@azure/core-rest-pipeline";
import type { Cloud } from "./clouds.ts";
import type { Credentials } from "./credential.ts";
import type { Clock } from "./ports.ts";
import type { RetryBudget } from "./retryBudget.ts";
import type { TokenSource } from "./tokens.ts";

/** Everything the adapters share. Sandbox and Azure differ in `http`, `clock` and `tokens` alone (transport.ts). */
export interface Connection {
  readonly sandbox: boolean;
  readonly cloud: Cloud;
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly tokens: TokenSource;
  readonly credentials: Credentials;
  readonly limits: Limits;
  readonly budget: RetryBudget;
  readonly userAgent: string;
}

export interface Limits {
  /** Real milliseconds for one request with its whole answer. */
  readonly requestMs: number;
  readonly maxBytes: number;
  /** The longest Retry-After that is waited for silently. */
  readonly maxWaitMs: number;
  /** First pause of a read's retry. */
  readonly backOffMs: number;
}

export const defaultLimits: Limits = { requestMs: 30_000, maxBytes: 50_000_000, maxWaitMs: 60_000, backOffMs: 500 };
