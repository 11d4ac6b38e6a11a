/** Names in the order @azure/core-rest-pipeline's throttlingRetryStrategy looks at them. */
const millisecondHeaders = ["retry-after-ms", "x-ms-retry-after-ms"] as const;

interface Headers {
  header(name: string): string | null;
}

/**
 * Real milliseconds the answer asks to wait, from `Retry-After` in seconds or as a date (against the answer's own `Date`,
 * so that a wrong clock here does not matter) or the millisecond headers. Null: no header, negative, or not readable.
 */
export function retryAfterMs(answer: Headers): number | null {
  for (const name of millisecondHeaders) {
    const value = decimal(answer.header(name));
    if (value !== null) return value;
  }
  const written = answer.header("retry-after");
  if (written === null) return null;
  const seconds = decimal(written);
  if (seconds !== null) return seconds * 1000;
  return untilDate(written, answer.header("date"));
}

function decimal(written: string | null): number | null {
  return written !== null && /^\s*\d{1,9}(\.\d{1,9})?\s*$/.test(written) ? Number(written) : null;
}

function untilDate(written: string, date: string | null): number | null {
  if (!/[a-z]{3}/i.test(written)) return null;
  const at = Date.parse(written);
  const from = date === null ? Date.now() : Date.parse(date);
  if (Number.isNaN(at) || Number.isNaN(from)) return null;
  return at > from ? at - from : null;
}
