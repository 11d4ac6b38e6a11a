import { mkdirSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { sha256 } from "./hash.ts";

/**
 * Where operations are remembered: the platform's own per-user folder, shared by every window and the command line;
 * `ENGRAM_STATE_DIR` overrides. Never a workspace folder (reliability.md 2.6).
 */
export function defaultStateDir(env: NodeJS.ProcessEnv = process.env, platform = process.platform): string {
  const own = env["ENGRAM_STATE_DIR"];
  if (own) return resolve(own);
  if (platform === "win32") return join(env["LOCALAPPDATA"] ?? join(homedir(), "AppData", "Local"), "engram-azure");
  if (platform === "darwin") return join(homedir(), "Library", "Application Support", "engram-azure");
  return join(env["XDG_STATE_HOME"] || join(homedir(), ".local", "state"), "engram-azure");
}

/** The sandbox's journals live apart, one folder a state file: they can never be resumed against Azure. */
export function sandboxStateDir(stateDir: string, stateFile: string): string {
  return join(stateDir, "sandbox", sha256(resolve(stateFile)).slice(0, 16));
}

/** The state file of a sandbox when none is named. */
export function defaultSandboxState(stateDir: string): string {
  return join(stateDir, "sandbox", "state.json");
}

/** Makes the folder, readable by its owner alone; refuses one that belongs to somebody else. */
export function privateFolder(path: string): string {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  const owner = statSync(path).uid;
  const mine = process.getuid?.();
  if (mine !== undefined && owner !== mine) throw new Error(`The folder ${path} belongs to another user.`);
  return path;
}
