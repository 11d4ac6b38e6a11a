import assert from "node:assert/strict";
import { Poller } from "../../../src/inventory/poller.ts";

/** Time as a test moves it. */
class Hands {
  time = 0;
  #timers = new Map<number, { readonly at: number; readonly run: () => void }>();
  #next = 1;

  readonly timers = {
    set: (run: () => void, milliseconds: number): unknown => {
      this.#timers.set(this.#next, { at: this.time + milliseconds, run });
      return this.#next++;
    },
    clear: (handle: unknown): void => void this.#timers.delete(handle as number),
  };

  get waiting(): number {
    return this.#timers.size;
  }

  async pass(milliseconds: number): Promise<void> {
    const end = this.time + milliseconds;
    for (;;) {
      const due = [...this.#timers].filter(([, { at }]) => at <= end).sort(([, a], [, b]) => a.at - b.at)[0];
      if (due === undefined) break;
      this.#timers.delete(due[0]);
      this.time = due[1].at;
      due[1].run();
      await new Promise((resolve) => setImmediate(resolve));
    }
    this.time = end;
  }
}

function setUp() {
  const hands = new Hands();
  const reads: string[] = [];
  let fails = false;
  const poller = new Poller({
    now: () => hands.time,
    timers: hands.timers,
    refresh: async () => {
      reads.push(`${hands.time / 1000} all`);
      if (fails) throw new Error("offline");
    },
    follow: async (ids) => void reads.push(`${hands.time / 1000} ${ids.join()}`),
  });
  return { hands, reads, poller, fail: () => (fails = true) };
}

describe("polling", () => {
  it("reads everything each minute while visible, and nothing while hidden", async () => {
    const { hands, reads, poller } = setUp();
    poller.setVisible("visible");
    await hands.pass(200_000);
    assert.deepEqual(reads, [], "nothing is polled before the first reading");
    poller.refreshed();
    await hands.pass(130_000);
    poller.setVisible("hidden");
    await hands.pass(600_000);
    assert.deepEqual(reads, ["260 all", "320 all"]);
    assert.equal(hands.waiting, 0);
  });

  it("reads at once when shown again with old data", async () => {
    const { hands, reads, poller } = setUp();
    poller.refreshed();
    await hands.pass(600_000);
    poller.setVisible("visible");
    await hands.pass(1);
    assert.deepEqual(reads, ["600 all"]);
  });

  it("follows what moves every 5 s, however often it is told so, and everything each minute still", async () => {
    const { hands, reads, poller } = setUp();
    poller.refreshed();
    poller.setVisible("visible");
    for (let second = 0; second < 66; second += 1) {
      poller.setMoving(["pg"]);
      await hands.pass(1000);
    }
    assert.deepEqual(reads.slice(0, 3), ["5 pg", "10 pg", "15 pg"]);
    assert.deepEqual(reads.slice(-3), ["55 pg", "60 all", "65 pg"]);
    poller.setMoving([]);
    await hands.pass(50_000);
    assert.equal(reads.length, 13);
  });

  it("rests when Azure asks to slow down, and goes on after a failure", async () => {
    const { hands, reads, poller, fail } = setUp();
    poller.refreshed();
    poller.setVisible("visible");
    poller.slowDown(150_000);
    fail();
    await hands.pass(250_000);
    assert.deepEqual(reads, ["150 all", "210 all"]);
    poller.dispose();
    await hands.pass(250_000);
    assert.equal(reads.length, 2);
  });
});
