import assert from "node:assert/strict";
import type { Server } from "../../../src/environments/model.ts";
import type { Plan } from "../../../src/operations/model.ts";
import { refusalOf } from "../../../src/operations/planner.ts";
import { PlanRefused, type OperationRequest } from "../../../src/operations/request.ts";
import { fakeAccount, fakeEnvironment, FakeAzure, fakeServer } from "../../support/fakeAzure.ts";
import { bench, type Bench } from "./harness.ts";

const stop = { operation: "stop" } as const;
const start = { operation: "start" } as const;

describe("a plan", () => {
  const server = fakeServer("orders-dev-pg");
  let fake: FakeAzure;
  let b: Bench;
  beforeEach(() => {
    fake = new FakeAzure().add(server);
    b = bench(fake);
  });
  afterEach(() => b.clean());

  const plan = (request: OperationRequest, part: Partial<Server> = {}): Promise<Plan> => {
    fake.change(server.id, part);
    return b.operations.plan(request, fakeEnvironment(server));
  };

  const refusals: readonly (readonly [string, OperationRequest, Partial<Server>, "usage" | "state", string])[] = [
    ["an unknown size", { operation: "scale", sku: "Standard_Z9" }, {}, "usage", "unknownSku"],
    ["a shrink", { operation: "scale", storageGiB: 64 }, {}, "usage", "storageShrinks"],
    ["a storage size Azure does not sell", { operation: "scale", storageGiB: 200 }, {}, "usage", "unknownStorageSize"],
    ["a restricted size", { operation: "scale", sku: "D64ds_v5" }, {}, "state", "skuRestricted"],
    [
      "a scale of a stopped server",
      { operation: "scale", sku: "D4ds_v5" },
      { state: "Stopped" },
      "state",
      "serverStopped",
    ],
    ["a stop of a busy server", stop, { state: "Updating" }, "state", "serverBusy"],
    ["a stop of an Inaccessible server", stop, { state: "Inaccessible" }, "state", "serverInaccessible"],
    ["a state Azure did not name", stop, { state: null }, "state", "stateUnknown"],
    ["a failover without a standby", { operation: "restart", failover: true }, {}, "state", "noHighAvailability"],
    [
      "high availability on Burstable",
      { operation: "configure", highAvailability: "zoneRedundant" },
      { sku: { name: "Standard_B2s", tier: "Burstable" } },
      "usage",
      "burstableHighAvailability",
    ],
    [
      "a Burstable size for a server with high availability",
      { operation: "scale", sku: "B2s" },
      { highAvailability: { mode: "zoneRedundant", state: "Healthy" } },
      "usage",
      "burstableHighAvailability",
    ],
    [
      "a start with a key Azure calls invalid",
      start,
      { state: "Stopped", encryption: { ...server.encryption, owner: "customerKey", primaryStatus: "Invalid" } },
      "state",
      "keyInvalid",
    ],
  ];
  for (const [name, request, part, kind, code] of refusals) {
    it(`refuses ${name} and sends nothing`, async () => {
      const made = await plan(request, part);
      const refused = refusalOf(made);
      assert.deepEqual([refused?.kind, refused?.code], [kind, code]);
      assert.deepEqual(made.steps, []);
      assert.throws(() => b.operations.begin(made), PlanRefused);
      assert.deepEqual(fake.writes, []);
    });
  }

  const alreadySo: readonly (readonly [string, OperationRequest, Partial<Server>])[] = [
    ["stop of a stopped server", stop, { state: "Stopped" }],
    ["start of a running server", start, {}],
    ["scale to the same size", { operation: "scale", sku: "d2ds_v5" }, {}],
    ["scale to the same storage", { operation: "scale", storageGiB: 128 }, {}],
    [
      "configure to the same",
      { operation: "configure", backupRetentionDays: 7, autoGrow: false, maintenanceWindow: null },
      {},
    ],
  ];
  for (const [name, request, part] of alreadySo) {
    it(`has nothing to send for a ${name}`, async () => {
      const made = await plan(request, part);
      assert.deepEqual(made.steps, []);
      assert.equal(refusalOf(made), null);
      assert.ok(made.findings.some(({ code }) => code === "alreadySo"));
    });
  }

  it("is refused by a ReadOnly lock, by name, and not by CanNotDelete", async () => {
    fake.locks = [{ name: "keep", level: "CanNotDelete", scope: "/subscriptions/s", notes: null }];
    assert.equal(refusalOf(await plan(stop)), null);
    fake.locks = [
      { name: "frozen", level: "ReadOnly", scope: "/subscriptions/s/resourceGroups/orders-rg", notes: null },
    ];
    const refused = refusalOf(await plan(stop));
    assert.match(refused?.message ?? "", /"frozen" on resourceGroups\/orders-rg/);
  });

  it("names the missing action, the role and PIM", async () => {
    fake.permissions = [{ actions: ["*/read"], notActions: [] }];
    const message = refusalOf(await plan(stop))?.message ?? "";
    assert.match(message, /Microsoft\.DBforPostgreSQL\/flexibleServers\/stop\/action on orders-dev-pg/);
    assert.match(message, /Contributor/);
    assert.match(message, /Privileged Identity Management/);
  });

  it("counts notActions as missing", async () => {
    fake.permissions = [{ actions: ["*"], notActions: ["microsoft.dbforpostgresql/*/STOP/action"] }];
    assert.equal(refusalOf(await plan(stop))?.code, "noPermission");
  });

  it("has a hash that knows target, body and precondition, and neither price nor time", async () => {
    const first = await plan({ operation: "scale", sku: "D4ds_v5", backupFirst: true });
    fake.now += 86_400_000;
    fake.deployments = ["nightly"];
    assert.equal((await plan({ operation: "scale", sku: "D4ds_v5", backupFirst: true })).planHash, first.planHash);
    assert.notEqual((await plan({ operation: "scale", sku: "D8ds_v5", backupFirst: true })).planHash, first.planHash);
    assert.notEqual(
      (
        await plan(
          { operation: "scale", sku: "D4ds_v5", backupFirst: true },
          { sku: { name: "Standard_B2s", tier: "Burstable" } },
        )
      ).planHash,
      first.planHash,
    );
  });

  it("stops the primary before its replicas and starts it after them", async () => {
    const replica = fakeServer("orders-dev-replica", { sourceServerId: server.id, replicationRole: "AsyncReplica" });
    fake.add(replica);
    assert.deepEqual(
      (await plan(stop)).steps.map(({ title }) => title),
      ["Stop orders-dev-pg", "Stop orders-dev-replica"],
    );
    fake.change(replica.id, { state: "Stopped" });
    const steps = (await plan(start, { state: "Stopped" })).steps;
    assert.deepEqual(
      steps.map(({ title }) => title),
      ["Start orders-dev-replica", "Start orders-dev-pg"],
    );
  });

  it("scales replicas first going up and the primary first going down", async () => {
    fake.add(fakeServer("orders-dev-replica", { sourceServerId: server.id, replicationRole: "AsyncReplica" }));
    const up = await plan({ operation: "scale", sku: "D4ds_v5" });
    assert.deepEqual(
      up.steps.map(({ title }) => title),
      ["Scale orders-dev-replica", "Scale orders-dev-pg"],
    );
    const down = await plan({ operation: "scale", sku: "B1ms" });
    assert.deepEqual(
      down.steps.map(({ title }) => title),
      ["Scale orders-dev-pg", "Scale orders-dev-replica"],
    );
  });

  it("tells downtime by near-zero-downtime scaling, and why it falls back", async () => {
    const fast = (await plan({ operation: "scale", sku: "D4ds_v5" })).receipt.downtime;
    assert.equal(fast.class, "seconds");
    assert.match(fast.text, /10–30 seconds/);
    const slow = (
      await plan({ operation: "scale", sku: "D4ds_v5" }, { sku: { name: "Standard_B1ms", tier: "Burstable" } })
    ).receipt.downtime;
    assert.equal(slow.class, "minutes");
    assert.match(slow.text, /2–10 minutes: Burstable/);
  });

  it("says that growing to 4,096 GiB is offline and that storage cannot shrink", async () => {
    const { receipt } = await plan({ operation: "scale", storageGiB: 4096 });
    assert.equal(receipt.downtime.class, "minutes");
    assert.match(receipt.cannotBeUndone.join(), /cannot shrink/);
    assert.equal((await plan({ operation: "scale", storageGiB: 2048 })).receipt.downtime.class, "none");
  });

  it("shows money a month before and after, with the prices' date", async () => {
    const { money } = (await plan(stop)).receipt;
    assert.ok(money !== null && money.before !== null && money.after !== null && money.after < money.before);
    assert.match(money.pricesAsOf ?? "", /^\d{4}-\d{2}-\d{2}/);
  });

  it("wants the name typed for prod and for unknown", async () => {
    const asked = async (word: "dev" | "prod" | "unknown") =>
      (await b.operations.plan(stop, fakeEnvironment(server, { class: word }))).typeToConfirm;
    assert.deepEqual(
      [await asked("dev"), await asked("prod"), await asked("unknown")],
      [null, "orders-dev", "orders-dev"],
    );
  });

  it("tags server and account, and only what differs", async () => {
    const account = fakeAccount("ordersdev");
    fake.accounts.set(account.id.toLowerCase(), { ...account, tags: { "Engram-Class": "uat" } });
    const made = await b.operations.plan({ operation: "tag", class: "uat" }, fakeEnvironment(server, { account }));
    assert.deepEqual(
      made.steps.map(({ title }) => title),
      ["Tag orders-dev-pg"],
    );
  });

  it("checks a key in its vault before a start", async () => {
    const vault =
      "/subscriptions/11111111-1111-4111-8111-111111111111/resourceGroups/orders-rg/providers/Microsoft.KeyVault/vaults/orders-kv";
    const encryption = {
      ...server.encryption,
      owner: "customerKey" as const,
      primaryKeyUri: "https://orders-kv.vault.azure.net/keys/cmk",
    };
    const key = {
      vault: "orders-kv",
      name: "cmk",
      version: "1",
      enabled: true,
      created: null,
      expires: "2026-11-01T00:00:00Z",
      nextRotation: null,
    };
    fake.keys.set(`${vault}/cmk`.toLowerCase(), key);
    assert.equal(refusalOf(await plan(start, { state: "Stopped", encryption }))?.code, "keyExpired");
    fake.keys.set(`${vault}/cmk`.toLowerCase(), { ...key, expires: null, enabled: false });
    assert.equal(refusalOf(await plan(start, { state: "Stopped", encryption }))?.code, "keyDisabled");
  });

  it("refuses a request no server could take before reading anything", async () => {
    for (const request of [
      { operation: "scale" },
      { operation: "scale", storageGiB: Number.NaN },
      { operation: "configure", backupRetentionDays: 36 },
      { operation: "tag", class: "unknown" },
      { operation: "tag", name: "a\u202eb" },
    ] as const) {
      await assert.rejects(plan(request), (cause: unknown) => cause instanceof PlanRefused && cause.kind === "usage");
    }
    assert.equal(fake.reads, 0);
  });
});
