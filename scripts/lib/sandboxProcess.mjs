import { spawnSync } from "node:child_process";
import path from "node:path";
import { read, windows } from "./paths.mjs";

/** Where `npm start` keeps the demo fleet and the journal: nothing of the user's own is touched. */
export function sandboxEnvironment(folder) {
  return {
    ENGRAM_SANDBOX: "demo",
    ENGRAM_SANDBOX_STATE: stateFile(folder),
    ENGRAM_STATE_DIR: path.join(folder, "state"),
  };
}

const stateFile = (folder) => path.join(folder, "sandbox/state.json");

/** The sandbox outlives its clients by a minute; after Ctrl+C it has none. */
export function endSandbox(folder) {
  const pid = ownerOf(stateFile(folder));
  if (!pid || !isSandbox(pid)) return;
  try {
    process.kill(pid, "SIGTERM");
  } catch {
    // it ended by itself
  }
}

function ownerOf(state) {
  try {
    return JSON.parse(read(`${state}.owner.json`)).pid;
  } catch {
    return undefined;
  }
}

/** The id in the file may be another process's by now. */
function isSandbox(pid) {
  if (windows) return false;
  const { stdout } = spawnSync("ps", ["-p", String(pid), "-o", "args="], { encoding: "utf8" });
  return (stdout ?? "").includes("sandbox");
}
