import { spawn } from "node:child_process";
import { childEnvironment } from "./node.mjs";
import { root, windows } from "./paths.mjs";

const children = new Set();

/** Ids of the commands that run now. */
export const runningCommands = () => [...children].map((child) => child.pid);

/** Runs a command quietly and gives its output; a failure throws with the end of that output. */
export function capture(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const { env, onStart, ...others } = options;
    const settings = { cwd: root, stdio: ["ignore", "pipe", "pipe"], env: childEnvironment(env), ...others };
    const child = track(spawn(command, args, settings));
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (output += text));
    child.on("error", reject);
    child.on("close", (code, signal) =>
      code === 0 ? resolve(output) : reject(new Error(failure([command, ...args], signal ?? code, output))),
    );
    onStart?.(child);
  });
}

/** Runs a command on this terminal and gives its exit code. */
export function attach(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const { env, ...others } = options;
    const settings = { cwd: root, stdio: "inherit", env: childEnvironment(env), shell: windows, ...others };
    const child = track(spawn(command, args, settings));
    child.on("error", reject);
    child.on("close", (code) => resolve(code ?? 1));
  });
}

/** Starts a command with the right Node on PATH and leaves it running; ends with this process. */
export function start(command, args, options = {}) {
  const { env, ...others } = options;
  const child = track(spawn(command, args, { cwd: root, env: childEnvironment(env), ...others }));
  child.group = others.detached === true;
  return child;
}

/** Passes Ctrl+C and the like on: an orphaned npm would fight the next run. */
export function endWithChildren() {
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => process.exit(signal === "SIGINT" ? 130 : 143));
  }
  process.on("exit", () => children.forEach(end));
}

/** A detached child leads a group of its own, with everything it started. */
function end(child) {
  try {
    if (child.group && !windows) process.kill(-child.pid, "SIGTERM");
    else child.kill("SIGTERM");
  } catch {
    // it has just ended
  }
}

function track(child) {
  children.add(child);
  child.on("close", () => children.delete(child));
  child.on("error", () => children.delete(child));
  return child;
}

function failure(words, outcome, output) {
  // npm's usage text would hide what it said before
  const said = output.replace(/\nnpm error\s*\nnpm error [^\n]*\nnpm error\s*\nnpm error Usage:[\s\S]*/, "").trim();
  return `${words.join(" ")} ended with ${outcome}\n${said.slice(-4000)}`;
}
