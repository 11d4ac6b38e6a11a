import assert from "node:assert/strict";
import { AzureError } from "../../../src/azure/ports.ts";
import type { Environment, Server } from "../../../src/environments/model.ts";
import type { Plan } from "../../../src/operations/model.ts";
import { Operations } from "../../../src/operations/operations.ts";
import type { OperationRequest } from "../../../src/operations/request.ts";
import { shippedPrices, type PriceTable } from "../../../src/sizing/prices.ts";
import { fakeEnvironment, FakeAzure, fakeServer } from "../../support/fakeAzure.ts";
import { bench, type Bench } from "./harness.ts";

const server = fakeServer("orders-pg");

describe("a plan says", () => {
  let fake: FakeAzure;
  let b: Bench;
  beforeEach(() => {
    fake = new FakeAzure().add(server);
    b = bench(fake);
  });
  afterEach(() => b.clean());

  const plan = (
    request: OperationRequest,
    part: Partial<Server> = {},
    on: Partial<Environment> = {},
  ): Promise<Plan> => {
    fake.change(server.id, part);
    return b.operations.plan(request, fakeEnvironment({ ...server, ...part }, on));
  };
  const codes = ({ findings }: Plan): readonly string[] => findings.map(({ code }) => code);

  it("that a class below production takes the guard away", async () => {
    for (const today of ["prod", "unknown"] as const) {
      const made = await plan({ operation: "tag", class: "dev" }, {}, { class: today });
      assert.match(made.findings.find(({ code }) => code === "guardRemoved")?.message ?? "", /no longer ask/);
    }
    assert.ok(!codes(await plan({ operation: "tag", class: "uat" }, {}, { class: "dev" })).includes("guardRemoved"));
    assert.ok(
      !codes(await plan({ operation: "tag", class: "prod" }, {}, { class: "unknown" })).includes("guardRemoved"),
    );
  });

  it("that another environment has the name already, and that the id changes with it", async () => {
    const prices = async (): Promise<PriceTable> => shippedPrices("eastus") as PriceTable;
    const findEnvironments = (name: string) => (name === "orders-prod" ? [{ id: "s/rg/orders-prod" }] : []);
    const deps = { azure: fake.azure, stateDir: b.stateDir, prices, log: () => undefined };
    const knowing = new Operations({ ...deps, findEnvironments });
    const named = (name: string) => knowing.plan({ operation: "tag", name }, fakeEnvironment(server));
    assert.deepEqual(codes(await named("orders-prod")), ["nameTaken", "idChanges"]);
    assert.deepEqual(codes(await named("fresh")), ["idChanges"]);
    knowing.dispose();
  });

  it("an undo that is possible: a new tag cannot be set back", async () => {
    const tag = { operation: "tag", class: "uat" } as const;
    assert.match((await plan(tag)).receipt.undo ?? "", /Remove engram-class in the portal/);
    assert.match((await plan(tag, { tags: { "Engram-Class": "dev" } })).receipt.undo ?? "", /^Set the tags back/);
  });

  it("what of several settings is left out because it is so already", async () => {
    const configure = await plan({ operation: "configure", backupRetentionDays: 14, autoGrow: false });
    assert.match(configure.findings.find(({ code }) => code === "alreadySo")?.message ?? "", /^Auto-grow is as asked/);
    assert.equal(configure.steps.length, 1);
    const scale = await plan({ operation: "scale", sku: "D4ds_v5", storageGiB: 128 });
    assert.match(scale.findings.find(({ code }) => code === "alreadySo")?.message ?? "", /128 GiB already/);
    assert.ok(!codes(await plan({ operation: "scale", sku: "D4ds_v5" })).includes("alreadySo"));
  });

  it("what becomes of a standby that is there already", async () => {
    const pair = { highAvailability: { mode: "sameZone", state: "Healthy" } } as const;
    const made = await plan({ operation: "configure", highAvailability: "zoneRedundant" }, pair);
    assert.match(made.receipt.effects.join(), /changes from same zone to zone-redundant/);
    assert.doesNotMatch(made.receipt.downtime.text, /backup/);
    const failover = await plan({ operation: "restart", failover: true }, pair);
    assert.doesNotMatch(failover.receipt.effects.join(), /zones/);
  });

  it("how long Azure asks to wait, and that nothing was done", async () => {
    const made = await plan({ operation: "stop" });
    for (const [milliseconds, text] of [
      [5_000, "5 s"],
      [3_600_000, "1 h"],
    ] as const) {
      const error = new AzureError("throttled", "Slow.", { code: "TooManyRequests", retryAfterMs: milliseconds });
      fake.sendFault = { commit: false, error };
      const record = await b.operations.run(await plan({ operation: "stop" }));
      assert.match(
        record.error?.message ?? "",
        new RegExp(`asks to wait ${text}: nothing was done\\. Run it again after`),
      );
    }
    assert.ok(made.steps.length > 0);
  });
});
