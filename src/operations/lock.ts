import { randomBytes } from "node:crypto";
import { linkSync, readdirSync, readFileSync, statSync, unlinkSync, utimesSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
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
 * time of change). Files are numbered: a stale one is never replaced, its successor is made beside it, so that of many
 * who take it over at once only one makes that successor. It only keeps noise down; what is right follows from the
 * journal and from Azure. Null when held.
 */
export function lockServer(stateDir: string, resourceId: string): Lock | null {
  const base = lockBase(stateDir, resourceId);
  const found = filesOf(base);
  if (found.some((file) => !isStale(file.path))) return null;
  const owner = self();
  const path = numbered(base, Math.max(0, ...found.map(({ number }) => number)) + 1);
  if (!create(path, owner)) return null;
  // Whoever looked at an older state of the folder sees this file, or is seen here: one of both steps back.
  const others = filesOf(base).filter((file) => file.path !== path);
  if (others.some((file) => !isStale(file.path))) {
    remove(path);
    return null;
  }
  for (const file of others) remove(file.path);
  return hold(path, owner);
}

/** Whether somebody alive holds it. */
export function isLocked(stateDir: string, resourceId: string): boolean {
  return filesOf(lockBase(stateDir, resourceId)).some(({ path }) => readOwner(path) !== null && !isStale(path));
}

function hold(path: string, owner: Owner): Lock {
  const timer = setInterval(() => beat(path, owner), heartbeatMs);
  timer.unref();
  let held = true;
  return {
    release: () => {
      if (!held) return;
      held = false;
      clearInterval(timer);
      if (isOwn(path, owner)) remove(path);
    },
  };
}

interface LockFile {
  readonly path: string;
  readonly number: number;
}

function filesOf(base: string): readonly LockFile[] {
  const name = basename(base);
  const matches = readdirSync(dirname(base)).map((file) => ({ file, match: /^(.+)\.(\d+)\.lock$/.exec(file) }));
  return matches
    .filter(({ match }) => match?.[1] === name)
    .map(({ file, match }) => ({ path: join(dirname(base), file), number: Number(match?.[2]) }));
}

function numbered(base: string, number: number): string {
  return `${base}.${number}.lock`;
}

function lockBase(stateDir: string, resourceId: string): string {
  return join(privateFolder(join(stateDir, "locks")), sha256(resourceId.toLowerCase()).slice(0, 24));
}

interface Owner {
  readonly pid: number;
  readonly started: string;
  /** Tells this holding from every other one of the same process. */
  readonly nonce: string;
}

/** Made beside and linked, so that the lock never exists without its owner's name, whenever this process ends. */
function create(path: string, owner: Owner): boolean {
  const own = `${path}.${owner.nonce}`;
  writeFileSync(own, JSON.stringify(owner), { mode: 0o600 });
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
  return { pid: process.pid, started: startOf(process.pid) ?? "", nonce: randomBytes(6).toString("hex") };
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
    const { pid, started = "", nonce = "" } = owner;
    return typeof pid === "number" ? { pid, started: String(started), nonce: String(nonce) } : null;
  } catch {
    return null;
  }
}

function isOwn(path: string, { nonce }: Owner): boolean {
  return readOwner(path)?.nonce === nonce;
}

function ageOf(path: string): number | null {
  try {
    return Date.now() - statSync(path).mtimeMs;
  } catch {
    return null;
  }
}

function beat(path: string, owner: Owner): void {
  try {
    if (isOwn(path, owner)) utimesSync(path, new Date(), new Date());
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
