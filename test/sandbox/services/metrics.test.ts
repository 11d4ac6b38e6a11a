import assert from "node:assert/strict";
import { metricsState } from "../../../sandbox/metricsState.ts";
import type { ServerProfile } from "../../../sandbox/metricsState.ts";
import { assertRefused } from "../support.ts";
import { demo, fleet, monitorHost, start } from "./support.ts";
import type { Fleet } from "./support.ts";

interface Point {
  timeStamp: string;
  average?: number;
}

interface Metric {
  name: { value: string };
  unit: string;
  timeseries: { metadatavalues: { value: string }[]; data: Point[] }[];
}

interface Result {
  resourceid: string;
  value: Metric[];
}

const iso = (at: number): string => new Date(at).toISOString();

function batch(at: Fleet, ids: readonly string[], more: Record<string, string> = {}): ReturnType<Fleet["send"]> {
  const query = new URLSearchParams({
    "api-version": "2024-02-01",
    metricnamespace: "Microsoft.DBforPostgreSQL/flexibleServers",
    metricnames: "cpu_percent",
    aggregation: "average",
    interval: "PT5M",
    starttime: iso(start - 3_600_000),
    endtime: iso(start),
    ...more,
  });
  const path = `/subscriptions/${more["sub"] ?? demo.production}/metrics:getBatch?${query.toString()}`;
  const host = monitorHost(more["location"] ?? "eastus");
  return at.send("POST", path, { host, body: { resourceids: ids } });
}

async function last(at: Fleet, name: string, metric: string): Promise<number | undefined> {
  const { id, location } = at.named(name);
  const more = { location: location ?? "", sub: id.split("/")[2] ?? "", metricnames: metric };
  const answer = await batch(at, [id], { ...more, starttime: iso(start - 3_600_000), endtime: iso(start) });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  const [result] = (answer.body as { values: Result[] }).values;
  return result?.value[0]?.timeseries[0]?.data.findLast((point) => point.average !== undefined)?.average;
}

describe("metrics:getBatch", () => {
  it("answers one result a server, in the order asked, and the same twice", async () => {
    const at = fleet();
    const ids = ["orders-uat-pg", "orders-prod-pg"].map((name) => at.named(name).id);
    const first = (await batch(at, ids)).body as { values: Result[] };
    assert.deepEqual(
      first.values.map((each) => each.resourceid),
      ids,
    );
    assert.deepEqual((await batch(fleet(), ids)).body, first);
    assert.equal(first.values[0]?.value[0]?.unit, "Percent");
    assert.equal(first.values[0]?.value[0]?.timeseries[0]?.data.length, 12);
  });

  it("shows each trait of the demo fleet", async () => {
    const at = fleet();
    assert.ok(Number(await last(at, "orders-uat-pg", "cpu_percent")) >= 70);
    assert.ok(Number(await last(at, "orders-prod-pg", "cpu_percent")) < 60);
    assert.ok(Number(await last(at, "archive-prod-pg", "storage_percent")) >= 90);
    assert.ok(Number(await last(at, "catalog-dev-pg", "cpu_credits_remaining")) < 10);
    assert.equal(await last(at, "catalog-dev-pg", "max_connections"), 50);
  });

  it("gives points without values for a server that is stopped or inaccessible", async () => {
    const at = fleet();
    assert.equal(await last(at, "billing-test-pg", "cpu_percent"), undefined);
    assert.equal(await last(at, "claims-uat-pg", "cpu_percent"), undefined);
  });

  it("has values from before a stop", async () => {
    const at = fleet();
    const { id } = at.named("billing-test-pg");
    const range = {
      starttime: iso(start - 6 * 86_400_000),
      endtime: iso(start),
      interval: "PT6H",
      location: "westeurope",
    };
    const body = (await batch(at, [id], range)).body as { values: Result[] };
    const filled = body.values[0]?.value[0]?.timeseries[0]?.data.map((point) => point.average !== undefined);
    assert.equal(filled?.[0], true);
    assert.equal(filled?.at(-1), false);
  });

  it("shows the same demand as a smaller share after a scale", async () => {
    const at = fleet();
    const before = Number(await last(at, "orders-uat-pg", "cpu_percent"));
    at.named("orders-uat-pg").sku = { name: "Standard_D4ds_v5", tier: "GeneralPurpose" };
    const after = Number(await last(at, "orders-uat-pg", "cpu_percent"));
    assert.ok(Math.abs(after - before / 2) < 0.1, `${before} → ${after}`);
  });

  it("leaves what was measured before a scale as it was", async () => {
    const at = fleet();
    const { id } = at.named("orders-uat-pg");
    const read = async () => {
      // The newest minutes arrive late and would fill up meanwhile.
      const endtime = iso(start - 600_000);
      const answer = await batch(at, [id], { metricnames: "cpu_percent,storage_percent", endtime });
      return structuredClone((answer.body as { values: Result[] }).values[0]!.value);
    };
    const before = await read();
    const body = {
      sku: { name: "Standard_D4ds_v5", tier: "GeneralPurpose" },
      properties: { storage: { storageSizeGB: 256 } },
    };
    assert.equal((await at.send("PATCH", id, { body })).status, 202);
    await at.advance("PT2H");
    assert.equal((await at.read(id)).sku?.["name"], "Standard_D4ds_v5");
    assert.deepEqual(await read(), before);
    const later = {
      starttime: iso(start + 3_600_000),
      endtime: iso(start + 7_200_000),
      metricnames: "storage_percent",
    };
    const [disk] = ((await batch(at, [id], later)).body as { values: Result[] }).values[0]!.value;
    const percent = disk!.timeseries[0]!.data[0]!.average!;
    assert.ok(percent < 25 && percent > 20, String(percent));
  });

  it("counts connections against the default that the server was made with, not the new size's", async () => {
    const at = fleet();
    const server = at.named("orders-uat-pg");
    (metricsState(at.state).profiles[server.id.toLowerCase()] as ServerProfile).connections = 400;
    server.sku = { name: "Standard_B1ms", tier: "Burstable" };
    assert.equal(await last(at, "orders-uat-pg", "max_connections"), 859);
    assert.ok((await last(at, "orders-uat-pg", "active_connections"))! > 200);
  });

  it("refuses 51 servers, another location, another subscription, an unknown metric and an unknown grain", async () => {
    const at = fleet();
    const { id } = at.named("orders-prod-pg");
    const many = Array.from({ length: 51 }, (_, index) => `${id}${index}`);
    assertRefused(await batch(at, many), 400, "BadRequest");
    assertRefused(await batch(at, [id], { location: "westeurope" }), 400, "BadRequest");
    assertRefused(await batch(at, [at.named("payments-prod-pg").id]), 400, "BadRequest");
    assertRefused(await batch(at, [id], { metricnames: "cpu" }), 400, "BadRequest");
    assertRefused(await batch(at, [id], { interval: "PT7M" }), 400, "BadRequest");
    assertRefused(await batch(at, [id], { "api-version": "" }), 400, "BadRequest");
  });

  it("answers 401 without Monitoring Reader on the subscription, 403 without the provider, 529 when throttled", async () => {
    const at = fleet();
    const { id } = at.named("orders-prod-pg");
    const monitor = (metrics: object): ReturnType<Fleet["send"]> =>
      at.send("POST", "/_sandbox/world", { body: { metrics } });
    await monitor({ withoutReader: [demo.production] });
    assert.equal((await batch(at, [id])).status, 401);
    const own = await at.send(
      "GET",
      `${id}/providers/Microsoft.Insights/metrics?api-version=2018-01-01&metricnames=cpu_percent`,
    );
    assert.equal(own.status, 200);
    await monitor({ withoutReader: [], unregistered: [demo.production] });
    assert.equal((await batch(at, [id])).status, 403);
    await monitor({ unregistered: [], throttledUntil: start + 1000 });
    assert.equal((await batch(at, [id])).status, 529);
    at.pass(1);
    assert.equal((await batch(at, [id])).status, 200);
  });
});

describe("A resource's own metrics", () => {
  it("splits blob capacity by tier, only tiers that hold something", async () => {
    const at = fleet();
    const path = `${at.named("archiveprodrec").id}/blobServices/default/providers/Microsoft.Insights/metrics`;
    const query = `?api-version=2018-01-01&metricnames=BlobCapacity&interval=PT1H&$filter=${encodeURIComponent("Tier eq '*'")}`;
    const metric = ((await at.send("GET", path + query)).body as { value: Metric[] }).value[0];
    const gigabytes = metric?.timeseries.map((each) => [
      each.metadatavalues[0]?.value,
      Math.round((each.data.at(-1)?.average ?? 0) / 1e10) * 10,
    ]);
    assert.deepEqual(gigabytes, [
      ["Hot", 900],
      ["Cool", 2400],
      ["Cold", 800],
      ["Archive", 9200],
    ]);
  });

  it("refuses a dimension that it does not have, without an envelope around the error", async () => {
    const at = fleet();
    const path = `${at.named("archiveprodrec").id}/blobServices/default/providers/Microsoft.Insights/metrics`;
    const answer = await at.send(
      "GET",
      `${path}?api-version=2018-01-01&metricnames=BlobCapacity&$filter=${encodeURIComponent("Color eq 'red'")}`,
    );
    assert.equal(answer.status, 400);
    assert.equal((answer.body as { code: string }).code, "BadRequest");
  });
});
