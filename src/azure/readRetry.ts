import type { PipelinePolicy, PipelineRequest, PipelineResponse, SendRequest } from "@azure/core-rest-pipeline";
import type { Connection, Limits } from "./connection.ts";
import { AzureError } from "./ports.ts";
import { retryAfterMs } from "./retryAfter.ts";

const maximumTries = 3;

/** Answers and breaks after which a read is worth another try. 529 is the metrics service's own throttle: its caller slows down. */
const retriedStatuses: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);
/** PARSE_ERROR at this depth is a body that broke off: JSON is parsed further out. */
const retriedCodes = /^(PARSE_ERROR|ECONNRESET|EPIPE|ETIMEDOUT|ERR_STREAM_PREMATURE_CLOSE|REQUEST_SEND_ERROR)$/;

/**
 * Retries of reads: at most three tries, after what Azure asks to wait (up to the limit, else the refusal is shown at
 * once) or an exponential pause with jitter; never more than the connection's budget, so that a storm stays small.
 */
export function readRetry(connection: Connection): PipelinePolicy {
  return {
    name: "engramReadRetry",
    sendRequest: async (request, next) => {
      connection.budget.earn();
      for (let tries = 1; ; tries += 1) {
        const outcome = await attempt(request, next);
        const wait = pause(outcome, tries, connection.limits);
        if (wait === null || tries === maximumTries || !connection.budget.spend()) return settle(outcome);
        await delay(wait, request.abortSignal as AbortSignal | undefined);
      }
    },
  };
}

type Outcome =
  | { readonly kind: "answered"; readonly response: PipelineResponse }
  | { readonly kind: "broken"; readonly error: unknown };

async function attempt(request: PipelineRequest, next: SendRequest): Promise<Outcome> {
  try {
    return { kind: "answered", response: await next(request) };
  } catch (error) {
    return { kind: "broken", error };
  }
}

function settle(outcome: Outcome): PipelineResponse {
  if (outcome.kind === "broken") throw outcome.error;
  return outcome.response;
}

/** Milliseconds before the next try; null when there is none. Throws when Azure asks for more than is waited silently. */
function pause(outcome: Outcome, tries: number, limits: Limits): number | null {
  const backOff = limits.backOffMs * 2 ** (tries - 1) * (0.5 + Math.random());
  if (outcome.kind === "broken") return retriedCodes.test(codeOf(outcome.error)) ? backOff : null;
  const { response } = outcome;
  if (!retriedStatuses.has(response.status)) return null;
  const asked = retryAfterMs({ header: (name) => response.headers.get(name) ?? null });
  if (asked !== null && asked > limits.maxWaitMs) throw askedToWait(response, asked);
  return asked ?? backOff;
}

function askedToWait(response: PipelineResponse, milliseconds: number): AzureError {
  const until = new Date(Date.now() + milliseconds).toISOString().slice(0, 16).replace("T", " ");
  return new AzureError("throttled", `Azure asks to wait until ${until} UTC. Nothing was done; try again then.`, {
    code: "TooManyRequests",
    status: response.status,
    retryAfterMs: milliseconds,
    correlationId: response.headers.get("x-ms-correlation-request-id") ?? null,
  });
}

function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" ? code : "";
}

function delay(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(new AzureError("canceled", "Waiting for Azure was stopped.", { code: "Canceled" }));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, milliseconds);
    if (signal?.aborted) return stop();
    signal?.addEventListener("abort", stop, { once: true });
  });
}
