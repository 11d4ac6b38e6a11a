import assert from "node:assert/strict";
import { assertRefused, bench, follow, server, serverId, stateFor, stateOf } from "../support.ts";

async function patch(lab: ReturnType<typeof bench>, body: unknown) {
  return lab.send("PATCH", serverId, { body });
}

describe("changing a flexible server", () => {
  it("scales compute with a restart and leaves the default of max_connections alone", async () => {
    const lab = bench();
    const answer = await patch(lab, { sku: { name: "Standard_D8ds_v5", tier: "GeneralPurpose" } });
    assert.equal((await lab.read(serverId)).properties["state"], "Updating");
    assert.equal((await lab.read(serverId)).sku!["name"], "Standard_D4ds_v5");
    assert.equal((await follow(lab, answer)).status, "Succeeded");
    const after = await lab.read(serverId);
    assert.deepEqual(
      [after.sku, after.properties["state"]],
      [{ name: "Standard_D8ds_v5", tier: "GeneralPurpose" }, "Ready"],
    );
    const configuration = await lab.send("GET", `${serverId}/configurations/max_connections`);
    const { value, defaultValue } = (configuration.body as { properties: Record<string, unknown> }).properties;
    assert.deepEqual([value, defaultValue], ["1718", "1718"]);
  });

  it("remembers that default when another owner takes the state over after a scale", async () => {
    const before = bench();
    await follow(before, await patch(before, { sku: { name: "Standard_D8ds_v5" } }));
    const after = bench(before.state);
    const { body } = await after.send("GET", `${serverId}/configurations/max_connections`);
    assert.equal((body as { properties: { value: string } }).properties.value, "1718");
  });

  it("answers the Location of a scale with the server at the end", async () => {
    const lab = bench();
    const answer = await patch(lab, { sku: { name: "Standard_D8ds_v5" } });
    await follow(lab, answer);
    const location = new URL(answer.headers!["Location"]!);
    const result = await lab.send("GET", location.pathname + location.search);
    assert.deepEqual([result.status, (result.body as { id: string }).id], [200, serverId]);
  });

  it("grows storage with its tier and never shrinks it", async () => {
    const lab = bench();
    await follow(lab, await patch(lab, { properties: { storage: { storageSizeGB: 256 } } }));
    const grown = { storageSizeGB: 256, autoGrow: "Disabled", tier: "P15", iops: 1100, type: "Premium_LRS" };
    assert.deepEqual((await lab.read(serverId)).properties["storage"], grown);
    assertRefused(await patch(lab, { properties: { storage: { storageSizeGB: 128 } } }), 400, "InvalidParameterValue");
    assertRefused(await patch(lab, { properties: { storage: { storageSizeGB: 300 } } }), 400, "InvalidParameterValue");
    assert.deepEqual((await lab.read(serverId)).properties["storage"], grown);
  });

  it("grows within 4,095 GiB online and across 4,096 GiB offline", async () => {
    const online = bench(stateFor({ storage: { storageSizeGB: 2048, tier: "P40", iops: 7500 } }));
    await patch(online, { properties: { storage: { storageSizeGB: 4095 } } });
    online.pass(60);
    assert.equal((await online.read(serverId)).properties["state"], "Ready");
    const offline = bench(stateFor({ storage: { storageSizeGB: 4095, tier: "P50", iops: 7500 } }));
    await patch(offline, { properties: { storage: { storageSizeGB: 8192 } } });
    offline.pass(599);
    assert.equal((await offline.read(serverId)).properties["state"], "Updating");
  });

  for (const [what, body] of Object.entries({
    "an unknown size": { sku: { name: "Standard_D5ds_v5" } },
    "a tier that does not fit": { sku: { name: "Standard_D8ds_v5", tier: "Burstable" } },
    "6 days of backups": { properties: { backup: { backupRetentionDays: 6 } } },
    "a performance tier that there is not": { properties: { storage: { tier: "P5" } } },
    "a performance tier below the size's own": { properties: { storage: { tier: "P4" } } },
    "36 days of backups": { properties: { backup: { backupRetentionDays: 36 } } },
    "geo-redundancy afterwards": { properties: { backup: { geoRedundantBackup: "Enabled" } } },
    "the customer's key afterwards": {
      properties: {
        dataEncryption: {
          type: "AzureKeyVault",
          primaryKeyURI: "https://v.vault.azure.net/keys/k",
          primaryUserAssignedIdentityId: "/i",
        },
      },
    },
    "an older version": { properties: { version: "15" } },
    "a maintenance window at 25 o'clock": {
      properties: { maintenanceWindow: { customWindow: "Enabled", startHour: 25 } },
    },
  })) {
    it(`refuses ${what} and changes nothing`, async () => {
      const lab = bench();
      const before = JSON.stringify(await lab.read(serverId));
      assertRefused(await patch(lab, body), 400, "InvalidParameterValue");
      assert.equal(JSON.stringify(await lab.read(serverId)), before);
    });
  }

  it("has no high availability on Burstable, neither asked for nor kept", async () => {
    const burstable = bench(stateFor({}, "Standard_B2ms"));
    for (const mode of ["ZoneRedundant", "SameZone"]) {
      assertRefused(
        await patch(burstable, { properties: { highAvailability: { mode } } }),
        400,
        "InvalidParameterValue",
      );
    }
    const highly = bench(stateFor({ highAvailability: { mode: "SameZone", state: "Healthy" } }));
    assertRefused(
      await patch(highly, { sku: { name: "Standard_B2ms", tier: "Burstable" } }),
      400,
      "InvalidParameterValue",
    );
    const both = {
      sku: { name: "Standard_B2ms", tier: "Burstable" },
      properties: { highAvailability: { mode: "Disabled" } },
    };
    assert.equal((await follow(highly, await patch(highly, both))).status, "Succeeded");
  });

  it("turns high availability on and off", async () => {
    const lab = bench();
    await follow(lab, await patch(lab, { properties: { highAvailability: { mode: "ZoneRedundant" } } }));
    const on = { mode: "ZoneRedundant", state: "Healthy", standbyAvailabilityZone: "2" };
    assert.deepEqual((await lab.read(serverId)).properties["highAvailability"], on);
    await follow(lab, await patch(lab, { properties: { highAvailability: { mode: "Disabled" } } }));
    assert.deepEqual((await lab.read(serverId)).properties["highAvailability"], {
      mode: "Disabled",
      state: "NotEnabled",
    });
  });

  it("scales replicas up first and primaries down first", async () => {
    const role = { replicationRole: "AsyncReplica", sourceServerResourceId: serverId };
    const replica = server("one-pg-replica", role);
    const lab = bench(stateOf(server("one-pg"), replica));
    const up = { sku: { name: "Standard_D8ds_v5" } };
    const grown = { properties: { storage: { storageSizeGB: 256 } } };
    assertRefused(await patch(lab, up), 400, "InvalidParameterValue");
    assertRefused(await patch(lab, grown), 400, "InvalidParameterValue");
    assertRefused(
      await lab.send("PATCH", replica.id, { body: { sku: { name: "Standard_D2ds_v5" } } }),
      400,
      "InvalidParameterValue",
    );
    await follow(lab, await lab.send("PATCH", replica.id, { body: up }));
    assert.equal((await follow(lab, await patch(lab, up))).status, "Succeeded");
  });

  it("takes a key change only complete", async () => {
    const own = {
      type: "AzureKeyVault",
      primaryKeyURI: "https://elsewhere.vault.azure.net/keys/k",
      primaryUserAssignedIdentityId: "/i",
      geoBackupKeyURI: "https://geo.vault.azure.net/keys/g",
      geoBackupUserAssignedIdentityId: "/g",
    };
    const lab = bench(stateFor({ dataEncryption: own }));
    const { geoBackupKeyURI: _uri, ...withoutGeo } = own;
    const { primaryUserAssignedIdentityId: _identity, ...withoutIdentity } = own;
    assertRefused(await patch(lab, { properties: { dataEncryption: withoutGeo } }), 400, "InvalidParameterValue");
    assertRefused(await patch(lab, { properties: { dataEncryption: withoutIdentity } }), 400, "InvalidParameterValue");
    const next = { ...own, primaryKeyURI: `${own.primaryKeyURI}/0123` };
    await follow(lab, await patch(lab, { properties: { dataEncryption: next } }));
    assert.deepEqual((await lab.read(serverId)).properties["dataEncryption"], next);
  });

  it("keeps within the quota of vCores", async () => {
    const lab = bench();
    lab.state.services["quotas"] = { [`${serverId.split("/")[2]}/eastus/ddsv5`]: 10 };
    assertRefused(await patch(lab, { sku: { name: "Standard_D16ds_v5" } }), 400, "QuotaExceeded");
    assert.equal((await patch(lab, { sku: { name: "Standard_D8ds_v5" } })).status, 202);
  });

  it("grows by itself once too little is free, and only then", async () => {
    const lab = bench(stateFor({ storage: { storageSizeGB: 128, autoGrow: "Enabled", tier: "P10", iops: 500 } }));
    const profile = { storageUsedGiB: 90, growthGiBPerDay: 10, at: lab.sandbox.world.now() };
    lab.state.services["metrics"] = { profiles: { [serverId.toLowerCase()]: profile } };
    await lab.send("POST", "/_sandbox/clock", { body: { advance: "PT12H" } });
    assert.equal((await lab.read(serverId)).properties["storage"]!["storageSizeGB" as never], 128);
    await lab.send("POST", "/_sandbox/clock", { body: { advance: "P1D" } });
    assert.equal((await lab.read(serverId)).properties["storage"]!["storageSizeGB" as never], 256);
  });
});
