import { join } from "node:path";
import { defaultSandboxState, defaultStateDir } from "../operations/stateDir.ts";

/** How the sandbox of this window is opened; the environment decides for `npm start` and the tests, never a setting. */
export interface SandboxPlan {
  /** The window starts in the sandbox. */
  readonly fromStart: boolean;
  readonly stateFile: string;
  readonly serverCommand: readonly string[];
  readonly fleet: string;
  readonly speed?: number;
  readonly latency?: number;
  readonly faultsFile?: string;
}

/** Reads ENGRAM_SANDBOX (`demo` or a number of environments) and its companions, once. */
export function sandboxPlan(env: NodeJS.ProcessEnv, extensionPath: string): SandboxPlan {
  const asked = env["ENGRAM_SANDBOX"] ?? "";
  const speed = Number(env["ENGRAM_SANDBOX_SPEED"] ?? Number.NaN);
  const latency = Number(env["ENGRAM_SANDBOX_LATENCY"] ?? Number.NaN);
  const faultsFile = env["ENGRAM_SANDBOX_FAULTS"];
  return {
    fromStart: asked !== "",
    stateFile: env["ENGRAM_SANDBOX_STATE"] ?? defaultSandboxState(defaultStateDir(env)),
    serverCommand: [process.execPath, join(extensionPath, "dist", "sandbox.cjs")],
    fleet: /^\d+$/.test(asked) ? asked : "demo",
    ...(speed > 0 ? { speed } : {}),
    ...(latency >= 0 ? { latency } : {}),
    ...(faultsFile ? { faultsFile } : {}),
  };
}
