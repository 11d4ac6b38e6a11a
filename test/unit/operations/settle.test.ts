import assert from "node:assert/strict";
import { AzureError } from "../../../src/azure/ports.ts";
import type { OperationRecord } from "../../../src/operations/model.ts";
import { fakeEnvironment, FakeAzure, fakeServer } from "../../support/fakeAzure.ts";
import { bench, type Bench } from "./harness.ts";

/** The answer to a write was lost; what follows is decided by reads alone, in Azure's time. */
describe("a lost answer", () => {
  const server = fakeServer("orders-dev-pg");
  let fake: FakeAzure;
  let b: Bench;
  beforeEach(() => {
    fake = new FakeAzure().add(server);
    b = bench(fake);
  });
  afterEach(() => b.clean());

  async function scaleLosingTheAnswer(commit: boolean): Promise<OperationRecord> {
    const plan = await b.operations.plan({ operation: "scale", sku: "D4ds_v5" }, fakeEnvironment(server));
    fake.sendFault = { commit, error: new AzureError("offline", "The connection was reset.", { sent: "unknown" }) };
    return b.operations.run(plan);
  }

  const silent = (): void => void (fake.onActivity = () => []);
  const unread = (): void =>
    void (fake.onActivity = () => {
      throw new AzureError("unavailable", "The activity log does not answer.");
    });

  /** Reads show the old value this long after the write was taken. */
  function staleFor(milliseconds: number): void {
    let sentAt = Number.POSITIVE_INFINITY;
    fake.onSend = () => void (sentAt = fake.now);
    fake.onRead = (read) => (fake.now - sentAt < milliseconds ? { ...server } : read);
  }

  for (const [name, log] of [
    ["a silent", silent],
    ["an unread", unread],
  ] as const) {
    it(`is not called unsent while reads are stale for 60 s, with ${name} activity log`, async () => {
      log();
      staleFor(60_000);
      const record = await scaleLosingTheAnswer(true);
      assert.deepEqual([record.status, fake.writes.length], ["succeeded", 1], record.error?.message);
    });
  }

  it("is called unsent when the resource stays as it was for 90 s and is seen so twice", async () => {
    silent();
    const sentAt = fake.now;
    const record = await scaleLosingTheAnswer(false);
    assert.deepEqual([record.status, record.error?.code], ["failed", "noEffect"]);
    assert.ok(fake.now - sentAt >= 90_000, `decided after ${(fake.now - sentAt) / 1000} s`);
  });

  it("is not decided by the first read that answers, however late it comes", async () => {
    silent();
    const sentAt = fake.now;
    let answered = 0;
    fake.onRead = (read, reads) => {
      if (reads > 2 && fake.now - sentAt < 200_000) throw new AzureError("unavailable", "Azure does not answer.");
      if (reads > 2) answered += 1;
      return read;
    };
    assert.equal((await scaleLosingTheAnswer(false)).error?.code, "noEffect");
    assert.ok(answered >= 2, `decided by ${answered} read`);
  });

  it("stays unknown when nobody can read the activity log", async () => {
    unread();
    const record = await scaleLosingTheAnswer(false);
    assert.deepEqual([record.status, record.error?.code], ["unknown", "unknown"]);
    assert.equal(fake.writes.length, 1);
  });
});
