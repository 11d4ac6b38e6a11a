import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import type { State } from "./types.ts";

/** Where the kernel keeps the state between requests. */
export interface StateStore {
  /** Durable when it returns. */
  save(state: State): void;
}

/** For in-process tests. */
export const memoryStore: StateStore = { save: () => undefined };

/** One JSON file, replaced as a whole: after a kill at any moment the file holds the state before or after, never between. */
export function fileStore(file: string): StateStore {
  return { save: (state) => replaceFile(file, JSON.stringify(state)) };
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
  const handle = openSync(temporary, "w", 0o600);
  try {
    writeSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(temporary, file);
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
