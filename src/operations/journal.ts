import { closeSync, constants, fstatSync, fsyncSync, ftruncateSync, openSync, readFileSync, writeSync } from "node:fs";
import { readdirSync, renameSync, unlinkSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { readChain, writeEntry, type Chain, type Entry, type EntryBody } from "./entries.ts";
import { privateFolder } from "./stateDir.ts";

/** The follower lost its journal to another process (it was suspended, its lock went stale): it must stop, not write. */
export class JournalTaken extends Error {
  override readonly name = "JournalTaken";
}

/** The journal cannot be written (full disk, no rights, tampered or newer file): then nothing is sent to Azure. */
export class JournalUnwritable extends Error {
  override readonly name = "JournalUnwritable";
  readonly code: string;

  constructor(code: string, message: string, cause?: unknown) {
    super(message, cause === undefined ? {} : { cause });
    this.code = code;
  }
}

/**
 * One operation's append-only file. Unfinished ones are `open/<intent key>.jsonl`, created exclusively, so that the same
 * intent started twice meets itself; finished ones move to `done/<id>.jsonl`. Tamper-evident against edits, not against
 * an attacker with the user's rights (reliability.md 2.6).
 */
export class Journal {
  readonly id: string;
  readonly path: string;
  readonly #descriptor: number;
  #entries: Entry[];
  #size: number;

  private constructor(
    path: string,
    descriptor: number,
    chain: { id: string; entries: readonly Entry[]; size: number },
  ) {
    this.path = path;
    this.id = chain.id;
    this.#descriptor = descriptor;
    this.#entries = [...chain.entries];
    this.#size = chain.size;
  }

  /** Null when the same intent is open already. */
  static create(stateDir: string, key: string, id: string): Journal | null {
    const path = join(privateFolder(join(stateDir, "open")), `${key}.jsonl`);
    try {
      const flags = constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY | constants.O_APPEND;
      return new Journal(path, openSync(path, flags, 0o600), { id, entries: [], size: 0 });
    } catch (cause) {
      if (codeOf(cause) === "EEXIST") return null;
      throw unwritable(cause);
    }
  }

  /** Only while holding the server's lock: a file without one whole line was left by a process that ended at its creation. */
  static replaceEmpty(stateDir: string, key: string, id: string): Journal | null {
    const path = join(stateDir, "open", `${key}.jsonl`);
    if (readFileSync(path, "utf8").includes("\n")) return null;
    unlinkSync(path);
    return Journal.create(stateDir, key, id);
  }

  /** To go on writing after a restart; a torn last line is cut off first. */
  static reopen(path: string): Journal {
    const chain = readChain(readFileSync(path, "utf8"));
    const id = chain.entries[0]?.opId;
    if (chain.fault === "newer")
      throw new JournalUnwritable("newerJournal", "A newer version of Engram wrote this operation.");
    if (chain.fault === "broken" || id === undefined)
      throw new JournalUnwritable("tampered", "The operation's journal was changed.");
    try {
      const descriptor = openSync(path, constants.O_WRONLY | constants.O_APPEND);
      if (chain.fault === "torn") ftruncateSync(descriptor, chain.length);
      return new Journal(path, descriptor, { id, entries: chain.entries, size: chain.length });
    } catch (cause) {
      throw unwritable(cause);
    }
  }

  get entries(): readonly Entry[] {
    return this.#entries;
  }

  /** Durable when it returns. Throws `JournalUnwritable`, or `JournalTaken` when somebody else wrote meanwhile. */
  append(body: EntryBody, azureDate: Date): void {
    const last = this.#entries.at(-1);
    const head = {
      seq: (last?.seq ?? -1) + 1,
      prevHash: last?.hash ?? "",
      azureDate: azureDate.toISOString(),
      opId: this.id,
    };
    const { line, entry } = writeEntry(head, body);
    try {
      if (fstatSync(this.#descriptor).size !== this.#size)
        throw new JournalTaken("another process follows this operation");
      writeAll(this.#descriptor, line);
      fsyncSync(this.#descriptor);
    } catch (cause) {
      if (cause instanceof JournalTaken) throw cause;
      this.#cutBack();
      throw unwritable(cause);
    }
    this.#entries.push(entry);
    this.#size += Buffer.byteLength(line);
  }

  /** Moves a finished operation out of the way of the next one with the same intent. */
  finish(stateDir: string): void {
    closeSync(this.#descriptor);
    renameSync(this.path, join(privateFolder(join(stateDir, "done")), `${this.id}.jsonl`));
  }

  close(): void {
    closeSync(this.#descriptor);
  }

  /** Only before any intent was written: as if it had never been. */
  discard(): void {
    closeSync(this.#descriptor);
    unlinkSync(this.path);
  }

  /** A half-written line of a full disk must not stay before the next one. */
  #cutBack(): void {
    try {
      ftruncateSync(this.#descriptor, this.#size);
    } catch {
      // Then the reader sees a torn tail and ignores it.
    }
  }
}

export interface JournalFile {
  readonly path: string;
  readonly open: boolean;
  /** Intent key of an open one, operation id of a finished one. */
  readonly name: string;
}

/** Every operation in the folder; none when it does not exist. */
export function journalFiles(stateDir: string): readonly JournalFile[] {
  return [...filesIn(stateDir, "open"), ...filesIn(stateDir, "done")];
}

/** Null when the file went away (it was finished meanwhile). */
export async function readJournal(path: string): Promise<Chain | null> {
  try {
    return readChain(await readFile(path, "utf8"));
  } catch (cause) {
    if (codeOf(cause) === "ENOENT") return null;
    throw cause;
  }
}

function filesIn(stateDir: string, folder: "open" | "done"): readonly JournalFile[] {
  try {
    return readdirSync(join(stateDir, folder))
      .filter((file) => file.endsWith(".jsonl"))
      .map((file) => ({ path: join(stateDir, folder, file), open: folder === "open", name: basename(file, ".jsonl") }));
  } catch (cause) {
    if (codeOf(cause) === "ENOENT") return [];
    throw cause;
  }
}

function writeAll(descriptor: number, line: string): void {
  const bytes = Buffer.from(line);
  let done = 0;
  while (done < bytes.length) done += writeSync(descriptor, bytes, done);
}

function unwritable(cause: unknown): JournalUnwritable {
  const code = codeOf(cause);
  const why =
    code === "ENOSPC"
      ? "the disk is full"
      : code === "EACCES" || code === "EROFS"
        ? "it may not be written"
        : String(code);
  return new JournalUnwritable(
    code ?? "unwritable",
    `The operation cannot be recorded (${why}): nothing was sent.`,
    cause,
  );
}

function codeOf(cause: unknown): string | undefined {
  return cause instanceof Error && "code" in cause ? String(cause.code) : undefined;
}
