import assert from "node:assert/strict";
import type { StorageAccount, Vault } from "../../src/environments/model.ts";
import { inventoryOf, openTestSandbox, subscriptionsOf, type TestSandbox } from "./support.ts";

describe("azure: the adapters read the sandbox through the real SDKs", () => {
  let sandbox: TestSandbox;
  before(async () => {
    sandbox = await openTestSandbox();
  });
  after(() => sandbox.close());

  it("lists the subscriptions of both tenants and says which one may not be read", async () => {
    const subscriptions = await subscriptionsOf(sandbox.azure);
    assert.deepEqual(subscriptions.map(({ name }) => name).sort(), [
      "Contoso Production",
      "Fabrikam Acquisition",
      "Northwind Shared Services",
    ]);
    const problems = [];
    for await (const page of sandbox.azure.inventory.pages(subscriptions)) problems.push(...page.problems);
    assert.deepEqual(
      problems.map(({ label, code, remedy }) => ({ label, code, remedy })),
      [{ label: "Fabrikam Acquisition", code: "AuthorizationFailed", remedy: "role" }],
    );
  });

  it("finds servers, accounts and vaults by one graph request per tenant", async () => {
    const before = graphRequests(sandbox);
    const resources = await inventoryOf(sandbox.azure);
    assert.equal(graphRequests(sandbox) - before, 2);
    const kinds = new Set(resources.map(({ kind }) => kind));
    assert.deepEqual([...kinds].sort(), ["account", "server", "vault"]);
  });

  it("gives the same server from the graph and from the resource itself", async () => {
    const row = await sandbox.server("orders-prod-pg");
    assert.deepEqual(await sandbox.azure.servers.get(row.id), row);
    assert.equal(row.highAvailability.mode, "zoneRedundant");
    assert.equal(row.encryption.owner, "customerKey");
  });

  it("reads capabilities, replicas, backups, parameters and the raw JSON of a server", async () => {
    const { servers } = sandbox.azure;
    const { id } = await sandbox.server("orders-prod-pg");
    const capabilities = await servers.capabilities(id);
    const size = capabilities.sizes.find(({ name }) => name === "Standard_D4ds_v5");
    assert.deepEqual([size?.vCores, size?.memoryGiB, size?.tier], [4, 16, "GeneralPurpose"]);
    assert.ok(size?.highAvailability.includes("zoneRedundant"));
    assert.ok(capabilities.storageSizesGiB.includes(32) && capabilities.storageSizesGiB.includes(4095));
    assert.deepEqual(
      (await servers.replicas(id)).map(({ name }) => name),
      ["orders-prod-pg-replica1"],
    );
    assert.ok((await servers.backups(id)).every(({ name, completed }) => name !== "" && completed !== null));
    const parameters = await servers.parameters(id, ["max_connections", "no.such.parameter"]);
    assert.deepEqual(Object.keys(parameters), ["max_connections"]);
    assert.equal(((await servers.json(id)) as { id: string }).id, id);
  });

  it("reads an account with its lifecycle rules and immutability", async () => {
    const account = (await inventoryOf(sandbox.azure)).find(
      (each): each is StorageAccount => each.name === "ordersprodrec",
    );
    assert.ok(account, "the demo fleet has ordersprodrec");
    const { accounts } = sandbox.azure;
    assert.deepEqual(await accounts.get(account.id), account);
    assert.ok(Array.isArray((await accounts.lifecycle(account.id)).rules));
    assert.ok(Array.isArray((await accounts.immutability(account.id)).containers));
  });

  it("reads key facts by the control plane", async () => {
    const vault = (await inventoryOf(sandbox.azure)).find((each): each is Vault => each.kind === "vault");
    const key = await sandbox.azure.keys.get(vault!.id, "engram-cmk");
    assert.equal(key.name, "engram-cmk");
    assert.equal(key.vault, vault!.name);
    assert.ok(key.version !== null && key.created !== null && key.nextRotation !== null);
  });

  it("reads utilization in a batch and one by one", async () => {
    const { id, location } = await sandbox.server("orders-prod-pg");
    const to = sandbox.azure.clock.now();
    const query = {
      namespace: "Microsoft.DBforPostgreSQL/flexibleServers",
      metrics: ["cpu_percent", "memory_percent"],
      aggregation: "Average",
      interval: "PT5M",
      from: new Date(to.getTime() - 3_600_000),
      to,
    } as const;
    const [batch] = await sandbox.azure.metrics.batch({ ...query, resourceIds: [id], location });
    assert.equal(batch?.resourceId.toLowerCase(), id.toLowerCase());
    assert.deepEqual(batch?.series.map(({ metric }) => metric).sort(), ["cpu_percent", "memory_percent"]);
    assert.ok(batch?.series.every(({ points }) => points.some(({ value }) => value !== null)));
    const single = await sandbox.azure.metrics.single({ ...query, resourceId: id });
    assert.deepEqual(
      single.series.map(({ metric }) => metric).sort(),
      batch?.series.map(({ metric }) => metric).sort(),
    );
  });

  it("reads list prices without a token", async () => {
    const filter =
      "serviceName eq 'Azure Database for PostgreSQL' and armRegionName eq 'eastus' and priceType eq 'Consumption'";
    const prices = await sandbox.azure.prices.list(filter, "USD");
    assert.ok(prices.length > 0 && prices.every(({ retailPrice }) => retailPrice >= 0));
    const asked = sandbox.log().filter(({ host }) => host === "prices.azure.com");
    assert.ok(asked.length > 0 && asked.every(({ authenticated }) => !authenticated));
  });

  it("reads locks, rights, activity and running deployments", async () => {
    const { id } = await sandbox.server("catalog-dev-pg");
    const { scopes } = sandbox.azure;
    await sandbox.tell("world", { lock: { scope: id, name: "hands-off", level: "CanNotDelete" } });
    assert.deepEqual(
      (await scopes.locks(id)).map(({ name, level }) => ({ name, level })),
      [{ name: "hands-off", level: "CanNotDelete" }],
    );
    assert.ok((await scopes.permissions(id)).some(({ actions }) => actions.includes("*")));
    await sandbox.azure.writer.send({ kind: "mergeTags", id, tags: { seen: "yes" } });
    const since = new Date(sandbox.azure.clock.now().getTime() - 3_600_000);
    assert.ok(Array.isArray(await scopes.activity(id, since)));
    assert.deepEqual(await scopes.runningDeployments(id.replace(/\/providers.*/, "")), []);
  });

  it("names who acts and where a resource is in the portal", async () => {
    const [subscription] = await subscriptionsOf(sandbox.azure);
    assert.equal(await sandbox.azure.directory.actor(subscription!.tenantId), "you@sandbox.invalid via SANDBOX");
    const { id } = await sandbox.server("orders-prod-pg");
    assert.equal(sandbox.azure.portal.url(id, "t"), `https://portal.azure.com/#@t/resource${id}`);
  });

  it("keeps Azure's time in step with the sandbox after somebody moved its clock", async () => {
    const { clock } = sandbox.azure;
    const before = clock.now().getTime();
    await sandbox.tell("clock", { advance: "PT48H" });
    await sandbox.server("orders-prod-pg");
    const moved = clock.now().getTime() - before;
    assert.ok(moved > 48 * 3_600_000 && moved < 60 * 3_600_000, `moved by ${moved / 3_600_000} h`);
  });
});

function graphRequests(sandbox: TestSandbox): number {
  return sandbox.log().filter(({ path }) => /ResourceGraph\/resources$/i.test(path)).length;
}
