import { randomBytes, randomUUID } from "node:crypto";
import { linkSync, mkdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { sandboxFiles } from "./files.ts";
import type { OwnerRecord, SandboxFiles } from "./files.ts";
import { createSandbox } from "./kernel.ts";
import { fileLog } from "./log.ts";
import { parseFaults } from "./faults.ts";
import { setSpeed } from "./clock.ts";
import { ping, readOwner } from "./ownerRecord.ts";
import { askOwner } from "./request.ts";
import { startServer } from "./server.ts";
import type { OwnAnswer, SandboxServer } from "./server.ts";
import { fileStore, loadState, readIfThere, replaceFile } from "./state.ts";
import type { SandboxRequest, State } from "./types.ts";

export interface OwnerOptions {
  readonly stateFile: string;
  /** `takeOver`: from an idle owner, at once. `join`: only where nobody owns the state. */
  readonly mode: "takeOver" | "join";
  /** Undefined: the last owner's port when it is free, else any. */
  readonly port: number | undefined;
  readonly latency: number;
  /** Undefined keeps the state's own speed. */
  readonly speed: number | undefined;
  /** Undefined keeps the state's own rules. */
  readonly faults: unknown;
  /** Called when there is no state yet. */
  readonly createState: () => State;
  /** Real milliseconds without a request after which the owner ends; default 60 s (design.md section 6). */
  readonly idleLimit?: number;
  /** Ends the process. */
  readonly exit: () => void;
}

export type OwnerOutcome =
  | { readonly kind: "started"; readonly origin: string; readonly tokenFile: string }
  | { readonly kind: "owned"; readonly origin: string; readonly tokenFile: string }
  | { readonly kind: "busy" };

/** Becomes the one owner of a state file, or says who is. */
export async function becomeOwner(options: OwnerOptions): Promise<OwnerOutcome> {
  const files = sandboxFiles(options.stateFile);
  mkdirSync(dirname(files.state), { recursive: true, mode: 0o700 });
  await takeLock(files);
  try {
    const previous = readOwner(files);
    const live = previous && (await ping(files, previous)) ? previous : null;
    if (live && options.mode === "join") return { kind: "owned", origin: live.origin, tokenFile: files.token };
    if (live && !(await handOver(files, live))) return { kind: "busy" };
    const origin = await serveState(options, files, previous);
    return { kind: "started", origin, tokenFile: files.token };
  } finally {
    rmSync(files.lock, { force: true });
  }
}

async function serveState(options: OwnerOptions, files: SandboxFiles, previous: OwnerRecord | null): Promise<string> {
  const state = loadState(files.state) ?? options.createState();
  if (options.speed !== undefined) setSpeed(state, Date.now(), options.speed);
  if (options.faults !== undefined) state.services["faults"] = parseFaults(options.faults);
  const store = fileStore(files.state);
  store.save(state);
  const token = ensureToken(files);
  const ownerId = randomUUID();
  let server: SandboxServer | null = null;
  const exit = () => {
    server?.close();
    options.exit();
  };
  const stillOwner = () => readOwner(files)?.ownerId === ownerId || (setImmediate(exit), false);
  const sandbox = createSandbox({ state, store, log: fileLog(files.log) });
  const ownEndpoint = (request: SandboxRequest) =>
    ownerEndpoint(request, { ownerId, exit, others: () => (server?.inFlight() ?? 1) - 1 });
  const ports = options.port === undefined ? [portOf(previous), 0] : [options.port];
  server = await startServer({ sandbox, token, ports, latency: options.latency, stillOwner, ownEndpoint });
  const origin = `http://127.0.0.1:${server.port}`;
  replaceFile(files.owner, JSON.stringify({ ownerId, pid: process.pid, origin } satisfies OwnerRecord));
  endWhenIdle(server, options.idleLimit ?? 60_000, exit);
  return origin;
}

function portOf(previous: OwnerRecord | null): number {
  return previous ? Number(new URL(previous.origin).port) : 0;
}

interface OwnerContext {
  readonly ownerId: string;
  readonly exit: () => void;
  /** Requests in flight besides this one. */
  readonly others: () => number;
}

/** `GET owner` says who answers; `POST handover` ends this owner unless a request is in flight. */
function ownerEndpoint(request: SandboxRequest, { ownerId, exit, others }: OwnerContext): OwnAnswer | null {
  const asked = `${request.method} ${request.path}`;
  if (asked === "GET /_sandbox/owner") return { status: 200, body: { ownerId, pid: process.pid } };
  if (asked !== "POST /_sandbox/handover") return null;
  if (others() > 0) return { status: 409, body: { error: { code: "Busy", message: "A request is in flight." } } };
  return { status: 200, body: { ownerId }, then: exit };
}

function endWhenIdle(server: SandboxServer, limit: number, exit: () => void): void {
  const timer = setInterval(
    () => {
      if (server.inFlight() > 0 || Date.now() - server.lastRequestAt() < limit) return;
      clearInterval(timer);
      exit();
    },
    Math.min(1_000, limit),
  );
}

/** Asks the owner to go; false when it stayed busy for five seconds. One that stopped answering is gone. */
async function handOver(files: SandboxFiles, owner: OwnerRecord): Promise<boolean> {
  const token = readIfThere(files.token) ?? "";
  for (let attempt = 0; attempt < 50; attempt++) {
    const answer = await askOwner({
      origin: owner.origin,
      token,
      method: "POST",
      path: "/_sandbox/handover",
      timeout: 2_000,
    });
    if (answer?.status !== 409) return gone(files, owner);
    await sleep(100);
  }
  return false;
}

/** Waits until its port is free again, so that the next owner can listen there; true in any case: it has let go. */
async function gone(files: SandboxFiles, owner: OwnerRecord): Promise<true> {
  for (let attempt = 0; attempt < 40 && (await ping(files, owner)); attempt++) await sleep(25);
  return true;
}

/** 256 bits, made once for a state file, so that clients of an earlier owner stay let in. */
function ensureToken(files: SandboxFiles): string {
  const known = readIfThere(files.token)?.trim();
  if (known && /^[0-9a-f]{64}$/.test(known)) return known;
  const token = randomBytes(32).toString("hex");
  replaceFile(files.token, token);
  return token;
}

/** Held only while the owner changes. A holder that was killed is recognised by its dead process. */
async function takeLock(files: SandboxFiles): Promise<void> {
  for (let attempt = 0; attempt < 400; attempt++) {
    try {
      writeFileSync(files.lock, String(process.pid), { flag: "wx", mode: 0o600 });
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    breakStaleLock(files.lock);
    await sleep(25);
  }
  throw new Error(`Another process has been changing the owner of ${files.state} for ten seconds.`);
}

/** Moves a dead holder's lock away; if a live one got in between, its lock is put back. */
function breakStaleLock(lock: string): void {
  if (!isStale(lock)) return;
  const aside = `${lock}.${randomUUID()}`;
  try {
    renameSync(lock, aside);
    if (!isStale(aside)) linkSync(aside, lock);
    rmSync(aside, { force: true });
  } catch {
    // Somebody else was faster; the next attempt sees how it stands.
  }
}

function isStale(lock: string): boolean {
  const pid = Number(readIfThere(lock) ?? "NaN");
  if (Number.isInteger(pid) && pid > 0) return !isAlive(pid);
  const written = statSync(lock, { throwIfNoEntry: false })?.mtimeMs;
  return written !== undefined && Date.now() - written > 2_000;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
