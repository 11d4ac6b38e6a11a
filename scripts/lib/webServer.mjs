import { randomBytes } from "node:crypto";
import fs from "node:fs";
import net from "node:net";
import path from "node:path";
import { vscodeServer } from "./locate.mjs";
import { node } from "./node.mjs";
import { at, read, root } from "./paths.mjs";
import { start } from "./processes.mjs";
import { writeSettings } from "./vscodeSettings.mjs";

/** Runs VS Code's server for one person on this machine until Ctrl+C; prints the address. Gives the exit code. */
export async function serve({ folder, workspace, env }) {
  const port = Number(process.env.ENGRAM_START_PORT ?? 0) || (await freePort());
  const token = randomBytes(16).toString("hex");
  writeSettings(path.join(folder, "server/data"));
  registerExtension(path.join(folder, "extensions"));
  const log = fs.openSync(path.join(folder, "server.log"), "w");
  const options = { env: { NODE_ENV: "production", ...env }, stdio: ["ignore", log, log], detached: true };
  const server = start(node(), serverArguments({ folder, port, token }), options);
  const ended = new Promise((resolve) => server.on("close", (code) => resolve(code ?? 1)));
  if (!(await answers(port, server)))
    throw new Error(`VS Code's server did not start:\n${read(path.join(folder, "server.log"))}`);
  console.log(`\nOpen http://127.0.0.1:${port}/?tkn=${token}&folder=${encodeURI(workspace)}`);
  console.log("VS Code runs there with Engram for Azure on a sandbox fleet. Ctrl+C ends it.");
  return ended;
}

function serverArguments({ folder, port, token }) {
  return [
    path.join(vscodeServer, "out/server-main.js"),
    ...["--host", "127.0.0.1", "--port", String(port), "--connection-token", token],
    ...["--server-data-dir", path.join(folder, "server"), "--extensions-dir", path.join(folder, "extensions")],
    ...["--accept-server-license-terms", "--telemetry-level", "off"],
  ];
}

/** An entry without relativeLocation is loaded from where it is. */
function registerExtension(folder) {
  const { publisher, name, version } = JSON.parse(read(at("package.json")));
  const location = { $mid: 1, path: root.replaceAll("\\", "/"), scheme: "file" };
  const entry = { identifier: { id: `${publisher}.${name}` }, version, location };
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, "extensions.json"), JSON.stringify([entry]));
}

async function answers(port, server) {
  for (let tries = 0; tries < 600 && server.exitCode === null; tries++) {
    const answer = await fetch(`http://127.0.0.1:${port}/version`).catch(() => undefined);
    if (answer?.ok) return true;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return false;
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = net.createServer().once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}
