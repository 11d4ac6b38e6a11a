import assert from "node:assert/strict";
import type { SandboxResponse } from "../../../sandbox/types.ts";
import { assertRefused, bench, follow, group, server, serverId, start, stateOf, subscriptionId } from "../support.ts";

const valueOf = (answer: SandboxResponse) => (answer.body as { value: Record<string, unknown>[] }).value;
const names = (answer: SandboxResponse) => valueOf(answer).map((one) => one["name"]);
const provider = `/subscriptions/${subscriptionId}/providers/Microsoft.DBforPostgreSQL`;

describe("what belongs to flexible servers", () => {
  it("lists servers of a subscription and of a resource group, page by page, in a stable order", async () => {
    const servers = Array.from({ length: 230 }, (_, index) => server(`s${String(index).padStart(3, "0")}-pg`));
    const lab = bench(stateOf(...servers));
    const seen: unknown[] = [];
    let next: string | undefined = `${provider}/flexibleServers`;
    let pages = 0;
    while (next !== undefined) {
      const page = await lab.send("GET", next);
      seen.push(...names(page));
      const link = (page.body as { nextLink?: string }).nextLink;
      if (link !== undefined)
        assert.match(link, /^https:\/\/management\.azure\.com\/subscriptions\/.*api-version=2025-08-01/);
      next = link === undefined ? undefined : link.slice("https://management.azure.com".length);
      pages += 1;
    }
    assert.deepEqual(
      seen,
      servers.map((one) => one.name),
    );
    assert.equal(pages, 3);
    const other = `${group.replace("rg-one", "rg-two")}/providers/Microsoft.DBforPostgreSQL/flexibleServers`;
    assert.deepEqual(names(await lab.send("GET", other)), []);
  });

  it("answers 404 in Azure's envelope for a server that is not there", async () => {
    const lab = bench();
    assertRefused(await lab.send("GET", `${serverId}-gone`), 404, "ResourceNotFound");
    assertRefused(await lab.send("POST", `${serverId}-gone/stop`), 404, "ResourceNotFound");
  });

  it("offers the same sizes by location and by server, none of Burstable with high availability", async () => {
    const lab = bench();
    const byLocation = valueOf(await lab.send("GET", `${provider}/locations/eastus/capabilities`));
    assert.deepEqual(valueOf(await lab.send("GET", `${serverId}/capabilities`)), byLocation);
    const editions = byLocation[0]!["supportedServerEditions"] as {
      name: string;
      supportedServerSkus: {
        name: string;
        vCores: number;
        supportedMemoryPerVcoreMb: number;
        supportedHaMode: string[];
      }[];
    }[];
    assert.deepEqual(
      editions.map((one) => one.name),
      ["Burstable", "GeneralPurpose", "MemoryOptimized"],
    );
    assert.ok(editions[0]!.supportedServerSkus.every((sku) => sku.supportedHaMode.length === 0));
    const d4 = editions[1]!.supportedServerSkus.find((sku) => sku.name === "Standard_D4ds_v5");
    assert.deepEqual(
      [d4?.vCores, d4?.supportedMemoryPerVcoreMb, d4?.supportedHaMode],
      [4, 4096, ["SameZone", "ZoneRedundant"]],
    );
  });

  it("backs up on demand, but not a replica", async () => {
    const replica = server("one-pg-replica", { replicationRole: "AsyncReplica", sourceServerResourceId: serverId });
    const lab = bench(stateOf(server("one-pg"), replica));
    const automatic = names(await lab.send("GET", `${serverId}/backups`));
    assert.equal(automatic.length, 7);
    await follow(lab, await lab.send("PUT", `${serverId}/backups/before-scale`));
    assert.deepEqual(names(await lab.send("GET", `${serverId}/backups`)).slice(-1), ["before-scale"]);
    const { body } = await lab.send("GET", `${serverId}/backups/before-scale`);
    assert.equal((body as { properties: { backupType: string } }).properties.backupType, "Customer On-Demand");
    assertRefused(await lab.send("PUT", `${replica.id}/backups/no`), 400, "OperationNotSupportedOnReplica");
  });

  it("moves the oldest restore point with time, within the retention", async () => {
    const day = 86_400_000;
    const earliestRestoreDate = new Date(start - 2 * day).toISOString();
    const backup = { backupRetentionDays: 7, geoRedundantBackup: "Disabled", earliestRestoreDate };
    const lab = bench(stateOf(server("one-pg", { backup })));
    const oldest = async () => ((await lab.read(serverId)).properties["backup"] as typeof backup).earliestRestoreDate;
    await lab.send("POST", "/_sandbox/clock", { body: { advance: "P4D" } });
    assert.equal(await oldest(), earliestRestoreDate);
    await lab.send("POST", "/_sandbox/clock", { body: { advance: "P6D" } });
    assert.equal(await oldest(), new Date(start + 3 * day).toISOString());
  });

  it("keeps the parameters of a server it made when another owner takes over", async () => {
    const lab = bench();
    const id = serverId.replace("one-pg", "three-pg");
    const body = {
      location: "eastus",
      sku: { name: "Standard_B1ms", tier: "Burstable" },
      properties: { version: "17" },
    };
    await follow(lab, await lab.send("PUT", id, { body }));
    const next = bench(lab.state);
    const { body: shown } = await next.send("GET", `${id}/configurations/azure.extensions`);
    assert.equal((shown as { properties: { value: string } }).properties.value, "");
  });

  it("lists replicas of their primary only", async () => {
    const replica = server("one-pg-replica", { replicationRole: "AsyncReplica", sourceServerResourceId: serverId });
    const lab = bench(stateOf(server("one-pg"), server("other-pg"), replica));
    assert.deepEqual(names(await lab.send("GET", `${serverId}/replicas`)), ["one-pg-replica"]);
    assert.deepEqual(names(await lab.send("GET", `${serverId.replace("one-pg", "other-pg")}/replicas`)), []);
  });

  it("sets parameters: a dynamic one at once, a static one at the next restart", async () => {
    const lab = bench();
    const get = async (name: string) =>
      ((await lab.send("GET", `${serverId}/configurations/${name}`)).body as { properties: Record<string, unknown> })
        .properties;
    const put = (name: string, value: string) =>
      lab.send("PUT", `${serverId}/configurations/${name}`, {
        body: { properties: { value, source: "user-override" } },
      });
    await follow(lab, await put("azure.extensions", "vector,pgcrypto"));
    assert.deepEqual(
      [(await get("azure.extensions"))["value"], (await get("azure.extensions"))["isConfigPendingRestart"]],
      ["vector,pgcrypto", false],
    );
    await follow(lab, await put("max_connections", "2000"));
    assert.deepEqual(
      [(await get("max_connections"))["source"], (await get("max_connections"))["isConfigPendingRestart"]],
      ["user-override", true],
    );
    await follow(lab, await lab.send("POST", `${serverId}/restart`));
    assert.equal((await get("max_connections"))["isConfigPendingRestart"], false);
    assertRefused(await put("max_connections", "9000"), 400, "InvalidParameterValue");
    assertRefused(await put("azure.extensions", "no_such_extension"), 400, "InvalidParameterValue");
    assertRefused(await put("no_such_parameter", "1"), 404, "ResourceNotFound");
  });

  it("counts vCores by family against the quota", async () => {
    const lab = bench();
    const usages = valueOf(await lab.send("GET", `${provider}/locations/eastus/resourceType/flexibleServers/usages`));
    const used = usages.filter((one) => one["currentValue"] !== 0);
    assert.deepEqual(
      used.map((one) => [(one["name"] as { value: string }).value, one["currentValue"]]),
      [["standardDDSv5Family", 4]],
    );
  });

  it("creates a server and a replica, and deletes them replica first", async () => {
    const lab = bench();
    const id = serverId.replace("one-pg", "two-pg");
    const body = {
      location: "eastus",
      sku: { name: "Standard_B1ms", tier: "Burstable" },
      properties: {
        version: "17",
        administratorLogin: "a",
        administratorLoginPassword: "s3cret",
        storage: { storageSizeGB: 32 },
      },
    };
    const created = await lab.send("PUT", id, { body });
    assert.equal((await lab.read(id)).properties["state"], "Provisioning");
    await follow(lab, created);
    const made = await lab.read(id);
    assert.deepEqual([made.properties["state"], "administratorLoginPassword" in made.properties], ["Ready", false]);
    assert.ok(!JSON.stringify([lab.state, lab.sandbox.log.entries()]).includes("s3cret"));
    const replicaId = `${id}-replica`;
    const replica = { location: "eastus", properties: { createMode: "Replica", sourceServerResourceId: id } };
    await follow(lab, await lab.send("PUT", replicaId, { body: replica }));
    assertRefused(
      await lab.send("PUT", `${replicaId}2`, {
        body: { ...replica, properties: { createMode: "Replica", sourceServerResourceId: replicaId } },
      }),
      400,
      "InvalidParameterValue",
    );
    assertRefused(await lab.send("DELETE", id), 409, "ReplicaOrder");
    await follow(lab, await lab.send("DELETE", replicaId));
    await follow(lab, await lab.send("DELETE", id));
    assertRefused(await lab.send("GET", id), 404, "ResourceNotFound");
    assert.equal((await lab.send("DELETE", id)).status, 204);
  });
});
