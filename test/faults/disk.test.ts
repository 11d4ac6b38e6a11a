import assert from "node:assert/strict";
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { fakeEnvironment, FakeAzure, fakeServer } from "../support/fakeAzure.ts";
import { bench, type Bench } from "../unit/operations/harness.ts";

describe("a full disk", () => {
  const server = fakeServer("orders-dev-pg");
  const writeSync = fs.writeSync;
  let fake: FakeAzure;
  let b: Bench;
  beforeEach(() => {
    fake = new FakeAzure().add(server);
    b = bench(fake);
  });
  afterEach(() => {
    fs.writeSync = writeSync;
    syncBuiltinESMExports();
    b.clean();
  });

  /** From the first entry of this kind on, half a line fits and then nothing. */
  function fillAt(state: string): void {
    let full = false;
    fs.writeSync = ((descriptor: number, bytes: Buffer, offset: number) => {
      full ||= bytes.includes(`"state":"${state}"`);
      if (!full) return writeSync(descriptor, bytes, offset);
      writeSync(descriptor, bytes.subarray(0, Math.floor(bytes.length / 2)));
      throw Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
    }) as typeof fs.writeSync;
    syncBuiltinESMExports();
  }

  function emptyAgain(): void {
    fs.writeSync = writeSync;
    syncBuiltinESMExports();
  }

  const stop = async () => b.operations.run(await b.operations.plan({ operation: "stop" }, fakeEnvironment(server)));

  it("at the plan: nothing is sent and nothing is left", async () => {
    fillAt("planned");
    await assert.rejects(stop(), /disk is full.*nothing was sent/);
    assert.deepEqual(fake.writes, []);
    emptyAgain();
    assert.equal((await stop()).status, "succeeded");
  });

  it("at the intent: no call is sent, and it is said why", async () => {
    fillAt("intent");
    const record = await stop();
    assert.deepEqual([record.status, record.error?.code], ["failed", "ENOSPC"]);
    assert.deepEqual(fake.writes, []);
    emptyAgain();
    const [resumed] = await b.another().resume();
    assert.deepEqual([resumed?.status, resumed?.error?.code], ["failed", "notSent"]);
  });

  it("after the send: this process tells the truth, and the next start reads it from Azure again", async () => {
    fillAt("accepted");
    assert.equal((await stop()).status, "succeeded");
    assert.equal(fake.writes.length, 1);
    emptyAgain();
    const [resumed] = await b.another().resume();
    assert.equal(resumed?.status, "succeeded");
    assert.equal(fake.writes.length, 1);
  });
});
