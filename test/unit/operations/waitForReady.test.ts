import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { AzureError } from "../../../src/azure/ports.ts";
import { readChain } from "../../../src/operations/entries.ts";
import { refusalOf } from "../../../src/operations/planner.ts";
import { PlanRefused, type OperationRequest } from "../../../src/operations/request.ts";
import type { WaitForReady } from "../../../src/operations/waitForReady.ts";
import { fakeEnvironment, FakeAzure, fakeServer } from "../../support/fakeAzure.ts";
import { bench, type Bench } from "./harness.ts";

const server = fakeServer("orders-dev-pg");
const environment = fakeEnvironment(server);
const stop = { operation: "stop" } as const;
const busy = new AzureError("busy", "The server is busy.", { code: "ServerIsBusy", status: 409 });

describe("wait and continue", () => {
  let fake: FakeAzure;
  let b: Bench;
  let told: string[];
  let controller: AbortController;
  beforeEach(() => {
    fake = new FakeAzure().add(server);
    b = bench(fake);
    told = [];
    controller = new AbortController();
  });
  afterEach(() => b.clean());

  const wait = (request: OperationRequest = stop): WaitForReady => ({
    request,
    environment,
    signal: controller.signal,
    waiting: (text) => void told.push(text),
  });

  /** Azure's own work on the server, for so long. */
  function moveFor(minutes: number): void {
    const end = fake.now + minutes * 60_000;
    fake.onRead = (read) => (fake.now < end ? { ...read, state: "Updating" } : read);
  }

  function refuse(times: number): void {
    let left = times;
    fake.onSend = () => {
      fake.sendFault = left > 0 ? { commit: false, error: busy } : null;
      left -= 1;
    };
  }

  it("plans once the server moves no more, and tells whose state it waits for", async () => {
    moveFor(10);
    const begun = fake.now;
    const plan = await b.operations.planWhenReady(wait());
    assert.equal(refusalOf(plan), null);
    assert.ok(fake.now - begun >= 600_000 && fake.now - begun < 620_000, `${fake.now - begun} ms`);
    assert.match(told[0] ?? "", /orders-dev-pg is Updating/);
    assert.ok(fake.reads >= 600 / 15, `${fake.reads} reads`);
  });

  it("gives up after 30 minutes of Azure's time and still says busy", async () => {
    moveFor(600);
    const begun = fake.now;
    assert.equal(refusalOf(await b.operations.planWhenReady(wait()))?.code, "serverBusy");
    assert.ok(Math.abs(fake.now - begun - 30 * 60_000) <= 15_000);
  });

  it("ends at once when nobody waits any more", async () => {
    moveFor(600);
    fake.onSleep = () => controller.abort();
    await assert.rejects(b.operations.planWhenReady(wait()));
    assert.deepEqual(fake.writes, []);
  });

  it("goes on after refusals with the same plan: one accepted write, each refusal closed before the next intent", async () => {
    refuse(2);
    const plan = await b.operations.plan(stop, environment);
    const record = await b.operations.runWhenReady(plan, wait());
    assert.equal(record.status, "succeeded");
    assert.deepEqual([fake.writes.length, fake.server(server.id).state], [3, "Stopped"]);
    const chains = readdirSync(join(b.stateDir, "done")).map(
      (name) => readChain(readFileSync(join(b.stateDir, "done", name), "utf8")).entries,
    );
    chains.sort((left, right) => (left[0]?.azureDate ?? "").localeCompare(right[0]?.azureDate ?? ""));
    const refused = ["planned", "intent", "outcome", "ended"];
    const states = chains.map((entries) => entries.map(({ body }) => body.state));
    assert.deepEqual(states, [refused, refused, ["planned", "intent", "accepted", "outcome", "ended"]]);
    for (const entries of chains.slice(0, 2)) {
      const outcome = entries.find(({ body }) => body.state === "outcome")?.body;
      assert.equal(outcome?.state === "outcome" && outcome.outcome, "notHappened");
    }
  });

  it("waits also when the server began to move between plan and send", async () => {
    const plan = await b.operations.plan(stop, environment);
    moveFor(2);
    const record = await b.operations.runWhenReady(plan, wait());
    assert.deepEqual([record.status, fake.writes.length], ["succeeded", 1]);
    assert.match(told[0] ?? "", /is Updating/);
  });

  it("sends nothing more when the server is another one afterwards", async () => {
    const scale = { operation: "scale", sku: "D4ds_v5" } as const;
    const plan = await b.operations.plan(scale, environment);
    refuse(1);
    fake.onSleep = () => fake.change(server.id, { sku: { name: "Standard_D8ds_v5", tier: "GeneralPurpose" } });
    await assert.rejects(
      b.operations.runWhenReady(plan, wait(scale)),
      (cause: unknown) => cause instanceof PlanRefused && cause.code === "changedSincePlanned",
    );
    assert.equal(fake.writes.length, 1);
  });

  it("goes on with the rest after a done step, and does not back up twice", async () => {
    const scale = { operation: "scale", sku: "D4ds_v5", backupFirst: true } as const;
    const plan = await b.operations.plan(scale, environment);
    let refusals = 1;
    fake.onSend = ({ kind }) => {
      const refused = kind === "updateServer" && refusals-- > 0;
      fake.sendFault = refused ? { commit: false, error: busy } : null;
    };
    const record = await b.operations.runWhenReady(plan, wait(scale));
    assert.equal(record.status, "succeeded");
    assert.deepEqual(
      fake.writes.map(({ kind }) => kind),
      ["backup", "updateServer", "updateServer"],
    );
    assert.equal(fake.server(server.id).sku?.name, "Standard_D4ds_v5");
  });

  it("does not send again what Azure accepted and then failed as busy", async () => {
    fake.failWith = { code: "ServerIsBusy", message: "Busy." };
    const record = await b.operations.runWhenReady(await b.operations.plan(stop, environment), wait());
    assert.deepEqual([record.status, record.error?.code, fake.writes.length], ["failed", "ServerIsBusy", 1]);
  });

  it("asks a server that looks ready and refuses for half an hour ever less often", async () => {
    refuse(1_000);
    const begun = fake.now;
    const record = await b.operations.runWhenReady(await b.operations.plan(stop, environment), wait());
    assert.equal(record.reason, "busy");
    assert.ok(fake.writes.length <= 12, `${fake.writes.length} tries`);
    assert.ok(fake.now - begun <= 30 * 60_000);
  });
});
