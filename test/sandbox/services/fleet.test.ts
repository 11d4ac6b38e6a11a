import assert from "node:assert/strict";
import { createFleet } from "../../../sandbox/fleet/generate.ts";
import { findKey } from "../../../sandbox/keyVaultState.ts";
import { partsOf } from "../../../sandbox/postgres/server.ts";
import type { Resource, State } from "../../../sandbox/types.ts";
import { day, demo, fleet, start } from "./support.ts";

const serverType = "Microsoft.DBforPostgreSQL/flexibleServers";

function servers(state: State): Resource[] {
  return Object.values(state.resources).filter((each) => each.type === serverType);
}

function count(number: number, seed = 1): State {
  return createFleet({ kind: "count", count: number, seed, realNow: start });
}

function keyUri(server: Resource): string {
  return String((server.properties["dataEncryption"] as { primaryKeyURI?: string }).primaryKeyURI);
}

describe("The demo fleet", () => {
  const state = createFleet({ kind: "demo", realNow: start });

  it("spans two tenants, three locations and two readable subscriptions beside an unreadable one", () => {
    assert.equal(state.tenants.length, 2);
    assert.deepEqual(
      state.subscriptions.map((each) => each.readable),
      [true, true, false],
    );
    assert.deepEqual([...new Set(servers(state).map((each) => each.location))].sort(), [
      "eastus",
      "japaneast",
      "westeurope",
    ]);
  });

  it("allows vector on every server but one, the healthy prod first of all", () => {
    const { state: adopted } = fleet();
    const without = servers(adopted).filter(
      ({ id }) => partsOf(adopted, id).configurations?.["azure.extensions"] === undefined,
    );
    assert.deepEqual(
      without.map(({ name }) => name),
      ["search-dev-pg"],
    );
  });

  it("starts the server that was stopped five days ago by itself in two days", async () => {
    const at = fleet();
    const { id } = at.named("billing-test-pg");
    assert.equal((await at.read(id)).properties["state"], "Stopped");
    await at.advance("P1DT23H");
    assert.equal((await at.read(id)).properties["state"], "Stopped");
    await at.advance("PT2H");
    assert.equal((await at.read(id)).properties["state"], "Ready");
  });

  it("keeps the server of the disabled key inaccessible while time passes", async () => {
    const at = fleet();
    assert.equal(findKey(at.state, "claims-uat-kv", "engram-cmk")?.key.versions[0]?.enabled, false);
    await at.advance("P1D");
    assert.equal((await at.read(at.named("claims-uat-pg").id)).properties["state"], "Inaccessible");
  });

  it("has a key that ends in 12 days and a pinned version beside a versionless one", () => {
    const at = fleet();
    const ends = findKey(state, "support-prod-kv", "engram-cmk")?.key.versions[0]?.expires;
    assert.equal(ends, start + 12 * day);
    assert.match(keyUri(at.named("payments-prod-pg")), /\/keys\/engram-cmk\/[0-9a-f]{32}$/);
    const encryption = at.named("paymentsprodrec").properties["encryption"] as {
      keyvaultproperties: { keyversion: string };
    };
    assert.equal(encryption.keyvaultproperties.keyversion, "");
  });

  it("can be recognised in all three ways: by tags, by a shared key in one group, by the group alone", () => {
    const at = fleet();
    assert.equal(at.named("orders-prod-pg").tags?.["engram-environment"], "orders-prod");
    const group = (name: string): string => at.named(name).id.split("/")[4] ?? "";
    assert.equal(group("payments-prod-pg"), group("payments-ledger-pg"));
    assert.equal(at.named("payments-prod-pg").tags?.["engram-environment"], undefined);
    assert.equal(at.named("invoices-prod-pg").tags?.["engram-environment"], undefined);
    assert.equal(group("invoices-prod-pg"), group("invoicesprodrec"));
  });

  it("belongs to example names only", () => {
    assert.deepEqual(
      state.tenants.map((each) => each.defaultDomain),
      ["contoso.example", "northwind.example"],
    );
    assert.ok(Object.values(state.resources).some((each) => each.id.includes(demo.fabrikam)));
  });
});

describe("A drawn fleet", () => {
  it("is the same for the same seed and another for another", () => {
    assert.deepEqual(count(40), count(40));
    assert.notDeepEqual(count(40).resources, count(40, 2).resources);
  });

  it("has as many environments as asked for, each with names that Azure allows and nobody else has", () => {
    const state = count(500);
    const primaries = servers(state).filter((each) => each.properties["replicationRole"] === "Primary");
    assert.equal(primaries.length, 500);
    const named = (type: string): string[] =>
      Object.values(state.resources)
        .filter((each) => each.type === type)
        .map((each) => each.name);
    const accounts = named("Microsoft.Storage/storageAccounts");
    const vaults = named("Microsoft.KeyVault/vaults");
    assert.ok(accounts.every((name) => /^[a-z0-9]{3,24}$/.test(name)));
    assert.ok(vaults.every((name) => /^[a-zA-Z][a-zA-Z0-9-]{1,22}[a-zA-Z0-9]$/.test(name)));
    for (const names of [accounts, vaults, primaries.map((each) => each.name)])
      assert.equal(new Set(names).size, names.length);
  });

  it("draws every flaw and never an impossible one", () => {
    const all = servers(count(500));
    const states = new Set(all.map((each) => each.properties["state"]));
    assert.deepEqual([...states].sort(), ["Inaccessible", "Ready", "Stopped"]);
    const mode = (each: Resource): string => String((each.properties["highAvailability"] as { mode: string }).mode);
    assert.ok(all.some((each) => mode(each) === "ZoneRedundant"));
    assert.ok(all.every((each) => mode(each) === "Disabled" || each.sku?.["tier"] !== "Burstable"));
  });

  it("refuses a count that is no whole number from 0 to 5000", () => {
    for (const wrong of [-1, 1.5, 5001, NaN]) assert.throws(() => count(wrong), RangeError);
    assert.equal(servers(count(0)).length, 0);
  });
});
