import { linkSync, readFileSync, statSync, unlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sha256 } from "./hash.ts";
import { privateFolder } from "./stateDir.ts";

/** Held while an operation on one server is followed here. */
export interface Lock {
  release(): void;
}

const staleAfterMs = 60_000;
const heartbeatMs = 15_000;

/**
 * One follower a server across processes: a file made exclusively, with pid, the process's start and a heartbeat (its
 * time of change). It only keeps noise down; what is right follows from the journal and from Azure. Null when held.
 */
export function lockServer(stateDir: string, resourceId: string): Lock | null {
  const path = lockPath(stateDir, resourceId);
  if (!create(path)) {
    if (!isStale(path)) return null;
    remove(path);
    if (!create(path)) return null;
  }
  const timer = setInterval(() => beat(path), heartbeatMs);
  timer.unref();
  let held = true;
  return {
    release: () => {
      if (!held) return;
      held = false;
      clearInterval(timer);
      if (isOwn(path)) remove(path);
    },
  };
}

/** Whether somebody alive holds it. */
export function isLocked(stateDir: string, resourceId: string): boolean {
  const path = lockPath(stateDir, resourceId);
  return readOwner(path) !== null && !isStale(path);
}

function lockPath(stateDir: string, resourceId: string): string {
  return join(privateFolder(join(stateDir, "locks")), `${sha256(resourceId.toLowerCase()).slice(0, 24)}.lock`);
}

interface Owner {
  readonly pid: number;
  readonly started: string;
}

/** Made beside and linked, so that the lock never exists without its owner's name, whenever this process ends. */
function create(path: string): boolean {
  const own = `${path}.${process.pid}`;
  writeFileSync(own, JSON.stringify(self()), { mode: 0o600 });
  try {
    linkSync(own, path);
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw cause;
  } finally {
    remove(own);
  }
}

function isStale(path: string): boolean {
  const owner = readOwner(path);
  const age = ageOf(path);
  if (age === null) return true;
  if (owner === null) return age > staleAfterMs;
  return age > staleAfterMs || !isAlive(owner);
}

function isAlive({ pid, started }: Owner): boolean {
  try {
    process.kill(pid, 0);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ESRCH") return false;
  }
  // A pid may have been given to another process since; where the start time is known it tells them apart.
  const now = startOf(pid);
  return now === null || started === "" || now === started;
}

function self(): Owner {
  return { pid: process.pid, started: startOf(process.pid) ?? "" };
}

/** Start time in clock ticks since boot (proc(5), field 22); null where there is no /proc. */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? null;
  } catch {
    return null;
  }
}

function readOwner(path: string): Owner | null {
  try {
    const owner = JSON.parse(readFileSync(path, "utf8")) as Partial<Owner>;
    return typeof owner.pid === "number" ? { pid: owner.pid, started: String(owner.started ?? "") } : null;
  } catch {
    return null;
  }
}

function isOwn(path: string): boolean {
  const owner = readOwner(path);
  return owner !== null && owner.pid === process.pid;
}

function ageOf(path: string): number | null {
  try {
    return Date.now() - statSync(path).mtimeMs;
  } catch {
    return null;
  }
}

function beat(path: string): void {
  try {
    if (isOwn(path)) utimesSync(path, new Date(), new Date());
  } catch {
    // Gone: another process took it over.
  }
}

function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // Somebody else was faster.
  }
}
