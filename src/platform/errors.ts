/** Thrown by every prompt that was dismissed; the boundary drops it, so nobody else sees it. */
export class UserCancelledError extends Error {
  override readonly name = "UserCancelledError";

  constructor() {
    super("Cancelled");
  }
}

/** Also true for errors of another bundle's copy of the class, and for an aborted signal. */
export function isCancelled(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.name === "UserCancelledError" || error.name === "AbortError" || error.name === "Canceled";
}

/**
 * One sentence for people: the message, and Azure's own code when the message does not say it already.
 * Structural on purpose: errors arrive from a lazily loaded bundle with its own classes.
 */
export function errorText(error: unknown): string {
  const message = messageOf(error);
  const code = property(error, "code");
  if (typeof code !== "string" || code === "" || message.includes(code) || code === property(error, "kind"))
    return message;
  return `${message} (${code})`;
}

/** For the log: with stack and causes, where the sentence is not enough. */
export function errorDetail(error: unknown): string {
  if (!(error instanceof Error)) return messageOf(error);
  const cause = error.cause === undefined ? "" : `\ncaused by ${errorDetail(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}

function messageOf(error: unknown): string {
  const message = property(error, "message");
  if (typeof message === "string" && message.trim() !== "") return message.trim();
  return typeof error === "string" && error !== ""
    ? error
    : "Something failed without saying why. The log has the details.";
}

function property(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && name in value
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}
