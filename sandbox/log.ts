import { appendFileSync, truncateSync } from "node:fs";
import { readIfThere } from "./state.ts";

/** One exchange as `GET /_sandbox/log` answers it. Headers are never kept, so no token can be. */
export interface LogEntry {
  readonly seq: number;
  /** Virtual time, ISO 8601. */
  readonly at: string;
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body: unknown;
  /** What the service answered; 0 when a fault struck before any service saw the request. */
  readonly status: number;
  /** A bearer token was present and accepted. */
  readonly authenticated: boolean;
  /** The fault that was applied, for instance `afterCommit:reset`. */
  readonly fault?: string;
}

export interface ExchangeLog {
  append(entry: Omit<LogEntry, "seq">): void;
  entries(): readonly LogEntry[];
}

export function memoryLog(): ExchangeLog {
  const entries: LogEntry[] = [];
  return {
    append: (entry) => void entries.push({ seq: entries.length + 1, ...entry }),
    entries: () => entries,
  };
}

/** Append-only JSON lines beside the state file: what was answered before a kill is still there after it. */
export function fileLog(file: string): ExchangeLog {
  let seq = dropTornTail(file);
  return {
    append: (entry) => {
      appendWhole(file, `${JSON.stringify({ seq: seq + 1, ...entry })}\n`);
      seq += 1;
    },
    entries: () => lines(readIfThere(file) ?? "").map((line) => JSON.parse(line) as LogEntry),
  };
}

/** A full disk can leave half a line too: it goes at once, so that the next one does not stand behind it. */
function appendWhole(file: string, line: string): void {
  try {
    appendFileSync(file, line, { mode: 0o600 });
  } catch (error) {
    dropTornTail(file);
    throw error;
  }
}

/** A kill can leave half a line: it was never answered, so it goes. Returns the number of whole lines. */
function dropTornTail(file: string): number {
  const text = readIfThere(file);
  if (text === null) return 0;
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  if (whole.length < text.length) truncateSync(file, Buffer.byteLength(whole));
  return lines(whole).length;
}

function lines(text: string): string[] {
  return text.split("\n").filter((line) => line !== "");
}

const secretNames = new Set(["administratorloginpassword", "password", "secret", "accesskey"]);

/** The body without passwords, as it goes into the log. */
export function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (typeof value !== "object" || value === null) return value;
  const pairs = Object.entries(value).map(([name, inner]) => [
    name,
    secretNames.has(name.toLowerCase()) && typeof inner === "string" ? "<redacted>" : withoutSecrets(inner),
  ]);
  return Object.fromEntries(pairs) as unknown;
}
