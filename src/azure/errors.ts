import { answered, type Answer } from "./errorAnswers.ts";
import { AzureError } from "./ports.ts";
import type { RequestKind } from "./requestKind.ts";
import { unanswered } from "./transportErrors.ts";

/**
 * Runs a call of this layer; whatever it throws comes out as `AzureError` (classes of reliability.md 3.3). Azure's own
 * words are kept as data: views neutralise them.
 */
export async function guarded<T>(kind: RequestKind, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw toAzureError(error, kind);
  }
}

/** Any thrown thing as the one error of this layer. */
export function toAzureError(thrown: unknown, kind: RequestKind): AzureError {
  if (thrown instanceof AzureError) return thrown;
  const answer = answerOf(thrown);
  return answer === null ? unanswered(thrown, kind) : answered(answer, kind, thrown);
}

/** Status, headers and body of an answer, from RestError of either SDK generation; null when none arrived. */
function answerOf(thrown: unknown): Answer | null {
  if (typeof thrown !== "object" || thrown === null) return null;
  const { response, statusCode, code } = thrown as { response?: RawAnswer; statusCode?: unknown; code?: unknown };
  const status = typeof response?.status === "number" ? response.status : statusCode;
  if (typeof status !== "number" || !response) return null;
  // A refusal with a page instead of JSON is still that refusal; a success without JSON is no answer.
  if (code === "PARSE_ERROR" && status < 300) return null;
  return {
    status,
    header: (name) => response.headers?.get(name) ?? null,
    text: response.bodyAsText ?? "",
    body: response.bodyAsText == null ? named(thrown) : parsed(response.bodyAsText),
  };
}

/** The younger SDK generation keeps Azure's code and message and drops the answer's text. */
function named(thrown: object): unknown {
  const { code, message } = thrown as { code?: unknown; message?: unknown };
  return typeof code === "string" ? { error: { code, message } } : null;
}

interface RawAnswer {
  readonly status?: number;
  readonly headers?: { get(name: string): string | undefined };
  readonly bodyAsText?: string | null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
