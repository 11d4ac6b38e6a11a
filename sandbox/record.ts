import { appendFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { SandboxRequest, SandboxResponse } from "./types.ts";

/** One exchange, whole: what the contract tests validate. Headers have lower-case names; the bearer token is cut out. */
export interface Exchange {
  readonly request: SandboxRequest;
  readonly response: SandboxResponse;
  readonly authenticated: boolean;
  /** Names of the faults applied, e.g. `afterCommit:reset`. */
  readonly faults: readonly string[];
}

/**
 * Appends every exchange to a file, one JSON object a line: what the contract tests read (`ENGRAM_SANDBOX_RECORD`).
 * Given a folder, each process writes a file of its own in it.
 */
export function recordTo(target: string): (exchange: Exchange) => void {
  const isFolder = statSync(target, { throwIfNoEntry: false })?.isDirectory() === true;
  const file = isFolder ? join(target, `${process.pid}.jsonl`) : target;
  return ({ request, response, authenticated, faults }) => {
    const { method, host, path, query, headers, body } = request;
    const asked = { method, host, path, query: Object.fromEntries(query), headers, body };
    const line = { request: asked, response, authenticated, faults };
    appendFileSync(file, `${JSON.stringify(line)}\n`, { mode: 0o600 });
  };
}
