import assert from "node:assert/strict";
import type { Server } from "../../../src/environments/model.ts";
import type { Receipt } from "../../../src/environments/receipts.ts";
import type { Money } from "../../../src/environments/receiptsMoney.ts";
import { restartReceipt, startReceipt, stopReceipt, type ReceiptFacts } from "../../../src/environments/receipts.ts";
import { configureReceipt } from "../../../src/environments/receiptsConfigure.ts";
import { scaleReceipt } from "../../../src/environments/receiptsScale.ts";
import { serverMonthly, shippedPrices, stoppedMonthly, type PriceTable } from "../../../src/sizing/prices.ts";
import { fakeEnvironment, FakeAzure, fakeServer } from "../../support/fakeAzure.ts";
import { bench } from "../operations/harness.ts";

const prices = shippedPrices("eastus") as PriceTable;
const primary = fakeServer("orders-pg");
const replica = (name: string, part: Partial<Server> = {}): Server =>
  fakeServer(name, { sourceServerId: primary.id, replicationRole: "AsyncReplica", ...part });
const a = replica("orders-a");
const b = replica("orders-b", { sku: { name: "Standard_D8ds_v5", tier: "GeneralPurpose" } });

function facts(replicas: readonly Server[], server = primary): ReceiptFacts {
  return { environment: fakeEnvironment(server), server, replicas, prices, actor: "kim" };
}

function cost(skuName: string): number {
  return serverMonthly({ skuName, storageGiB: 128, highAvailability: false }, prices)?.total ?? Number.NaN;
}

const disk =
  stoppedMonthly({ skuName: "Standard_D2ds_v5", storageGiB: 128, highAvailability: false }, prices)?.total ?? 0;

function near(actual: number | null | undefined, expected: number): void {
  assert.ok(Math.abs((actual ?? Number.NaN) - expected) < 0.01, `${actual} is not ${expected}`);
}

async function scaleMoney(sku: string, replicas: readonly Server[]): Promise<Money> {
  const fake = new FakeAzure().add(primary);
  for (const one of replicas) fake.add(one);
  const engine = bench(fake);
  const plan = await engine.operations.plan({ operation: "scale", sku }, fakeEnvironment(primary));
  engine.clean();
  assert.ok(plan.receipt.money !== null);
  return plan.receipt.money;
}

describe("the money of a receipt", () => {
  it("counts the replicas that stop and start with their primary, and says so", () => {
    const { money } = stopReceipt(facts([a, b]));
    near(money?.before, 2 * cost("Standard_D2ds_v5") + cost("Standard_D8ds_v5"));
    near(money?.after, 3 * disk);
    assert.match(money?.note ?? "", /^Counted: orders-pg and its replicas orders-a, orders-b\./);
    const asleep = [a, b].map((one) => ({ ...one, state: "Stopped" }));
    const started = startReceipt(facts(asleep, { ...primary, state: "Stopped" })).money;
    near(started?.before, 3 * disk);
    near(started?.after, 2 * cost("Standard_D2ds_v5") + cost("Standard_D8ds_v5"));
  });

  it("counts every server that a scale changes, before and after, and no other", async () => {
    const money = await scaleMoney("D4ds_v5", [a, b]);
    near(money.before, 2 * cost("Standard_D2ds_v5"));
    near(money.after, 2 * cost("Standard_D4ds_v5"));
    assert.match(money.note, /^Counted: orders-pg and its replica orders-a; 1 replica that it leaves as it is not\./);
    assert.match((await scaleMoney("D4ds_v5", [])).note, /^Counted: orders-pg\./);
  });

  it("is not known when a replica lives where no price is known", () => {
    const far = replica("orders-far", { location: "nowhere" });
    assert.equal(stopReceipt(facts([far])).money, null);
    const known = stopReceipt({ ...facts([far]), replicaPrices: new Map([["nowhere", prices]]) });
    near(known.money?.after, 2 * disk);
  });
});

describe("a receipt", () => {
  it("says that shipped prices are shipped, in words and not by a file of the source", () => {
    const note = stopReceipt(facts([])).money?.note ?? "";
    assert.match(note, /shipped with Engram/);
    assert.doesNotMatch(note, /src\/|\.json/);
  });

  it("names documents as people call them, never by file", () => {
    const scale = {
      size: null,
      storageGiB: null,
      bills: [],
      maxConnections: 859,
      lastBackup: null,
      backupFirst: false,
    };
    const size = {
      name: "Standard_D4ds_v5",
      tier: "GeneralPurpose",
      vCores: 4,
      memoryGiB: 16,
      maxIops: null,
      highAvailability: [],
      restriction: null,
    };
    const all: readonly Receipt[] = [
      stopReceipt(facts([a])),
      startReceipt(facts([a])),
      restartReceipt(facts([]), true),
      configureReceipt(facts([]), { autoGrow: true }),
      scaleReceipt({ ...facts([a]), ...scale, size, bills: [{ server: a, billed: { after: "asToday" } }] }),
      scaleReceipt({ ...facts([]), ...scale, storageGiB: 256 }),
      scaleReceipt({ ...facts([]), ...scale, storageGiB: 4096 }),
    ];
    const text = all.map((one) => JSON.stringify(one)).join("\n");
    assert.doesNotMatch(text, /\.md\b/);
    for (const name of ["stop and start a server", "read replicas", "scaling a server", "Premium SSD", "limits"])
      assert.match(text, new RegExp(`Azure docs: [^)]*${name}`));
  });
});
