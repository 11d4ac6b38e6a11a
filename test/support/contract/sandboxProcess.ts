import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** A running `sandbox --json` of its own, as any foreign client finds it. */
export interface SandboxProcess {
  readonly origin: string;
  readonly token: string;
  readonly folder: string;
  readonly stateFile: string;
  stop(): Promise<void>;
}

const main = fileURLToPath(new URL("../../../sandbox/main.ts", import.meta.url));

/** Starts a sandbox in a new folder. The flags are the contract's (design: `sandbox --fleet … --speed …`). */
export async function startSandbox(
  flags: readonly string[] = [],
  env: NodeJS.ProcessEnv = {},
): Promise<SandboxProcess> {
  const folder = mkdtempSync(join(tmpdir(), "engram-contract-"));
  const stateFile = join(folder, "state.json");
  const child = spawn(process.execPath, [main, "--state", stateFile, "--json", ...flags], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, ...env },
  });
  const { origin, tokenFile } = JSON.parse(await firstLine(child)) as { origin: string; tokenFile: string };
  const token = readFileSync(tokenFile, "utf8").trim();
  const stop = async (): Promise<void> => {
    await ended(child);
    rmSync(folder, { recursive: true, force: true });
  };
  return { origin, token, folder, stateFile, stop };
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    child.stdout!.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
      if (text.includes("\n")) resolve(text.slice(0, text.indexOf("\n")));
    });
    child.once("exit", (code) =>
      reject(new Error(`The sandbox ended with ${String(code)} before it said where it listens.`)),
    );
    child.once("error", reject);
  });
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill();
  await gone;
}
