import type { Connection } from "./connection.ts";

/** What every SDK client is built with: the connection's own transport, and no retries but ours (design decision 3). */
export function sdkOptions({ http, userAgent }: Connection) {
  return {
    httpClient: http,
    retryOptions: { maxRetries: 0 },
    userAgentOptions: { userAgentPrefix: userAgent },
  };
}
