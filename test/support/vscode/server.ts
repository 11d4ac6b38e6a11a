import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

export const repository = path.resolve(import.meta.dirname, "../../..");
const vscodeServer = path.join(repository, ".tools/vscode/node_modules/code-server/lib/vscode");

export type Settings = Readonly<Record<string, unknown>>;

export type ServerOptions = {
  /** The folder of the extension under test, loaded in place. */
  readonly extensionDir: string;
  readonly settings?: Settings;
  /** Environment of the server and so of the extension host; `undefined` removes a variable. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly extraExtensions?: readonly string[];
  /** false opens the workspace in Restricted Mode. */
  readonly trusted?: boolean;
  /** Lets the page name tests to run inside the extension host. */
  readonly hostTests?: boolean;
};

export type Server = {
  readonly port: number;
  readonly token: string;
  /** Everything that this server writes; removed by `dispose`. */
  readonly folder: string;
  readonly start: () => Promise<void>;
  /** Ends the server with its extension hosts; SIGKILL leaves them no time to save anything. */
  readonly stop: (signal?: NodeJS.Signals) => Promise<void>;
  /** Counts from the next load of the window. */
  readonly changeSettings: (settings: Settings) => void;
  readonly log: () => string;
  readonly dispose: () => Promise<void>;
};

/** VS Code's server on a free port of 127.0.0.1, with its own data and extension folders. */
export async function createServer(options: ServerOptions): Promise<Server> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "engram-vscode-"));
  const place = { port: await freePort(), token: randomBytes(16).toString("hex"), folder };
  const settingsFile = path.join(folder, "data/data/User/settings.json");
  let settings: Settings = { ...quietSettings, ...trustSettings(options), ...options.settings };
  writeJson(settingsFile, settings);
  writeJson(path.join(folder, "extensions/extensions.json"), extensionEntries(options));
  let child: ChildProcess | undefined;
  const stop = async (signal: NodeJS.Signals = "SIGTERM"): Promise<void> => {
    await end(child, signal);
    child = undefined;
  };
  return {
    ...place,
    stop,
    start: async () => {
      child = launch(options, place);
      await answering(child, place);
    },
    changeSettings: (changed) => writeJson(settingsFile, (settings = { ...settings, ...changed })),
    log: () => fs.readFileSync(path.join(folder, "server.log"), "utf8"),
    dispose: async () => {
      await stop();
      fs.rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
    },
  };
}

type Place = Pick<Server, "port" | "token" | "folder">;

/** No tips, prompts, updates or chat: only what the extension shows. */
const quietSettings: Settings = {
  "chat.disableAIFeatures": true,
  "extensions.autoCheckUpdates": false,
  "extensions.autoUpdate": false,
  "extensions.ignoreRecommendations": true,
  "git.enabled": false,
  "telemetry.telemetryLevel": "off",
  "update.mode": "none",
  "window.commandCenter": false,
  "workbench.colorTheme": "Dark 2026",
  "workbench.enableExperiments": false,
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "workbench.startupEditor": "none",
  "workbench.tips.enabled": false,
  "workbench.welcomePage.walkthroughs.openOnInstall": false,
};

function trustSettings({ trusted = true }: ServerOptions): Settings {
  if (trusted) return { "security.workspace.trust.enabled": false };
  return { "security.workspace.trust.enabled": true, "security.workspace.trust.startupPrompt": "never" };
}

/** Entries without relativeLocation are loaded from where they are. */
function extensionEntries({ extensionDir, extraExtensions = [], hostTests }: ServerOptions): unknown[] {
  const installed = hostTests ? extraExtensions : [extensionDir, ...extraExtensions];
  return installed.map((folder) => {
    const manifest = JSON.parse(fs.readFileSync(path.join(folder, "package.json"), "utf8"));
    return {
      identifier: { id: `${manifest.publisher}.${manifest.name}`.toLowerCase() },
      version: manifest.version,
      location: { $mid: 1, path: folder, scheme: "file" },
    };
  });
}

function launch(options: ServerOptions, { port, token, folder }: Place): ChildProcess {
  const log = fs.openSync(path.join(folder, "server.log"), "a");
  const args = [
    path.join(vscodeServer, "out/server-main.js"),
    ...["--host", "127.0.0.1", "--port", String(port), "--connection-token", token],
    ...["--server-data-dir", path.join(folder, "data"), "--extensions-dir", path.join(folder, "extensions")],
    ...["--accept-server-license-terms", "--telemetry-level", "off"],
    ...(options.hostTests ? ["--enable-smoke-test-driver"] : []),
  ];
  const env = { ...process.env, NODE_ENV: "production", ...options.env };
  const child = spawn(process.execPath, args, { stdio: ["ignore", log, log], detached: true, env });
  fs.closeSync(log);
  return child;
}

async function answering(child: ChildProcess, { port, folder }: Place): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    if (child.exitCode !== null) break;
    const answer = await fetch(`http://127.0.0.1:${port}/version`).catch(() => undefined);
    if (answer?.ok) return;
    await sleep(100);
  }
  throw new Error(`VS Code's server did not start:\n${fs.readFileSync(path.join(folder, "server.log"), "utf8")}`);
}

/** The server's own process group holds its extension hosts and terminals. */
async function end(child: ChildProcess | undefined, signal: NodeJS.Signals): Promise<void> {
  if (!child?.pid) return;
  const ended = new Promise((resolve) => child.once("exit", resolve));
  signalGroup(child.pid, signal);
  if (child.exitCode === null && child.signalCode === null) {
    const timer = setTimeout(() => child.kill("SIGKILL"), 3000);
    await ended;
    clearTimeout(timer);
  }
  signalGroup(child.pid, "SIGKILL");
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // the group has ended
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = net.createServer().once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}

function writeJson(file: string, value: unknown): void {
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, JSON.stringify(value, null, 2));
}
