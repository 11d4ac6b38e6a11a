import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import * as vscode from "vscode";
import { CacheStore } from "../../../src/platform/cacheStore.ts";

describe("a cache in the extension's storage", () => {
  let folder: string;
  beforeEach(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), "engram-cache-"))));
  afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

  function store(): CacheStore {
    return new CacheStore(vscode.Uri.file(path.join(folder, "deeper")), "environments.jsonl");
  }

  it("is null before the first write, and then what was written last, with nothing left beside it", async () => {
    assert.equal(await store().read(), null);
    await store().write("one");
    await store().write("two");
    assert.equal(await store().read(), "two");
    assert.deepEqual(fs.readdirSync(path.join(folder, "deeper")), ["environments.jsonl"]);
  });

  it("is replaced as a whole: whoever had the old file open reads it to its end", async () => {
    await store().write("old and whole");
    const file = path.join(folder, "deeper", "environments.jsonl");
    const reader = fs.openSync(file, "r");
    await store().write("new");
    assert.equal(fs.readFileSync(reader, "utf8"), "old and whole");
    fs.closeSync(reader);
  });
});
