import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AzureError } from "../../src/azure/ports.ts";
import type { Operations } from "../../src/operations/operations.ts";
import { shippedPrices, type PriceTable } from "../../src/sizing/prices.ts";
import { fakeEnvironment, FakeAzure, fakeServer } from "../support/fakeAzure.ts";

/** What holds for every correct engine; each throws when it does not. Run against the source and against mutants of it. */
export type Scenario = (engine: typeof Operations) => Promise<void>;

const server = fakeServer("orders-dev-pg");

interface Stage {
  readonly fake: FakeAzure;
  readonly operations: Operations;
  readonly stateDir: string;
}

async function onStage(engine: typeof Operations, play: (stage: Stage) => Promise<void>): Promise<void> {
  const fake = new FakeAzure().add(server);
  const stateDir = mkdtempSync(join(tmpdir(), "engram-scenario-"));
  const prices = async (): Promise<PriceTable> => shippedPrices("eastus") as PriceTable;
  const operations = new engine({ azure: fake.azure, stateDir, prices, log: () => undefined });
  try {
    await play({ fake, operations, stateDir });
  } finally {
    operations.dispose();
    rmSync(stateDir, { recursive: true, force: true });
  }
}

export const lostAnswerIsNotSentAgain: Scenario = (engine) =>
  onStage(engine, async ({ fake, operations }) => {
    fake.sendFault = {
      commit: true,
      error: new AzureError("offline", "The connection was reset.", { sent: "unknown" }),
    };
    const record = await operations.run(await operations.plan({ operation: "stop" }, fakeEnvironment(server)));
    assert.equal(fake.writes.length, 1);
    assert.equal(record.status, "succeeded");
  });

export const succeededIsVerified: Scenario = (engine) =>
  onStage(engine, async ({ fake, operations }) => {
    fake.onRead = (read) => ({ ...read, state: "Ready", sku: server.sku });
    const plan = await operations.plan({ operation: "scale", sku: "D4ds_v5" }, fakeEnvironment(server));
    const record = await operations.run(plan);
    assert.equal(record.status, "unknown");
    assert.equal(record.error?.code, "notVerified");
    assert.equal(fake.writes.length, 1);
  });

export const intentIsOnDiskBeforeTheSend: Scenario = (engine) =>
  onStage(engine, async ({ fake, operations, stateDir }) => {
    let before = "";
    fake.onSend = () => {
      const [file = ""] = readdirSync(join(stateDir, "open"));
      before = readFileSync(join(stateDir, "open", file), "utf8");
    };
    await operations.run(await operations.plan({ operation: "stop" }, fakeEnvironment(server)));
    assert.match(before, /"state":"intent"/);
  });

export const stopWaitingStillReads: Scenario = (engine) =>
  onStage(engine, async ({ fake, operations }) => {
    const id = operations.begin(await operations.plan({ operation: "stop" }, fakeEnvironment(server)));
    fake.onSleep = () => operations.stopWaiting(id);
    const record = await operations.settled(id);
    assert.equal(record.status, "running");
    assert.match(record.phase, /is Stopping/);
    assert.equal(record.error, null);
  });

export const doneMeansStable: Scenario = (engine) =>
  onStage(engine, async ({ fake, operations }) => {
    fake.change(server.id, { state: "Stopped" });
    const plan = await operations.plan({ operation: "start" }, fakeEnvironment(server));
    let ready = 0;
    // Ready once, then Updating for good: the flip-back of azure-postgresql#134.
    fake.onRead = (read) => (read.state === "Ready" && (ready += 1) > 1 ? { ...read, state: "Updating" } : read);
    assert.equal((await operations.run(plan)).status, "running");
  });

export const resumeNeverSends: Scenario = (engine) =>
  onStage(engine, async ({ fake, operations, stateDir }) => {
    fake.sendFault = { commit: false, error: new AzureError("offline", "No answer.", { sent: "unknown" }) };
    const id = operations.begin(await operations.plan({ operation: "stop" }, fakeEnvironment(server)));
    fake.onSleep = () => operations.stopWaiting(id);
    await operations.settled(id);
    Object.assign(fake, { sendFault: null, onSleep: () => undefined });
    const prices = async (): Promise<PriceTable> => shippedPrices("eastus") as PriceTable;
    const next = new engine({ azure: fake.azure, stateDir, prices, log: () => undefined });
    const [record] = await next.resume(id);
    next.dispose();
    assert.equal(fake.writes.length, 1);
    assert.deepEqual([record?.status, record?.error?.code], ["failed", "noEffect"]);
  });
