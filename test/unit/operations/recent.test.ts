import assert from "node:assert/strict";
import fs from "node:fs";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeEntry, type EntryBody } from "../../../src/operations/entries.ts";
import { OperationStore } from "../../../src/operations/store.ts";

const now = new Date("2026-11-22T12:00:00Z");
const day = 86_400_000;

describe("what is remembered", () => {
  let stateDir: string;
  beforeEach(() => {
    stateDir = mkdtempSync(join(tmpdir(), "engram-recent-"));
    mkdirSync(join(stateDir, "done"));
  });
  afterEach(() => rmSync(stateDir, { recursive: true, force: true }));

  const open = (): OperationStore =>
    new OperationStore(stateDir, { live: () => null, changed: () => undefined, log: () => undefined, now: () => now });

  function remember(index: number, began: Date): string {
    const opId = `stop-${began.toISOString().slice(0, 19).replace(/\D/g, "")}-${String(index).padStart(6, "0")}`;
    const head = { opId, azureDate: began.toISOString() };
    const planned = writeEntry({ ...head, seq: 0, prevHash: "" }, plannedBody);
    const ended = writeEntry({ ...head, seq: 1, prevHash: planned.entry.hash }, endedBody);
    writeFileSync(join(stateDir, "done", `${opId}.jsonl`), planned.line + ended.line);
    return opId;
  }

  it("lists the newest 500 of the last 90 days; the rest is counted, kept and read when asked for", async () => {
    const ids = Array.from({ length: 620 }, (_, index) => remember(index, new Date(now.getTime() - index * 60_000)));
    const old = remember(999_999, new Date(now.getTime() - 91 * day));
    const store = open();
    await store.refresh();
    assert.deepEqual(
      store.list().map(({ id }) => id),
      ids.slice(0, 500),
    );
    assert.equal(store.olderCount, 121);
    assert.equal(store.get(old)?.status, "succeeded");
    await store.refresh();
    assert.equal(store.olderCount, 120);
    await store.loadOlder();
    assert.deepEqual([store.list().length, store.olderCount], [621, 0]);
    assert.equal(readdirSync(join(stateDir, "done")).length, 621, "nothing is deleted");
  });

  it("does not list what began more than 90 days ago", async () => {
    remember(1, new Date(now.getTime() - 89 * day));
    remember(2, new Date(now.getTime() - 91 * day));
    const store = open();
    await store.refresh();
    assert.deepEqual([store.list().length, store.olderCount], [1, 1]);
  });

  it("opens no finished file twice, and none that is not listed", async () => {
    for (let index = 0; index < 600; index += 1) remember(index, new Date(now.getTime() - index * 60_000));
    const opened = countReads();
    const store = open();
    await store.refresh();
    await store.refresh();
    store.earlier("none", now.toISOString());
    assert.equal(opened.stop(), 500);
  });
});

/** Counts what the store reads, by either way of reading. */
function countReads(): { stop(): number } {
  const { readFileSync: read } = fs;
  const { readFile } = fs.promises;
  let count = 0;
  const isJournal = (path: unknown): number => (/[\\/]done[\\/]/.test(String(path)) ? 1 : 0);
  Object.assign(fs, {
    readFileSync: (...args: Parameters<typeof read>) => ((count += isJournal(args[0])), read(...args)),
  });
  Object.assign(fs.promises, {
    readFile: (...args: Parameters<typeof readFile>) => ((count += isJournal(args[0])), readFile(...args)),
  });
  syncBuiltinESMExports();
  return {
    stop: () => {
      Object.assign(fs, { readFileSync: read });
      Object.assign(fs.promises, { readFile });
      syncBuiltinESMExports();
      return count;
    },
  };
}

const plannedBody: EntryBody = {
  state: "planned",
  kind: "stop",
  environment: "orders",
  environmentId: "s/rg/orders",
  title: "Stop orders-pg",
  actor: "kim",
  planHash: "h",
  madeAt: now.toISOString(),
  sandbox: true,
  steps: [{ change: { kind: "stop", id: "/servers/orders" }, title: "Stop orders-pg", before: {}, expect: {} }],
};

const endedBody: EntryBody = { state: "ended", status: "succeeded", error: null };
