import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { request as httpRequest } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SandboxConnection } from "../../../sandbox/connect.ts";

export const serverCommand = [process.execPath, join(import.meta.dirname, "../../../sandbox/main.ts")];

export interface Folder {
  readonly stateFile: string;
  /** A sandbox process of the command line; the promise resolves with its first line. */
  launch(...flags: string[]): Promise<Launched>;
  /** Remembers a detached owner, so that it ends with the test. */
  remember(pid: number): void;
  remove(): void;
}

export interface Launched {
  readonly child: ChildProcess;
  readonly origin: string;
  readonly tokenFile: string;
}

/** A folder of its own for one test, and everything that was started in it. */
export function folder(): Folder {
  const directory = mkdtempSync(join(tmpdir(), "engram-sandbox-test-"));
  const stateFile = join(directory, "state.json");
  const pids = new Set<number>();
  const [program, ...first] = serverCommand;
  return {
    stateFile,
    launch: async (...flags) => {
      const child = spawn(program!, [...first, "--json", "--state", stateFile, ...flags], {
        stdio: ["ignore", "pipe", "ignore"],
      });
      pids.add(child.pid!);
      return { child, ...(JSON.parse(await firstLine(child)) as { origin: string; tokenFile: string }) };
    },
    remember: (pid) => void pids.add(pid),
    remove: () => {
      for (const pid of pids) killIfThere(pid);
      rmSync(directory, { recursive: true, force: true, maxRetries: 10 });
    },
  };
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    child.stdout!.on("data", (chunk: Buffer) => {
      text += chunk.toString("utf8");
      if (text.includes("\n")) resolve(text.slice(0, text.indexOf("\n")));
    });
    child.on("exit", (code) => reject(new Error(`The sandbox ended with ${String(code)} before its first line.`)));
  });
}

export function ended(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((resolve) => void child.once("exit", (code) => resolve(code)));
}

/** Ends when the process is gone. */
export async function kill(pid: number): Promise<void> {
  killIfThere(pid);
  await ends(pid);
}

/** Ends when the process has ended by itself; the test's time limit is the only one. */
export async function ends(pid: number): Promise<void> {
  while (isThere(pid)) await new Promise((resolve) => setTimeout(resolve, 10));
}

function killIfThere(pid: number): void {
  if (isThere(pid)) process.kill(pid, "SIGKILL");
}

function isThere(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(statusOf(pid));
  } catch {
    return false;
  }
}

/** A killed process that nobody has waited for is still listed on Linux. */
function statusOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, "utf8");
  } catch {
    return "";
  }
}

export interface Answer {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly text: string;
}

export interface Ask {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** One request as any client makes it: nothing is added, not even the token. Rejects when the connection breaks. */
export function ask(url: string, { method = "GET", headers = {}, body = "" }: Ask = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, { method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => void chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(chunks).toString("utf8"),
        }),
      );
    });
    request.on("error", reject);
    request.end(body);
  });
}

/** What a foreign client sends by the contract. */
export function foreign(connection: Pick<SandboxConnection, "origin" | "token">) {
  const headers = {
    "X-Sandbox-Token": connection.token,
    "X-Forwarded-Host": "management.azure.com",
    Authorization: "Bearer foreign",
  };
  const json = { ...headers, "Content-Type": "application/json" };
  return {
    get: async (path: string) =>
      JSON.parse((await ask(connection.origin + path, { headers })).text) as Record<string, unknown>,
    post: (path: string, body?: unknown) =>
      ask(
        connection.origin + path,
        body === undefined
          ? { method: "POST", headers }
          : { method: "POST", headers: json, body: JSON.stringify(body) },
      ),
    headers,
  };
}

/** The id of a server of the fleet that is Ready. */
export async function readyServer(connection: Pick<SandboxConnection, "origin" | "token">): Promise<string> {
  const { get } = foreign(connection);
  const [subscription] = (await get("/subscriptions?api-version=2022-12-01"))["value"] as { id: string }[];
  const path = `${subscription!.id}/providers/Microsoft.DBforPostgreSQL/flexibleServers?api-version=2025-08-01`;
  const servers = (await get(path))["value"] as { id: string; properties: { state: string } }[];
  return servers.find((one) => one.properties.state === "Ready")!.id;
}
