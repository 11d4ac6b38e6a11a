import assert from "node:assert/strict";
import { fakeEnvironment, FakeAzure, fakeServer } from "../../support/fakeAzure.ts";
import { bench, type Bench } from "./harness.ts";

describe("an operation", () => {
  const server = fakeServer("orders-dev-pg");
  let fake: FakeAzure;
  let b: Bench;
  beforeEach(() => {
    fake = new FakeAzure().add(server);
    b = bench(fake);
  });
  afterEach(() => b.clean());

  it("stops a server: one write, followed, verified twice, remembered", async () => {
    const plan = await b.operations.plan({ operation: "stop" }, fakeEnvironment(server));
    const record = await b.operations.run(plan);
    assert.equal(record.status, "succeeded");
    assert.equal(fake.server(server.id).state, "Stopped");
    assert.deepEqual(
      fake.writes.map(({ kind }) => kind),
      ["stop"],
    );
    assert.deepEqual(record.resources[0]?.after, { state: "Stopped" });
  });

  it("starts a stopped server", async () => {
    fake.change(server.id, { state: "Stopped" });
    const plan = await b.operations.plan({ operation: "start" }, fakeEnvironment(server));
    const record = await b.operations.run(plan);
    assert.equal(record.status, "succeeded");
    assert.equal(fake.server(server.id).state, "Ready");
  });

  it("has nothing to do for a server that is stopped already", async () => {
    fake.change(server.id, { state: "Stopped" });
    const plan = await b.operations.plan({ operation: "stop" }, fakeEnvironment(server));
    assert.deepEqual(plan.steps, []);
    assert.deepEqual(
      plan.findings.map(({ code }) => code),
      ["alreadySo"],
    );
  });
});
