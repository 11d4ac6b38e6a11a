import { execFile } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { connectSandbox } from "../../../sandbox/connect.ts";
import { launchVsCode } from "./launch.ts";
import type { VsCode } from "./launch.ts";
import { repository } from "./server.ts";

export type SandboxWindow = {
  readonly vscode: VsCode;
  /** Sends a request to the sandbox as a foreign client does (design section 6). */
  readonly azure: (method: string, url: string, body?: unknown) => Promise<unknown>;
  /** Authenticated writes the sandbox has received: `POST /subscriptions/…/stop`. */
  readonly writes: () => Promise<readonly string[]>;
  /** Runs the command line on the same sandbox and the same journals; gives its exit code and standard output. */
  readonly cli: (...args: string[]) => Promise<{ readonly code: number; readonly out: string }>;
  readonly close: () => Promise<void>;
};

export type SandboxWindowOptions = {
  /** How much faster than the wall clock Azure's time runs. */
  readonly speed?: number;
  readonly fleet?: string;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly extraExtensions?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** false opens the workspace in Restricted Mode. */
  readonly trusted?: boolean;
  /** The sandbox misbehaves from its first request on (design section 6: a list of rules). */
  readonly faults?: readonly unknown[];
  /** Where the window starts; `azure` leaves the sandbox out. */
  readonly world?: "sandbox" | "azure";
};

/** A real VS Code whose Engram view looks at a sandbox of its own; nothing outlives `close`. */
export async function openSandboxWindow(options: SandboxWindowOptions = {}): Promise<SandboxWindow> {
  const { speed = 20, fleet = "demo", settings = {}, world = "sandbox", trusted = true, faults = [] } = options;
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "engram-ui-"));
  const stateFile = path.join(folder, "state.json");
  const faultsFile = path.join(folder, "faults.json");
  fs.writeFileSync(faultsFile, JSON.stringify(faults));
  const vscode = await launchVsCode({
    extensionDir: process.env["ENGRAM_TEST_EXTENSION"] ?? repository,
    settings: { "remote.autoForwardPorts": false, ...settings },
    trusted,
    ...(options.extraExtensions === undefined ? {} : { extraExtensions: options.extraExtensions }),
    env: {
      ...options.env,
      ...(world === "sandbox" ? { ENGRAM_SANDBOX: fleet } : { ENGRAM_SANDBOX: undefined }),
      ...(faults.length > 0 ? { ENGRAM_SANDBOX_FAULTS: faultsFile } : {}),
      ENGRAM_SANDBOX_STATE: stateFile,
      ENGRAM_SANDBOX_SPEED: String(speed),
      ENGRAM_STATE_DIR: path.join(folder, "state"),
    },
  });
  const door = () =>
    connectSandbox({ stateFile, serverCommand: [process.execPath, path.join(repository, "dist/sandbox.cjs")] });
  const azure = async (method: string, url: string, body?: unknown): Promise<unknown> => {
    const { origin, token } = await door();
    const target = new URL(url, "https://management.azure.com");
    const bearer = `sandbox.${Buffer.from(JSON.stringify({ exp: 4e9, aud: "https://management.azure.com" })).toString("base64url")}.`;
    const headers = {
      "X-Forwarded-Host": target.host,
      "X-Sandbox-Token": token,
      Authorization: `Bearer ${bearer}`,
      "Content-Type": "application/json",
    };
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    const answer = await fetch(`${origin}${target.pathname}${target.search}`, { method, headers, ...sent });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${url}: ${answer.status} ${text}`);
    return text === "" ? null : JSON.parse(text);
  };
  return {
    vscode,
    azure,
    writes: async () => writesOf(await azure("GET", "/_sandbox/log")),
    cli: (...args) => {
      const env = { ...process.env, ENGRAM_STATE_DIR: path.join(folder, "state") };
      const all = [path.join(repository, "dist/cli.cjs"), ...args, "--sandbox", "--sandbox-state", stateFile];
      return new Promise((resolve) =>
        execFile(process.execPath, all, { env }, (error, out) => resolve({ code: Number(error?.code ?? 0), out })),
      );
    },
    close: async () => {
      await vscode.close();
      endOwner(stateFile);
      fs.rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
    },
  };
}

type Exchange = {
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly authenticated: boolean;
};

/** Resource Graph and metrics are asked by POST, too: they change nothing. */
function writesOf(log: unknown): readonly string[] {
  const reading = /\/providers\/Microsoft\.ResourceGraph\/|metrics:getBatch/i;
  return (log as readonly Exchange[])
    .filter((one) => one.authenticated && one.method !== "GET" && one.method !== "HEAD" && !reading.test(one.path))
    .map((one) => `${one.method} ${one.path}`);
}

function endOwner(stateFile: string): void {
  try {
    process.kill((JSON.parse(fs.readFileSync(`${stateFile}.owner.json`, "utf8")) as { pid: number }).pid, "SIGTERM");
  } catch {
    // none was started, or it ended by itself
  }
}
