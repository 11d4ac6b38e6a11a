import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { State } from "./types.ts";

/** Where the kernel keeps the state between requests. */
export interface StateStore {
  /** Durable when it returns. */
  save(state: State): void;
  /** What was saved last. */
  load(): State | null;
}

/** For in-process tests: keeps nothing and never fails. */
export const memoryStore: StateStore = { save: () => undefined, load: () => null };

/** One JSON file, replaced as a whole: after a kill at any moment the file holds the state before or after, never between. */
export function fileStore(file: string): StateStore {
  return { save: (state) => replaceFile(file, JSON.stringify(state)), load: () => loadState(file) };
}

/** Saves, or makes the state in memory again what the store holds and throws: what cannot be kept did not happen. */
export function saveOrRevert(state: State, store: StateStore): void {
  try {
    store.save(state);
  } catch (error) {
    const kept = store.load();
    if (kept) {
      for (const name of Object.keys(state)) Reflect.deleteProperty(state, name);
      Object.assign(state, kept);
    }
    throw error;
  }
}

/** The saved state, or null when there is none yet. Throws on a file that is no state. */
export function loadState(file: string): State | null {
  const text = readIfThere(file);
  if (text === null) return null;
  const state = JSON.parse(text) as Partial<State>;
  if (state.version !== 1 || typeof state.resources !== "object") {
    throw new Error(`${file} is not the state of a sandbox (version 1).`);
  }
  return state as State;
}

/** Written beside the file, synced, then renamed over it. Readable by its owner only. */
export function replaceFile(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    writeSynced(temporary, text);
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** The whole text: `writeSync` alone stops short, without an error, where the disk is nearly full. */
function writeSynced(file: string, text: string): void {
  const handle = openSync(file, "w", 0o600);
  try {
    writeFileSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** A file's text, or null when it does not exist. */
export function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}
