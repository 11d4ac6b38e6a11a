import assert from "node:assert/strict";
import { environmentReport } from "../../src/environments/report.ts";
import type { CacheStore } from "../../src/inventory/cache.ts";
import { valueOf } from "../../src/inventory/details.ts";
import { Inventory } from "../../src/inventory/inventory.ts";
import { PriceBook } from "../../src/inventory/prices.ts";
import { openTestSandbox, type TestSandbox } from "./support.ts";

function memory(): CacheStore {
  let text: string | null = null;
  return { read: async () => text, write: async (next) => void (text = next) };
}

describe("azure: the inventory of the demo fleet, through the real SDKs", () => {
  let sandbox: TestSandbox;
  let inventory: Inventory;
  const cache = memory();

  before(async () => {
    sandbox = await openTestSandbox();
    inventory = new Inventory({ azure: sandbox.azure, cache, pins: () => [], log: () => undefined });
    await inventory.refresh();
  });
  after(() => {
    inventory.dispose();
    sandbox.close();
  });

  async function report(name: string): Promise<Report> {
    const environment = inventory.find(name);
    const details = await inventory.details(environment.id);
    const facts = {
      serverMetrics: environment.server && inventory.serverMetrics(environment.server.id),
      accountMetrics: environment.account && inventory.accountMetrics(environment.account.id),
      prices: null,
      keys: valueOf(details.keys) ?? [],
      parameters: valueOf(details.parameters),
      stopped: valueOf(details.stopped),
      now: sandbox.azure.clock.now(),
    };
    return environmentReport(environment, facts) as unknown as Report;
  }

  it("finds the fleet's environments, and one problem row for the subscription nobody may read", () => {
    const { environments, problems, state } = inventory.snapshot;
    const names = environments.map(({ name }) => name);
    for (const name of ["orders-prod", "orders-uat", "billing-test", "catalog-dev", "注文 開発 Ωμέγα"]) {
      assert.ok(names.includes(name), name);
    }
    assert.deepEqual(
      [problems.map(({ label, remedy }) => [label, remedy]), state],
      [[["Fabrikam Acquisition", "role"]], "live"],
    );
    assert.equal(inventory.find("orders-prod").replicas.length, 1);
  });

  it("takes one graph request a tenant and one metric request a group", () => {
    const asked = (pattern: RegExp): number => sandbox.log().filter(({ path }) => pattern.test(path)).length;
    assert.equal(asked(/ResourceGraph\/resources/), 2);
    assert.equal(asked(/metrics:getBatch/), inventory.metricCalls());
  });

  it("measures what runs and nothing of what is stopped", async () => {
    const { metrics: running } = (await report("orders-uat")).server;
    for (const value of [running.cpu, running.memory, running.storage, running.connections]) {
      assert.ok(value !== null && value > 0 && value < 1);
    }
    const { metrics: stopped } = (await report("billing-test")).server;
    assert.deepEqual([stopped.cpu, stopped.memory, stopped.connections], [null, null, null]);
    const { tiersGB } = (await report("orders-prod")).account;
    assert.ok(tiersGB !== null && tiersGB.hot > 1 && tiersGB.cool > 1);
  });

  it("sees the flaws that the fleet was given", async () => {
    const flaws: readonly (readonly [string, string])[] = [
      ["orders-uat", "cpuAlert"],
      ["billing-test", "startsByItself"],
      ["catalog-dev", "creditsLow"],
      ["claims-uat", "inaccessible"],
      ["claims-uat", "keyDisabled"],
      ["support-prod", "keyExpires"],
      ["payments-prod-pg", "mixedKeyModes"],
      ["rg-invoices-prod", "serverServiceKey"],
      ["archive-prod", "storageCritical"],
    ];
    for (const [name, code] of flaws) {
      const { advisories, encryption } = await report(name);
      assert.ok(
        [...advisories, ...encryption.findings].some((one) => one.code === code),
        `${name} ${code}`,
      );
    }
    const { encryption } = await report("orders-prod");
    assert.deepEqual(
      [encryption.server, encryption.account, encryption.unified, encryption.findings],
      ["customerKey", "customerKey", true, []],
    );
  });

  it("says when the stopped server starts by itself, from the activity log", async () => {
    const [clock] = (await report("billing-test")).advisories.filter(({ code }) => code === "startsByItself");
    assert.match(clock?.message ?? "", /starts by itself in (1 d \d+ h|2 d)/);
  });

  it("paints the same environments from the cache, without a request", async () => {
    const second = new Inventory({ azure: sandbox.azure, cache, pins: () => [], log: () => undefined });
    const before = sandbox.log().length;
    await second.loadCache();
    assert.equal(sandbox.log().length, before);
    assert.deepEqual(second.snapshot.environments, inventory.snapshot.environments);
    second.dispose();
  });

  it("prices the fleet's sizes live", async () => {
    const book = new PriceBook({
      prices: sandbox.azure.prices,
      clock: sandbox.azure.clock,
      cache: memory(),
      log: () => undefined,
    });
    const table = await book.table("eastus");
    assert.equal(table.source, "Azure Retail Prices API");
    assert.ok((table.hourly["Standard_D4ds_v5"]?.perHour ?? 0) > 0 && (table.storagePerGiBMonth ?? 0) > 0);
  });

  it("reads each resource itself where Monitoring Reader on the subscription is missing", async () => {
    const match = { method: "POST", path: "/subscriptions/*/metrics:getBatch" };
    sandbox.faults([{ match, when: "before", fault: "status", status: 401, code: "Unauthorized" }]);
    const [uat] = [inventory.find("orders-uat")].map(({ server }) => server?.id ?? "");
    const fresh = new Inventory({ azure: sandbox.azure, cache: memory(), pins: () => [], log: () => undefined });
    await fresh.refresh();
    sandbox.faults([]);
    assert.ok((fresh.serverMetrics(uat ?? "")?.cpu ?? 0) > 0);
    assert.ok(fresh.snapshot.problems.some(({ code }) => code === "monitoringReaderMissing"));
    fresh.dispose();
  });

  /** What a fresh inventory says while the sandbox's metrics are as told. */
  async function problemsWhile(metrics: Readonly<Record<string, unknown>>): Promise<readonly string[]> {
    await sandbox.tell("world", { metrics });
    const fresh = new Inventory({ azure: sandbox.azure, cache: memory(), pins: () => [], log: () => undefined });
    await fresh.refresh();
    await sandbox.tell("world", { metrics: { unregistered: [], throttledUntil: 0 } });
    fresh.dispose();
    return fresh.snapshot.problems
      .filter(({ remedy, code }) => /etric|nsights/.test(`${remedy}${code}`))
      .map(({ message }) => message);
  }

  it("names Microsoft.Insights where it is not registered (403)", async () => {
    const { subscriptionId, subscription } = serverOf("orders-uat");
    assert.deepEqual(await problemsWhile({ unregistered: [subscriptionId] }), [
      `Utilization cannot be read in ${subscription}: the resource provider Microsoft.Insights is not registered there.`,
    ]);
  });

  it("says that Azure Monitor throttles (529), and keeps the environments", async () => {
    const messages = await problemsWhile({ throttledUntil: sandbox.azure.clock.now().getTime() + 86_400_000 });
    assert.notEqual(messages.length, 0);
    assert.equal(new Set(messages).size, messages.length, "one row a subscription");
    for (const message of messages)
      assert.match(message, /^Azure Monitor asks to slow down in .+: utilization is read less often for a while\.$/);
  });

  function serverOf(name: string): { readonly subscriptionId: string; readonly subscription: string } {
    const { subscription } = inventory.find(name);
    return { subscriptionId: subscription.id, subscription: subscription.name };
  }
});

interface Found {
  readonly code: string;
  readonly message: string;
}

interface Report {
  readonly server: { readonly metrics: Readonly<Record<"cpu" | "memory" | "storage" | "connections", number | null>> };
  readonly account: { readonly tiersGB: Readonly<Record<"hot" | "cool", number>> | null };
  readonly encryption: {
    readonly server: string;
    readonly account: string;
    readonly unified: boolean;
    readonly findings: readonly Found[];
  };
  readonly advisories: readonly Found[];
}
