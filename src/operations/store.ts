import { existsSync, readFileSync, renameSync, statSync, watch as watchFolder, type FSWatcher } from "node:fs";
import { stat } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Disposable } from "../environments/event.ts";
import { readChain, type Chain, type Entry } from "./entries.ts";
import { intentKey } from "./hash.ts";
import { journalFiles, readJournal, type JournalFile } from "./journal.ts";
import type { OperationRecord, PlanStep } from "./model.ts";
import type { LiveRun, Overlay } from "./live.ts";
import { recentOf } from "./recent.ts";
import { isLocked } from "./lock.ts";
import { damagedId, toRecord, type Place } from "./records.ts";
import { bodyOf } from "./resume.ts";
import { privateFolder } from "./stateDir.ts";

interface Known {
  readonly chain: Chain;
  readonly path: string;
  readonly open: boolean;
  readonly size: number;
  readonly key: string | null;
}

export interface StoreDeps {
  live(id: string): LiveRun | null;
  changed(id: string): void;
  log(line: string): void;
  /** Azure's time. */
  now(): Date;
}

/** How often the folder is looked at even when the platform reports nothing. */
const pollMs = 2_000;

/** Every operation of this machine's user: those followed here and those that other processes write. */
export class OperationStore {
  readonly #stateDir: string;
  readonly #deps: StoreDeps;
  readonly #known = new Map<string, Known>();
  /** Ids by path. */
  readonly #paths = new Map<string, string>();
  #older: readonly JournalFile[] = [];
  readonly #overlays = new Map<string, Overlay>();
  #watching: Disposable | null = null;
  #refreshing: Promise<void> | null = null;

  constructor(stateDir: string, deps: StoreDeps) {
    this.#stateDir = stateDir;
    this.#deps = deps;
    for (const file of journalFiles(stateDir)) if (file.open) this.#load(file);
  }

  /** Newest first. */
  list(): readonly OperationRecord[] {
    return newestFirst([...this.#known.keys()].flatMap((id) => this.get(id) ?? []));
  }

  /** How many finished operations are there that `list` leaves out until `loadOlder`. */
  get olderCount(): number {
    return this.#older.length;
  }

  /** Reads what is older than 90 days or beyond the newest 500. */
  async loadOlder(): Promise<void> {
    for (const file of this.#older) await this.#read(file);
    this.#older = [];
  }

  /** An older one is read when it is asked for by its id. */
  get(id: string): OperationRecord | null {
    if (!this.#known.has(id)) this.#loadOlder(id);
    const known = this.#fresh(id);
    if (known === null) return null;
    const live = this.#deps.live(id);
    const record = toRecord(known.chain, live?.elsewhere === false ? { phase: live.phase } : null, this.#place(known));
    const over = live === null ? this.#overlays.get(id) : undefined;
    if (record === null || over === undefined) return record;
    const error = over.error === null ? null : { code: over.error.code, message: over.error.message };
    return { ...record, status: over.status, phase: over.phase, error, reason: over.error?.reason ?? null };
  }

  /** What nobody follows any more may have ended since it was read: nothing is said from an old reading. */
  #fresh(id: string): Known | null {
    const known = this.#known.get(id);
    if (known === undefined) return null;
    if (!known.open || this.#deps.live(id)?.elsewhere === false || this.#place(known).followedElsewhere) return known;
    this.#load({ path: known.path, open: true, name: basename(known.path, ".jsonl") });
    if (!this.#known.has(id)) this.#load({ path: join(this.#stateDir, "done", `${id}.jsonl`), open: false, name: id });
    return this.#known.get(id) ?? null;
  }

  #place({ path, open, chain }: Known): Place {
    const planned = bodyOf(chain.entries, "planned");
    const resource = planned?.steps[0]?.change.id;
    const followedElsewhere = open && resource !== undefined && isLocked(this.#stateDir, resource);
    return { file: basename(path, ".jsonl"), open, followedElsewhere, changedAt: () => changedAt(path) };
  }

  /** What its journal says, as far as it is whole. */
  entries(id: string): readonly Entry[] | null {
    return this.#known.get(id)?.chain.entries ?? null;
  }

  /** Operations whose journal is not put away, newest first. */
  open(): readonly OperationRecord[] {
    const ids = [...this.#known].filter(([, known]) => known.open).map(([id]) => id);
    return newestFirst(ids.flatMap((id) => this.get(id) ?? []));
  }

  /** The file of an unfinished operation. */
  openPath(id: string): string | null {
    const known = this.#known.get(id);
    return known?.open === true ? known.path : null;
  }

  isOpen(key: string): boolean {
    return this.#openId(key) !== null;
  }

  /** An operation of the same intent: open, or ended after the plan was made. */
  earlier(key: string, madeAt: string, except?: string): string | null {
    const open = this.#openId(key);
    if (open !== null && open !== except) return open;
    for (const file of this.#recent()) if (!file.open && !this.#paths.has(file.path)) this.#load(file);
    const done = [...this.#known].find(
      ([id, known]) => id !== except && known.key === key && endedAfter(known, madeAt),
    );
    return done?.[0] ?? null;
  }

  /** The follower's own entries: no need to read them back. */
  own(entries: readonly Entry[], path: string): void {
    const id = entries[0]?.opId;
    if (id === undefined) return;
    const chain: Chain = { entries: [...entries], fault: "none", length: 0 };
    const open = !path.startsWith(join(this.#stateDir, "done"));
    this.#overlays.delete(id);
    this.#set(id, { chain, path, open, size: -1, key: keyOf(entries) });
    this.#deps.changed(id);
  }

  /** What this process knows beyond its journal. */
  remember(id: string, overlay: Overlay): void {
    this.#overlays.set(id, overlay);
    this.#deps.changed(id);
  }

  /** A tampered or newer journal is put away unchanged, so that its intent is free again. */
  acknowledge(id: string): void {
    const known = this.#known.get(id);
    if (known === undefined || !known.open) return;
    const path = freeName(privateFolder(join(this.#stateDir, "done")), id);
    renameSync(known.path, path);
    this.#set(id, { ...known, path, open: false });
    this.#deps.changed(id);
  }

  /** Reads what changed in the folder, a file at a time, so that the event loop is free between them. */
  refresh(): Promise<void> {
    this.#refreshing ??= this.#refreshNow().finally(() => (this.#refreshing = null));
    return this.#refreshing;
  }

  watch(): Disposable {
    if (this.#watching !== null) return this.#watching;
    const again = (): void =>
      void this.refresh().catch((cause: unknown) => this.#deps.log(`operations folder: ${String(cause)}`));
    const watchers = ["open", "done"].map((folder) => tryWatch(privateFolder(join(this.#stateDir, folder)), again));
    const timer = setInterval(again, pollMs);
    timer.unref();
    again();
    this.#watching = {
      dispose: () => {
        clearInterval(timer);
        for (const watcher of watchers) watcher?.close();
        this.#watching = null;
      },
    };
    return this.#watching;
  }

  dispose(): void {
    this.#watching?.dispose();
  }

  async #refreshNow(): Promise<void> {
    for (const file of this.#recent()) await this.#read(file);
  }

  #recent(): readonly JournalFile[] {
    const { files, older } = recentOf(journalFiles(this.#stateDir), this.#deps.now());
    this.#older = older.filter(({ path }) => !this.#paths.has(path));
    return files;
  }

  async #read(file: JournalFile): Promise<void> {
    const known = this.#knownAt(file.path);
    // What is finished changes no more.
    if ((known !== null && !file.open) || this.#isLive(file)) return;
    const size = await sizeOf(file.path);
    if (size === null || known?.size === size) return;
    const chain = await readJournal(file.path);
    if (chain !== null) this.#take(file, chain, size);
  }

  #knownAt(path: string): Known | null {
    const known = this.#known.get(this.#paths.get(path) ?? "");
    return known?.path === path ? known : null;
  }

  #set(id: string, known: Known): void {
    const before = this.#known.get(id);
    if (before !== undefined && before.path !== known.path) this.#paths.delete(before.path);
    this.#known.set(id, known);
    this.#paths.set(known.path, id);
  }

  #isLive({ path }: JournalFile): boolean {
    const id = this.#paths.get(path);
    return id !== undefined && this.#knownAt(path) !== null && this.#deps.live(id)?.elsewhere === false;
  }

  #openId(key: string): string | null {
    const path = join(this.#stateDir, "open", `${key}.jsonl`);
    this.#load({ path, open: true, name: key });
    return this.#knownAt(path)?.open === true ? (this.#paths.get(path) ?? null) : null;
  }

  #loadOlder(id: string): void {
    const file = this.#older.find(({ name }) => name === id);
    if (file === undefined) return;
    this.#load(file);
    this.#older = this.#older.filter((one) => one !== file);
  }

  #load(file: JournalFile): void {
    if (this.#isLive(file)) return;
    try {
      const content = readFileSync(file.path, "utf8");
      this.#take(file, readChain(content), Buffer.byteLength(content));
    } catch {
      // Not there (any more): whoever had it open has finished or never began.
      const id = this.#paths.get(file.path);
      if (id === undefined || this.#knownAt(file.path)?.open !== true) return;
      this.#known.delete(id);
      this.#paths.delete(file.path);
    }
  }

  #take(file: JournalFile, chain: Chain, size: number): void {
    const id = chain.entries[0]?.opId ?? damagedId(chain, file.name);
    if (id === null) return;
    const before = this.#known.get(id);
    this.#set(id, { chain, path: file.path, open: file.open, size, key: keyOf(chain.entries) });
    if (before !== undefined && before.size === size && before.path === file.path) return;
    // A process that ended without writing an outcome was remembered differently: the journal is newer now.
    if (before !== undefined && chain.entries.length > before.chain.entries.length) this.#overlays.delete(id);
    this.#deps.changed(id);
  }
}

function keyOf(entries: readonly Entry[]): string | null {
  const planned = bodyOf(entries, "planned");
  if (planned === null) return null;
  const { kind: operation, environmentId: id, steps } = planned;
  return intentKey({ operation, environment: { id }, steps: steps as unknown as readonly PlanStep[] });
}

function newestFirst(records: readonly OperationRecord[]): readonly OperationRecord[] {
  return [...records].sort(
    (left, right) => right.startedAt.localeCompare(left.startedAt) || right.id.localeCompare(left.id),
  );
}

function endedAfter({ chain, open }: Known, madeAt: string): boolean {
  const ended = chain.entries.findLast(({ body }) => body.state === "ended");
  return !open && ended !== undefined && ended.azureDate > madeAt;
}

function changedAt(path: string): string {
  const at = statSync(path, { throwIfNoEntry: false })?.mtime ?? new Date(0);
  return at.toISOString();
}

function freeName(folder: string, id: string): string {
  const names = [id, ...Array.from({ length: 99 }, (_, index) => `${id}-${index + 2}`)];
  return join(folder, `${names.find((name) => !existsSync(join(folder, `${name}.jsonl`))) ?? id}.jsonl`);
}

async function sizeOf(path: string): Promise<number | null> {
  try {
    return (await stat(path)).size;
  } catch {
    return null;
  }
}

function tryWatch(path: string, listener: () => void): FSWatcher | null {
  try {
    const watcher = watchFolder(path, { persistent: false }, listener);
    watcher.on("error", () => watcher.close());
    return watcher;
  } catch {
    // Some file systems cannot be watched; the slow look at the folder remains.
    return null;
  }
}
