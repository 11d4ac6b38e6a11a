import { resolve } from "node:path";

/** The files of one sandbox, side by side. All are readable by their owner only. */
export interface SandboxFiles {
  readonly state: string;
  /** JSON lines of every exchange. */
  readonly log: string;
  /** The 256-bit token that every request needs, in hexadecimal. */
  readonly token: string;
  /** Who owns the state: see {@link OwnerRecord}. */
  readonly owner: string;
  /** Held, with the process id in it, only while the owner changes. */
  readonly lock: string;
  /** What a detached owner wrote to its standard error. */
  readonly errors: string;
}

/** What the owner file says. `ownerId` is new for every process, so that a deposed one notices. */
export interface OwnerRecord {
  readonly ownerId: string;
  readonly pid: number;
  readonly origin: string;
}

export function sandboxFiles(stateFile: string): SandboxFiles {
  const state = resolve(stateFile);
  return {
    state,
    log: `${state}.log.jsonl`,
    token: `${state}.token`,
    owner: `${state}.owner.json`,
    lock: `${state}.lock`,
    errors: `${state}.stderr.log`,
  };
}
