import { spawnSync } from "node:child_process";
import fs from "node:fs";
import { at, read, root, windows } from "./paths.mjs";
import { runningCommands } from "./processes.mjs";

const file = at(".tools/lock");
const beatMs = 1000;
const staleMs = 30_000;

/** Waits until no other setup works in this checkout, runs `work`, and lets the next one in. */
export async function alone(work, onWait) {
  fs.mkdirSync(at(".tools"), { recursive: true });
  await acquire(onWait);
  const beat = setInterval(() => fs.writeFileSync(file, contents()), beatMs);
  const release = () => fs.rmSync(file, { force: true });
  process.on("exit", release);
  try {
    return await work();
  } finally {
    clearInterval(beat);
    process.off("exit", release);
    release();
  }
}

async function acquire(onWait) {
  for (let waited = 0; !create(); waited++) {
    if (waited === 1) onWait?.();
    if (ownerIsGone()) takeAway();
    else await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

function create() {
  try {
    fs.writeFileSync(file, contents(), { flag: "wx" });
    return true;
  } catch (error) {
    if (error.code !== "EEXIST") throw error;
    return false;
  }
}

const contents = () => JSON.stringify({ pid: process.pid, commands: runningCommands() });

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return { pid: 0, commands: [] };
  }
}

/** The id alone would not do: after a reboot another process may have it. */
function ownerIsGone() {
  const age = Date.now() - (fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
  if (age > staleMs) return true;
  const { pid } = parse(read(file));
  return pid ? !isAlive(pid) : age > 2 * beatMs;
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM";
  }
}

/** Moves a dead owner's lock aside and ends the npm it left behind; puts back a lock that someone else has just made. */
function takeAway() {
  const aside = `${file}.${process.pid}`;
  try {
    fs.renameSync(file, aside);
  } catch {
    return;
  }
  const { pid, commands = [] } = parse(read(aside));
  const fresh = Date.now() - fs.statSync(aside).mtimeMs < staleMs;
  if (pid && fresh && isAlive(pid)) tryLink(aside);
  else commands.filter(isAlive).filter(isOurs).forEach(end);
  fs.rmSync(aside, { force: true });
}

function tryLink(aside) {
  try {
    fs.linkSync(aside, file);
  } catch {
    // somebody else holds it now; both will look again
  }
}

function isOurs(pid) {
  if (windows) return false;
  const { stdout } = spawnSync("ps", ["-p", String(pid), "-o", "args="], { encoding: "utf8" });
  return /npm|dotnet|apt-get/.test(stdout ?? "") && workingFolder(pid).startsWith(root);
}

function workingFolder(pid) {
  try {
    return fs.readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return "";
  }
}

function end(pid) {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // it ended by itself
  }
}
