import assert from "node:assert/strict";
import { AzureError } from "../../../src/azure/ports.ts";
import type { Pins } from "../../../src/environments/recognise.ts";
import { NotFound, NotUnique } from "../../../src/inventory/find.ts";
import { Inventory, type InventoryChange } from "../../../src/inventory/inventory.ts";
import { account, server, subscription } from "../environments/fixtures.ts";
import { FakeAzure, MemoryCache, gate, measured, problem } from "./fakeAzure.ts";

const dev = server("dev-pg", { resourceGroup: "dev-rg" });
const prod = server("prod-pg", { resourceGroup: "prod-rg" });
const devId = `${subscription.id}/dev-rg/dev-rg`;

function setUp(fake = new FakeAzure(), cache = new MemoryCache(), pins: () => Pins = () => []) {
  const changes: InventoryChange["environments"][] = [];
  const logged: string[] = [];
  const inventory = new Inventory({ azure: fake.azure, cache, pins, log: (line) => logged.push(line) });
  inventory.onDidChange(({ environments }) => changes.push(environments));
  const names = (): readonly string[] => inventory.snapshot.environments.map(({ name }) => name);
  return { fake, cache, inventory, changes, logged, names };
}

describe("the inventory", () => {
  it("knows a vault by its name, whatever resource group it lives in", async () => {
    const { fake, inventory } = setUp();
    const id = `/subscriptions/${subscription.id}/resourceGroups/security-rg/providers/Microsoft.KeyVault/vaults/Dev-KV`;
    const head = { id, name: "Dev-KV", subscriptionId: subscription.id, resourceGroup: "security-rg" };
    const rest = { location: "eastus", tags: {}, uri: "", purgeProtection: true, rbac: true };
    fake.list(dev, { kind: "vault", ...head, ...rest });
    await inventory.refresh();
    assert.deepEqual([inventory.findVault("dev-kv"), inventory.findVault("other")], [id, null]);
  });

  it("tells of each page as it arrives, before the listing ends", async () => {
    const { fake, inventory, names } = setUp();
    fake.pages = [
      { resources: [dev], problems: [], complete: true },
      { resources: [prod], problems: [], complete: true },
    ];
    const seen: (readonly string[])[] = [];
    fake.beforePage = async () => void seen.push(names());
    await inventory.refresh();
    assert.deepEqual(seen, [[], ["dev-rg"]]);
    assert.deepEqual([names(), inventory.snapshot.state], [["dev-rg", "prod-rg"], "live"]);
  });

  it("paints from the cache first, and the cache survives a refresh that fails", async () => {
    const cache = new MemoryCache();
    const first = setUp(new FakeAzure(), cache);
    first.fake.list(dev, account("devst", { resourceGroup: "dev-rg" }));
    await first.inventory.refresh();
    const { fake, inventory, names } = setUp(new FakeAzure(), cache);
    fake.pages = [new AzureError("offline", "No network.")];
    fake.beforePage = async () => assert.deepEqual(names(), ["dev-rg"]);
    await assert.rejects(inventory.load(), { message: "No network." });
    assert.deepEqual(
      [names(), inventory.snapshot.state, inventory.snapshot.error?.kind],
      [["dev-rg"], "failed", "offline"],
    );
    assert.equal(inventory.snapshot.asOf, "2026-11-22T12:00:00.000Z");
  });

  it("paints from the cache also when a refresh has begun already", async () => {
    const cache = new MemoryCache();
    const first = setUp(new FakeAzure(), cache);
    first.fake.list(dev, prod);
    await first.inventory.refresh();
    const { fake, inventory, names } = setUp(new FakeAzure(), cache);
    fake.list(prod);
    const painted = gate();
    fake.beforePage = () => painted.opened;
    const refreshing = inventory.refresh();
    await inventory.loadCache();
    assert.deepEqual([names(), inventory.snapshot.state], [["dev-rg", "prod-rg"], "loading"]);
    painted.open();
    await refreshing;
    assert.deepEqual(names(), ["prod-rg"]);
  });

  it("ignores a cache that is broken anywhere, of another schema, or of the other world", async () => {
    const whole = new MemoryCache();
    const first = setUp(new FakeAzure(), whole);
    first.fake.list(dev, prod);
    await first.inventory.refresh();
    const text = whole.text ?? "";
    const broken = [
      "",
      "{",
      text.slice(0, -10),
      text.split("\n").slice(0, -1).join("\n"),
      text.replace('"schema":1', '"schema":2'),
      text.replace('"sandbox":true', '"sandbox":false'),
      text.replace('"sizeGiB":128', '"sizeGiB":"128"'),
      text.replace('"kind":"server"', '"kind":"server","extra":1'),
    ];
    for (const one of broken) {
      assert.notEqual(one, text);
      const { cache, inventory, names } = setUp();
      cache.text = one;
      await inventory.loadCache();
      assert.deepEqual([names(), inventory.snapshot.state], [[], "empty"], one.slice(0, 80));
    }
  });

  it("removes what a whole listing no longer shows", async () => {
    const { fake, inventory, names } = setUp();
    fake.list(dev, prod);
    await inventory.refresh();
    fake.list(prod);
    await inventory.refresh();
    assert.deepEqual(names(), ["prod-rg"]);
  });

  it("never takes what it could not read for deleted, and marks it stale", async () => {
    const { fake, inventory, names } = setUp();
    const partial = { resources: [prod], problems: [], complete: false };
    const refused = { resources: [prod], problems: [problem(subscription.id)], complete: true };
    fake.list(dev, prod);
    await inventory.refresh();
    for (const page of [partial, refused, { ...refused, problems: [problem(`/subscriptions/${subscription.id}`)] }]) {
      fake.pages = [page];
      await inventory.refresh();
      assert.deepEqual(names(), ["dev-rg", "prod-rg"]);
      assert.deepEqual([...inventory.snapshot.stale], [devId]);
    }
    fake.subscriptions = [problem("00000000-0000-0000-0000-0000000000aa")];
    await inventory.refresh();
    assert.deepEqual(names(), ["dev-rg", "prod-rg"]);
    assert.equal(inventory.snapshot.problems.length, 1);
  });

  it("keeps one unreadable subscription one problem row beside the rest", async () => {
    const { fake, inventory, names } = setUp();
    fake.list(dev);
    fake.subscriptions = [subscription, problem("other")];
    await inventory.refresh();
    assert.deepEqual([names(), inventory.snapshot.problems.map(({ scope }) => scope)], [["dev-rg"], ["other"]]);
    assert.equal(inventory.snapshot.state, "live");
  });

  it("keeps the pages that came when a later one fails", async () => {
    const { fake, inventory, names } = setUp();
    fake.pages = [{ resources: [dev], problems: [], complete: true }, new AzureError("throttled", "Slow down.")];
    await assert.rejects(inventory.refresh(), AzureError);
    assert.deepEqual([names(), inventory.snapshot.state], [["dev-rg"], "failed"]);
  });

  it("names only the environments that changed, and nothing when nothing did", async () => {
    const { fake, inventory, changes } = setUp();
    fake.list(dev, prod);
    await inventory.refresh();
    const [before] = inventory.snapshot.environments;
    changes.length = 0;
    fake.list({ ...dev }, { ...prod, state: "Stopped" });
    await inventory.refresh();
    const told = changes.filter((change) => change === "all" || change.length > 0);
    assert.deepEqual(told, [[`${subscription.id}/prod-rg/prod-rg`]]);
    assert.equal(inventory.snapshot.environments[0], before);
  });

  it("is read once for all who ask at the same time", async () => {
    const { fake, inventory } = setUp();
    fake.list(dev);
    await Promise.all([inventory.refresh(), inventory.refresh(), inventory.refresh()]);
    assert.equal(fake.calls.filter((call) => call === "subscriptions").length, 1);
    await inventory.refresh();
    assert.equal(fake.calls.filter((call) => call === "subscriptions").length, 2);
  });

  it("goes on for the others when one caller gives up, and stops when all have", async () => {
    const { fake, inventory } = setUp();
    fake.list(dev);
    const door = gate();
    fake.beforePage = () => door.opened;
    const one = new AbortController();
    const two = new AbortController();
    const left = inventory.refresh(one.signal);
    const stays = inventory.refresh(two.signal);
    one.abort(new Error("changed my mind"));
    await assert.rejects(left, { message: "changed my mind" });
    door.open();
    await stays;
    assert.equal(inventory.snapshot.state, "live");

    const never = gate();
    fake.beforePage = () => never.opened;
    const three = new AbortController();
    const last = inventory.refresh(three.signal);
    three.abort(new Error("gone"));
    await assert.rejects(last, { message: "gone" });
    never.open();
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual([inventory.snapshot.state, inventory.snapshot.error], ["cached", null]);
  });

  it("reads the resource itself after an operation, and lets a lagging listing not undo it", async () => {
    const { fake, inventory, changes } = setUp();
    fake.list(dev, prod);
    await inventory.refresh();
    const stopped = { ...dev, state: "Stopped" };
    fake.resources.set(dev.id.toLowerCase(), stopped);
    changes.length = 0;
    await inventory.refreshEnvironment(devId);
    assert.deepEqual(changes, [[devId]]);
    fake.now = new Date(fake.now.getTime() + 30_000);
    await inventory.refresh();
    assert.equal(inventory.find("dev-rg").server?.state, "Stopped");
    fake.now = new Date(fake.now.getTime() + 40_000);
    await inventory.refresh();
    assert.equal(inventory.find("dev-rg").server?.state, "Ready");
  });

  it("removes a server that answers 404", async () => {
    const { fake, inventory, names } = setUp();
    fake.list(dev, prod);
    await inventory.refresh();
    await inventory.refreshEnvironment(devId);
    assert.deepEqual(names(), ["prod-rg"]);
  });

  it("measures only what is shown, 50 a call", async () => {
    const { fake, inventory } = setUp();
    const many = Array.from({ length: 120 }, (_, at) => server(`pg-${at}`, { resourceGroup: `rg-${at}` }));
    fake.list(...many);
    inventory.setShown([]);
    await inventory.refresh();
    assert.deepEqual(fake.calls, ["subscriptions", "page"]);
    const ids = inventory.snapshot.environments.map(({ id }) => id);
    inventory.setShown(ids.slice(0, 101));
    await inventory.refreshMetrics();
    assert.deepEqual(fake.calls.slice(2), [
      "batch eastus 50 flexibleServers",
      "batch eastus 50 flexibleServers",
      "batch eastus 1 flexibleServers",
    ]);
    assert.equal(inventory.metricCalls(), 3);
  });

  it("tells whose figures changed, once", async () => {
    const { fake, inventory, changes } = setUp();
    fake.list(dev, prod);
    fake.batch = async ({ resourceIds }) =>
      resourceIds.filter((id) => id === dev.id).map((id) => measured(id, fake.now, { cpu_percent: [63] }));
    await inventory.refresh();
    assert.equal(inventory.serverMetrics(dev.id.toUpperCase())?.cpu, 0.63);
    assert.equal(inventory.serverMetrics(prod.id), null);
    changes.length = 0;
    await inventory.refreshMetrics();
    assert.deepEqual(changes, [[]]);
  });

  it("is found by id or unique name, in any letter case", async () => {
    const { fake, inventory } = setUp();
    const twin = server("dev-pg", { resourceGroup: "dev-rg", subscriptionId: "00000000-0000-0000-0000-000000000002" });
    fake.list(dev, prod, twin);
    await inventory.refresh();
    assert.equal(inventory.find("PROD-RG").server?.name, "prod-pg");
    assert.equal(inventory.find(devId.toUpperCase()).id, devId);
    assert.throws(
      () => inventory.find("dev-rg"),
      (error) => error instanceof NotUnique && error.ids.length === 2,
    );
    assert.throws(() => inventory.find("nothing"), NotFound);
    assert.equal(inventory.environmentOf(dev.id.toUpperCase())?.id, devId);
  });

  it("groups anew when the team's file changes, without a request", async () => {
    let pins: Pins = [];
    const { fake, inventory, names } = setUp(new FakeAzure(), new MemoryCache(), () => pins);
    fake.list(dev);
    await inventory.refresh();
    const calls = fake.calls.length;
    pins = [{ name: "orders", class: "dev", server: dev.id, account: null }];
    inventory.repin();
    assert.deepEqual([names(), fake.calls.length], [["orders"], calls]);
  });

  it("keeps hostile tags as they are in the cache, and prototypes alone", async () => {
    const cache = new MemoryCache();
    const first = setUp(new FakeAzure(), cache);
    const tags = JSON.parse('{"__proto__":"x","constructor":"y"}') as Record<string, string>;
    first.fake.list({ ...dev, tags });
    await first.inventory.refresh();
    const { inventory } = setUp(new FakeAzure(), cache);
    await inventory.loadCache();
    assert.equal(inventory.find("dev-rg").server?.tags["constructor"], "y");
    assert.equal(Object.getPrototypeOf(inventory.find("dev-rg").server?.tags), Object.prototype);
  });

  it("shows old details until they are read again, which they are after a change", async () => {
    const { fake, inventory } = setUp();
    let reads = 0;
    const parameters = async (): Promise<Record<string, string>> => ({ max_connections: String((reads += 1)) });
    fake.list(dev);
    await inventory.refresh();
    const read = fake.overrides as { servers?: unknown };
    assert.equal(inventory.detailsNow(devId), null);
    read.servers = { parameters, get: async () => dev };
    const { inventory: own } = setUp(fake);
    await own.refresh();
    const [one, two] = await Promise.all([own.details(devId), own.details(devId)]);
    assert.deepEqual([one === two, reads], [true, 1]);
    await own.refreshEnvironment(devId);
    assert.equal(own.detailsNow(devId), one);
    await own.details(devId);
    assert.equal(reads, 2);
  });

  it("goes on when the cache cannot be written", async () => {
    const { fake, cache, inventory, logged } = setUp();
    cache.write = async () => Promise.reject(new Error("disk full"));
    fake.list(dev);
    await inventory.refresh();
    assert.equal(inventory.snapshot.state, "live");
    assert.match(logged.join(), /disk full/);
  });
});
