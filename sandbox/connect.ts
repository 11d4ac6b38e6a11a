import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { mkdirSync, openSync, closeSync } from "node:fs";
import { dirname } from "node:path";
import { sandboxFiles } from "./files.ts";
import type { SandboxFiles } from "./files.ts";
import { ping, readOwner } from "./ownerRecord.ts";
import { askOwner } from "./request.ts";
import { readIfThere } from "./state.ts";

export interface ConnectOptions {
  readonly stateFile: string;
  /** Program and arguments that run `sandbox/main`, e.g. `[process.execPath, "dist/sandbox.cjs"]`. */
  readonly serverCommand: readonly string[];
  /** Virtual time's factor; undefined leaves the state's own. */
  readonly speed?: number;
  /** Fault rules to put in force, counted from now; undefined leaves what is there. */
  readonly faults?: unknown;
  /** `demo` or a number of environments; only for a state that does not exist yet. */
  readonly fleet?: string;
  /** Real milliseconds per answer; only when an owner has to be started. */
  readonly latency?: number;
}

export interface SandboxConnection {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  /** For the header `X-Sandbox-Token`. */
  readonly token: string;
  readonly tokenFile: string;
  readonly stateFile: string;
  readonly pid: number;
}

/** Real milliseconds; a first start makes a fleet and must not fail on a loaded machine. */
const startLimit = 30_000;

/**
 * Finds the live owner of a state file, or starts one, detached: it outlives its client. Clients that do so at the same
 * time end up with the same owner. Rejects with a sentence when no owner answers within 30 seconds.
 */
export async function connectSandbox(options: ConnectOptions): Promise<SandboxConnection> {
  const files = sandboxFiles(options.stateFile);
  const connection = (await liveOwner(files)) ?? (await startOwner(options, files));
  await apply(connection, options);
  return connection;
}

async function liveOwner(files: SandboxFiles): Promise<SandboxConnection | null> {
  const owner = readOwner(files);
  const token = readIfThere(files.token);
  if (!owner || token === null || !(await ping(files, owner))) return null;
  const { origin, pid } = owner;
  return { origin, token: token.trim(), tokenFile: files.token, stateFile: files.state, pid };
}

async function startOwner(options: ConnectOptions, files: SandboxFiles): Promise<SandboxConnection> {
  const child = launch(options, files);
  const until = Date.now() + startLimit;
  while (Date.now() < until) {
    const found = await liveOwner(files);
    if (found) {
      await settled(child, found);
      return found;
    }
    if (failed(child)) break;
    await pause();
  }
  const said = (readIfThere(files.errors) ?? "").trim().split("\n").at(-1) ?? "";
  throw new Error(`The sandbox did not start for ${files.state}. ${said}`.trim());
}

/** Another client's owner was faster: ours sees it and ends, before anybody could take it for an owner in waiting. */
async function settled(child: ChildProcess, found: SandboxConnection): Promise<void> {
  const until = Date.now() + 5_000;
  while (child.pid !== found.pid && child.exitCode === null && Date.now() < until) await pause();
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 40));
}

/** Exit code 0 only means that another owner was faster. */
function failed(child: ChildProcess): boolean {
  return child.signalCode !== null || (child.exitCode !== null && child.exitCode !== 0);
}

function launch(options: ConnectOptions, files: SandboxFiles): ChildProcess {
  mkdirSync(dirname(files.state), { recursive: true, mode: 0o700 });
  const [program, ...first] = options.serverCommand;
  if (program === undefined) throw new Error("The sandbox's command is empty.");
  const errors = openSync(files.errors, "a", 0o600);
  // In VS Code the running program is Electron, which is Node only with this variable.
  const env = { ...process.env, ELECTRON_RUN_AS_NODE: "1" };
  const child = spawn(program, [...first, ...serverArguments(options, files)], {
    detached: true,
    stdio: ["ignore", "ignore", errors],
    env,
    windowsHide: true,
  });
  closeSync(errors);
  child.on("error", () => undefined);
  child.unref();
  return child;
}

function serverArguments(options: ConnectOptions, files: SandboxFiles): string[] {
  const { fleet, latency, speed } = options;
  const optional = [
    ...(fleet === undefined ? [] : ["--fleet", fleet]),
    ...(latency === undefined ? [] : ["--latency", String(latency)]),
    ...(speed === undefined ? [] : ["--speed", String(speed)]),
  ];
  return ["--join", "--json", "--state", files.state, ...optional];
}

/** Speed and faults go to whoever owns the state, started by us or not. */
async function apply(connection: SandboxConnection, { speed, faults }: ConnectOptions): Promise<void> {
  if (speed !== undefined) await tell(connection, "/_sandbox/clock", { speed });
  if (faults !== undefined) await tell(connection, "/_sandbox/faults", faults);
}

async function tell({ origin, token }: SandboxConnection, path: string, body: unknown): Promise<void> {
  const answer = await askOwner({ origin, token, method: "POST", path, body, timeout: 10_000 });
  if (answer?.status === 200) return;
  const message = (answer?.body as { error?: { message?: string } } | null | undefined)?.error?.message;
  throw new Error(message ?? "The sandbox did not answer.");
}
