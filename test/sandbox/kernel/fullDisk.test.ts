import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSandbox } from "../../../sandbox/kernel.ts";
import { fileLog } from "../../../sandbox/log.ts";
import { fileStore, replaceFile } from "../../../sandbox/state.ts";
import type { StateStore } from "../../../sandbox/state.ts";
import type { State } from "../../../sandbox/types.ts";
import { goodToken, server, serverId, start, stateOf } from "../support.ts";

/** A store in memory whose disk can be full. */
function disk(): StateStore & { full: boolean } {
  let kept = "null";
  const store = {
    full: false,
    save: (state: State) => {
      if (store.full) throw Object.assign(new Error("ENOSPC: no space left on device"), { code: "ENOSPC" });
      kept = JSON.stringify(state);
    },
    load: () => JSON.parse(kept) as State | null,
  };
  return store;
}

function lab(store: StateStore) {
  const sandbox = createSandbox({ state: stateOf(server("one-pg")), store, realNow: () => start });
  const query = new URLSearchParams("api-version=2025-08-01");
  const headers = { authorization: `Bearer ${goodToken()}` };
  const ask = (method: string, path: string) =>
    sandbox.handle({ method, host: "management.azure.com", path, query, headers, body: null });
  const stateNow = async () =>
    ((await ask("GET", serverId)).body as { properties: { state: string } }).properties.state;
  return { ask, stateNow, sandbox };
}

describe("a disk without room", () => {
  it("makes a change that cannot be kept one that never happened", async () => {
    const store = disk();
    const { ask, stateNow, sandbox } = lab(store);
    store.full = true;
    await assert.rejects(ask("POST", `${serverId}/stop`), /ENOSPC/);
    assert.equal(await stateNow(), "Ready");
    store.full = false;
    assert.equal((await ask("POST", `${serverId}/stop`)).status, 202, "nothing of the first attempt is in the way");
    assert.equal(Object.keys(sandbox.world.state.operations).length, 1);
    assert.equal(store.load()?.resources[serverId.toLowerCase()]?.properties["state"], "Stopping");
  });

  describe("on files", () => {
    let folder: string;
    beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "engram-full-"))));
    afterEach(() => rmSync(folder, { recursive: true, force: true }));

    it("leaves no half-written copy beside a file that could not be replaced", () => {
      const target = join(folder, "state.json");
      mkdirSync(target);
      assert.throws(() => replaceFile(target, "{}"), /EISDIR|EPERM|ENOTEMPTY|EEXIST/);
      assert.deepEqual(readdirSync(folder), ["state.json"]);
    });

    it("keeps the log's numbers without a gap when a line could not be written", () => {
      const file = join(folder, "log.jsonl");
      const log = fileLog(file);
      const entry = {
        at: "",
        method: "GET",
        host: "",
        path: "/",
        query: {},
        body: null,
        status: 200,
        authenticated: true,
      };
      log.append(entry);
      const circular: { self?: unknown } = {};
      circular.self = circular;
      assert.throws(() => log.append({ ...entry, body: circular }), /circular/);
      log.append(entry);
      assert.deepEqual(
        log.entries().map(({ seq }) => seq),
        [1, 2],
      );
    });

    it("is reverted to by what the file holds", () => {
      const file = join(folder, "state.json");
      const store = fileStore(file);
      assert.equal(store.load(), null);
      store.save(stateOf());
      assert.deepEqual(store.load(), JSON.parse(readFileSync(file, "utf8")));
    });
  });
});
