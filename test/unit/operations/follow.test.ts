import assert from "node:assert/strict";
import { AzureError } from "../../../src/azure/ports.ts";
import { exitOf } from "../../../src/cli/exitCodes.ts";
import { fakeEnvironment, FakeAzure, fakeServer } from "../../support/fakeAzure.ts";
import { bench, type Bench } from "./harness.ts";

const server = fakeServer("orders-dev-pg");
const replica = fakeServer("orders-dev-replica", { sourceServerId: server.id, replicationRole: "AsyncReplica" });
const environment = fakeEnvironment(server);
const stop = { operation: "stop" } as const;

describe("following an operation", () => {
  let fake: FakeAzure;
  let b: Bench;
  beforeEach(() => {
    fake = new FakeAzure().add(server);
    b = bench(fake);
  });
  afterEach(() => b.clean());

  const minutes = (from: number): number => (fake.now - from) / 60_000;

  it("sends nothing when it is stopped before the send, and says so", async () => {
    const id = b.operations.begin(await b.operations.plan(stop, environment));
    // At once: the state is still being read.
    b.operations.stopWaiting(id);
    const record = await b.operations.settled(id);
    assert.deepEqual([record.status, record.error?.code, fake.writes], ["canceled", "stopped", []]);
    assert.equal((await b.operations.run(await b.operations.plan(stop, environment))).status, "succeeded");
  });

  it("sends no further step after it is stopped between two", async () => {
    fake.add(replica);
    const id = b.operations.begin(await b.operations.plan(stop, environment));
    fake.onRead = (read) => {
      if (read.id === server.id && read.state === "Stopped") setImmediate(() => b.operations.stopWaiting(id));
      return read;
    };
    const record = await b.operations.settled(id);
    assert.equal(fake.writes.length, 1);
    assert.ok(["canceled", "running"].includes(record.status));
  });

  it("tells which resources of a half-done operation are changed and which are not", async () => {
    fake.add(replica);
    const plan = await b.operations.plan(stop, environment);
    fake.onSend = ({ id }) =>
      void (fake.sendFault =
        id === replica.id
          ? { commit: false, error: new AzureError("rights", "No.", { code: "AuthorizationFailed" }) }
          : null);
    const { status, error, resources } = await b.operations.run(plan);
    assert.equal(status, "failed");
    assert.match(error?.message ?? "", /^Done: Stop orders-dev-pg\. Not done: Stop orders-dev-replica\./);
    assert.deepEqual(
      resources.map(({ after }) => after),
      [{ state: "Stopped" }, { state: "Ready" }],
    );
  });

  it("names action and role for a 403 that does not", async () => {
    const plan = await b.operations.plan(stop, environment);
    fake.sendFault = { commit: false, error: new AzureError("rights", "No.", { code: "AuthorizationFailed" }) };
    const { error } = await b.operations.run(plan);
    assert.match(error?.message ?? "", /Microsoft\.DBforPostgreSQL\/flexibleServers\/stop\/action on orders-dev-pg/);
    assert.match(error?.message ?? "", /Contributor/);
  });

  it("keeps to its deadline when polls ask to wait an hour, and lets the server decide first", async () => {
    const begun = fake.now;
    fake.speed = 600;
    const plan = await b.operations.plan(stop, environment);
    fake.onPoll = () => {
      throw new AzureError("throttled", "Slow down.", { retryAfterMs: 3_600_000 });
    };
    const record = await b.operations.run(plan);
    assert.equal(record.status, "succeeded", record.error?.message);
    assert.ok(minutes(begun) <= 21, `${minutes(begun)} minutes`);
  });

  it("says the true minutes when the server has not arrived at the deadline", async () => {
    fake.durationMs = 24 * 3_600_000;
    const begun = fake.now;
    const record = await b.operations.run(await b.operations.plan(stop, environment));
    assert.deepEqual([record.status, record.error?.code], ["running", "stillRunning"]);
    assert.match(record.error?.message ?? "", new RegExp(`after ${Math.round(minutes(begun))} minutes`));
  });

  it("looks at the server when polls do not answer for ever", async () => {
    const begun = fake.now;
    const plan = await b.operations.plan(stop, environment);
    fake.onPoll = () => {
      throw new AzureError("unavailable", "500");
    };
    assert.equal((await b.operations.run(plan)).status, "succeeded");
    assert.ok(minutes(begun) < 5, `${minutes(begun)} minutes`);
  });

  it("does not say that Azure goes on when the server is as asked already", async () => {
    const id = b.operations.begin(await b.operations.plan(stop, environment));
    fake.onPoll = (state) => {
      if (state.status === "succeeded") b.operations.stopWaiting(id);
      return { ...state, status: "running" };
    };
    const { phase } = await b.operations.settled(id);
    assert.match(phase, /is as asked/);
    assert.doesNotMatch(phase, /goes on/);
  });

  it("counts an operation that ran and failed as failed, whatever its code", async () => {
    fake.failWith = { code: "ServerIsBusy", message: "Busy." };
    const record = await b.operations.run(await b.operations.plan(stop, environment));
    assert.deepEqual([record.error?.code, exitOf(record)], ["ServerIsBusy", 1]);
  });
});
