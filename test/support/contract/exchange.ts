import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** One exchange as `sandbox/record.ts` writes it. Header names are compared without regard to case. */
export interface Exchange {
  readonly request: {
    readonly method: string;
    readonly host: string;
    readonly path: string;
    readonly query: Readonly<Record<string, string>>;
    readonly headers: Readonly<Record<string, string>>;
    readonly body?: unknown;
  };
  readonly response: {
    readonly status: number;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: unknown;
    readonly text?: string;
    readonly wire?: unknown;
  };
  readonly authenticated?: boolean;
  readonly faults?: readonly string[];
}

/** An exchange and how often the very same one was recorded. */
export interface CountedExchange {
  readonly exchange: Exchange;
  readonly count: number;
}

/** Reads a record file, or every `*.jsonl` of a folder. A torn last line (a killed owner) is left out. */
export function readExchanges(target: string): readonly CountedExchange[] {
  const found = new Map<string, { exchange: Exchange; count: number }>();
  for (const file of filesOf(target)) {
    for (const line of readFileSync(file, "utf8").split("\n")) {
      const exchange = parseLine(line);
      if (exchange === null) continue;
      const key = fingerprint(exchange);
      const known = found.get(key);
      if (known) known.count += 1;
      else found.set(key, { exchange, count: 1 });
    }
  }
  return [...found.values()];
}

export function header(headers: Readonly<Record<string, string>> | undefined, name: string): string | null {
  const wanted = name.toLowerCase();
  return Object.entries(headers ?? {}).find(([one]) => one.toLowerCase() === wanted)?.[1] ?? null;
}

/** An injected fault changed the answer (or the connection): only its request can be judged. */
export function bentByFault({ faults, response }: Exchange): boolean {
  return (faults ?? []).length > 0 || response.wire !== undefined || response.text !== undefined;
}

/** Our extension and command line, by their User-Agent; tests that play an odd client have another. */
export function sentByProduct({ request }: Exchange): boolean {
  return /engram/i.test(header(request.headers, "user-agent") ?? "");
}

function filesOf(target: string): string[] {
  const found = statSync(target, { throwIfNoEntry: false });
  if (!found) return [];
  if (!found.isDirectory()) return [target];
  const names = readdirSync(target, { recursive: true }).map(String);
  return names.filter((name) => name.endsWith(".jsonl")).map((name) => join(target, name));
}

function parseLine(line: string): Exchange | null {
  try {
    const value = JSON.parse(line) as Exchange;
    return typeof value.request.method === "string" && typeof value.response.status === "number" ? value : null;
  } catch {
    return null;
  }
}

const volatileHeaders = new Set([
  "date",
  "x-ms-request-id",
  "x-ms-correlation-request-id",
  "x-ms-client-request-id",
  "x-sandbox-now",
]);

/** Two exchanges with the same fingerprint are judged the same: ids and dates in headers are left out. */
function fingerprint({ request, response, faults }: Exchange): string {
  const headers = Object.entries({ ...response.headers }).filter(([name]) => !volatileHeaders.has(name.toLowerCase()));
  const { method, host, path, query, body } = request;
  const agent = header(request.headers, "user-agent");
  const whole = [
    method,
    host,
    path,
    query,
    body,
    agent,
    response.status,
    headers,
    response.body,
    response.text,
    faults,
  ];
  return createHash("sha1").update(JSON.stringify(whole)).digest("base64");
}
