import assert from "node:assert/strict";
import { Inventory } from "../../../src/inventory/inventory.ts";
import type { Timers } from "../../../src/inventory/poller.ts";
import { defaultDisplay } from "../../../src/tree/facts.ts";
import { fleetRows } from "../../../src/tree/fleetRows.ts";
import { row, type Row } from "../../../src/tree/row.ts";
import { RowTree, type Repaint } from "../../../src/tree/rowTree.ts";
import { account, server } from "../environments/fixtures.ts";
import { FakeAzure, MemoryCache, gate, measured, problem } from "../inventory/fakeAzure.ts";
import { facts } from "./fixtures.ts";

const leaf = (id: string, description = ""): Row => row({ id, label: id, description });
const group = (id: string, ...children: readonly Row[]): Row => row({ id, label: id, children: () => children });

/** Timers that ring when the test says so. */
class HandTimers implements Timers {
  private ringing: (() => void)[] = [];
  set(run: () => void): unknown {
    this.ringing.push(run);
    return run;
  }
  clear(handle: unknown): void {
    this.ringing = this.ringing.filter((run) => run !== handle);
  }
  ring(): void {
    for (const run of this.ringing.splice(0)) run();
  }
}

function setUp(rows: () => readonly Row[]) {
  const timers = new HandTimers();
  const tree = new RowTree({ rows, timers });
  const repaints: (readonly string[] | "all")[] = [];
  const note = (change: Repaint): void => void repaints.push(change === "all" ? change : change.map(({ id }) => id));
  tree.onDidChange(note);
  return { tree, timers, repaints };
}

describe("the repaints of a tree", () => {
  it("are one for all that changes within a breath, of the rows that look different", () => {
    let shown: readonly Row[] = [group("g", leaf("a"), leaf("b"), leaf("c"))];
    const { tree, timers, repaints } = setUp(() => shown);
    tree.changed();
    timers.ring();
    const [open] = tree.roots();
    assert.ok(open);
    tree.childrenOf(open);
    for (const description of ["1", "2", "3"]) {
      shown = [group("g", leaf("a", description), leaf("b"), leaf("c", description))];
      tree.changed();
    }
    timers.ring();
    assert.deepEqual(repaints, ["all", ["a", "c"]]);
  });

  it("do not happen when nothing looks different", () => {
    const { tree, timers, repaints } = setUp(() => [leaf("a")]);
    for (let times = 0; times < 3; times++) {
      tree.changed();
      timers.ring();
    }
    assert.deepEqual(repaints, ["all"]);
  });

  it("wait while children are being read, and come afterwards", async () => {
    let shown: readonly Row[] = [leaf("a")];
    const { tree, timers, repaints } = setUp(() => shown);
    const read = gate();
    const still = tree.still(read.opened);
    tree.changed();
    timers.ring();
    shown = [leaf("a"), leaf("b")];
    tree.changed();
    timers.ring();
    assert.deepEqual(repaints, []);
    read.open();
    await still;
    timers.ring();
    assert.deepEqual(repaints, ["all"]);
    assert.deepEqual(
      tree.roots().map(({ id }) => id),
      ["a", "b"],
    );
  });

  it("of a start from the cache are the first paint and the rows that were measured", async () => {
    const resources = ["orders", "search", "billing"].flatMap((name) => [
      server(`${name}-pg`, { resourceGroup: name }),
      account(`${name}st`, { resourceGroup: name }),
    ]);
    const cache = new MemoryCache();
    const before = new FakeAzure();
    before.list(...resources);
    await new Inventory({ azure: before.azure, cache, pins: () => [], log: () => undefined }).refresh();
    const fake = new FakeAzure();
    fake.list(...resources);
    fake.batch = async ({ resourceIds }) =>
      resourceIds.map((id) => measured(id, fake.now, /orders-pg/.test(id) ? { cpu_percent: [42] } : {}));
    const inventory = new Inventory({ azure: fake.azure, cache, pins: () => [], log: () => undefined });
    const { tree, timers, repaints } = setUp(() =>
      fleetRows(
        {
          ...facts(),
          environments: inventory.snapshot.environments,
          problems: inventory.snapshot.problems,
          serverMetrics: (id) => inventory.serverMetrics(id),
        },
        { ...defaultDisplay, group: "none" },
      ),
    );
    let changes = 0;
    inventory.onDidChange(() => (changes++, tree.changed()));
    await inventory.loadCache();
    timers.ring();
    await inventory.refresh();
    timers.ring();
    inventory.dispose();
    assert.ok(changes >= 4, String(changes));
    assert.equal(repaints.length, 2);
    assert.equal(repaints[0], "all");
    assert.equal(repaints[1]?.length, 1);
    assert.match(String(repaints[1]), /\/orders\//);
  });

  it("of a part that cannot be read leave the rows above it where they are", async () => {
    const fake = new FakeAzure();
    fake.subscriptions = [...fake.subscriptions, problem("/subscriptions/other")];
    fake.list(server("orders-pg"));
    const inventory = new Inventory({ azure: fake.azure, cache: new MemoryCache(), pins: () => [], log: () => {} });
    await inventory.refresh();
    const { environments, problems } = inventory.snapshot;
    inventory.dispose();
    const ids = fleetRows({ ...facts(), environments, problems }, defaultDisplay).map(({ id }) => id);
    assert.deepEqual([ids.length, ids.at(-1)?.startsWith("problem|")], [2, true]);
  });
});
