import assert from "node:assert/strict";
import { AzureError, type ResourceSeries } from "../../../src/azure/ports.ts";
import { pollingCost, readMetrics, type Target } from "../../../src/inventory/metrics.ts";
import { accountQuery, serverQuery, toAccountMetrics, toServerMetrics } from "../../../src/inventory/series.ts";
import { server } from "../environments/fixtures.ts";
import { FakeAzure, measured } from "./fakeAzure.ts";

const now = new Date("2026-11-22T12:00:00Z");

function targets(
  count: number,
  subscriptionId = "00000000-0000-0000-0000-000000000001",
  location = "eastus",
): readonly Target[] {
  return Array.from({ length: count }, (_, at) => {
    const owner = { ...server(`pg-${location}-${at}`, { subscriptionId }), location };
    return { id: owner.id, owner, subscriptionName: `Sub ${subscriptionId.at(-1)}` };
  });
}

/** One server in each of so many locations: as many groups. */
function everywhere(count: number): readonly Target[] {
  return Array.from({ length: count }, (_, at) => targets(1, undefined, `location${at}`)).flat();
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

async function read(
  fake: FakeAzure,
  wanted: readonly Target[],
  { noBatch = new Set<string>(), turns = new Set<string>() } = {},
) {
  const series: ResourceSeries[] = [];
  const take = async (some: readonly ResourceSeries[]): Promise<void> => void series.push(...some);
  const reading = await readMetrics(fake.azure.metrics, {
    targets: wanted,
    query: serverQuery(now),
    take,
    noBatch,
    turns,
  });
  return { ...reading, series };
}

function refusing(status: number, code: string, message = "No."): () => Promise<never> {
  return async () => Promise.reject(new AzureError(status === 401 ? "auth" : "rights", message, { status, code }));
}

describe("reading metrics", () => {
  it("groups by subscription and location, at most 50 a call", async () => {
    const fake = new FakeAzure();
    const other = "00000000-0000-0000-0000-000000000002";
    const reading = await read(fake, [...targets(51), ...targets(3, other), ...targets(2, other, "westus")]);
    assert.deepEqual(
      fake.calls.map((call) => call.split(" ").slice(1, 3).join(" ")),
      ["eastus 50", "eastus 1", "eastus 3", "westus 2"],
    );
    assert.deepEqual([reading.requests, reading.series.length, reading.problems], [4, 56, []]);
  });

  it("asks each resource itself where getBatch is refused, names the role once, and remembers", async () => {
    for (const status of [401, 403]) {
      const fake = new FakeAzure();
      fake.batch = refusing(status, "Unauthorized");
      const noBatch = new Set<string>();
      const reading = await read(fake, targets(3), { noBatch });
      assert.equal(reading.series.length, 3);
      assert.deepEqual(
        reading.problems.map(({ code, remedy }) => [code, remedy]),
        [["monitoringReaderMissing", "role"]],
      );
      assert.match(reading.problems[0]?.message ?? "", /Sub 1.*Monitoring Reader on the subscription/);
      fake.calls.length = 0;
      await read(fake, targets(2), { noBatch });
      assert.deepEqual(fake.calls, ["single pg-eastus-0", "single pg-eastus-1"]);
    }
  });

  it("asks at most 50 resources by themselves in a refresh, and says how many were not measured", async () => {
    const fake = new FakeAzure();
    fake.batch = refusing(401, "Unauthorized");
    const reading = await read(fake, [...targets(40), ...targets(11, undefined, "westus")]);
    assert.equal(fake.calls.filter((call) => call.startsWith("single")).length, 50);
    const waiting = reading.problems.filter(({ code }) => code === "serversNotMeasured");
    assert.equal(waiting.length, 1);
    assert.match(waiting[0]?.message ?? "", /^1 server not measured in Sub 1 this time: .*Monitoring Reader/);
  });

  it("gives every resource its turn, whatever its location", async () => {
    const fake = new FakeAzure();
    fake.batch = refusing(401, "Unauthorized");
    const wanted = [...targets(60), ...targets(60, undefined, "westus")];
    const kept = { noBatch: new Set<string>(), turns: new Set<string>() };
    for (let round = 0; round < 3; round += 1) await read(fake, wanted, kept);
    const singles = fake.calls.filter((call) => call.startsWith("single"));
    assert.deepEqual([singles.length, new Set(singles).size], [150, 120]);
  });

  it("says that Microsoft.Insights is not registered, and asks nobody else then", async () => {
    const fake = new FakeAzure();
    fake.batch = refusing(
      403,
      "Forbidden",
      "The subscription is not registered to use namespace 'Microsoft.Insights'.",
    );
    const reading = await read(fake, targets(2));
    assert.deepEqual(
      reading.problems.map(({ code }) => code),
      ["insightsNotRegistered"],
    );
    assert.equal(fake.calls.length, 1);
  });

  it("asks six groups at a time, and the next as soon as one has answered", async () => {
    const fake = new FakeAzure();
    const answers: (() => void)[] = [];
    fake.batch = ({ resourceIds }) =>
      new Promise((resolve) =>
        answers.push(() => resolve(resourceIds.map((resourceId) => ({ resourceId, series: [] })))),
      );
    const reading = read(fake, everywhere(8));
    await turn();
    assert.equal(fake.calls.length, 6);
    answers.pop()?.();
    await turn();
    assert.equal(fake.calls.length, 7);
    while (answers.length > 0) {
      answers.pop()?.();
      await turn();
    }
    assert.deepEqual([(await reading).requests, (await reading).series.length], [8, 8]);
  });

  it("asks nothing more after a throttle, of either kind, and passes the wait on", async () => {
    for (const status of [429, 529]) {
      const fake = new FakeAzure();
      const kind = status === 429 ? "throttled" : "unavailable";
      fake.batch = async () => Promise.reject(new AzureError(kind, "Slow.", { status, retryAfterMs: 7000 }));
      const reading = await read(fake, everywhere(9));
      assert.deepEqual(
        [reading.throttledMs, fake.calls.length, reading.problems.map(({ code }) => code)],
        [7000, 6, ["metricsThrottled"]],
      );
    }
  });

  it("lets one group fail alone", async () => {
    const fake = new FakeAzure();
    fake.batch = async ({ location, resourceIds }) => {
      if (location === "eastus") throw new AzureError("malformed", "Not JSON.");
      return resourceIds.map((resourceId) => ({ resourceId, series: [] }));
    };
    const reading = await read(fake, [...targets(1), ...targets(1, undefined, "westus")]);
    assert.deepEqual([reading.series.length, reading.problems.map(({ remedy }) => remedy)], [1, ["retry"]]);
  });

  it("rejects only when aborted", async () => {
    const fake = new FakeAzure();
    const signal = AbortSignal.abort(new Error("left"));
    const kept = { noBatch: new Set<string>(), turns: new Set<string>() };
    const request = { targets: targets(1), query: serverQuery(now), take: async () => undefined, ...kept, signal };
    await assert.rejects(readMetrics(fake.azure.metrics, request), { message: "left" });
    assert.deepEqual(fake.calls, []);
  });

  it("says what polling costs in calls", () => {
    assert.match(pollingCost(4, 60), /4 metric calls every 60 s \(240 an hour\)/);
  });
});

describe("series to figures", () => {
  const pg = server("pg");

  it("take the last measured value, as fractions, connections less the 15 reserved", () => {
    const found = measured(pg.id, now, {
      cpu_percent: [10, 63, null],
      memory_percent: [70],
      storage_percent: [91.5],
      active_connections: [844],
      max_connections: [1703, null, null, null, null, null],
    });
    const figures = toServerMetrics(found, pg, now);
    assert.deepEqual([figures.cpu, figures.memory, figures.storage], [0.63, 0.7, 0.915]);
    assert.deepEqual([figures.connections, figures.activeConnections, figures.maxConnections], [0.5, 844, 1703]);
    assert.equal(figures.at, now.toISOString());
  });

  it("are null for what was not measured lately, except the disk", () => {
    const hourAgo = new Date(now.getTime() - 3_600_000);
    const figures = toServerMetrics(measured(pg.id, hourAgo, { cpu_percent: [50], storage_percent: [40] }), pg, now);
    assert.deepEqual([figures.cpu, figures.storage, figures.connections], [null, 0.4, null]);
  });

  it("are null for a stopped server whatever Azure still lists", () => {
    const found = measured(pg.id, now, { cpu_percent: [50], active_connections: [3], max_connections: [50] });
    const figures = toServerMetrics(found, { ...pg, state: "Stopped" }, now);
    assert.deepEqual([figures.cpu, figures.connections, figures.cpuHistory], [null, null, [0.5]]);
  });

  it("know credits of Burstable servers only", () => {
    const found = measured(pg.id, now, { cpu_credits_remaining: [12] });
    assert.equal(toServerMetrics(found, pg, now).cpuCreditsRemaining, null);
    const small = server("b", {}, { sku: { name: "Standard_B1ms", tier: "Burstable" } });
    assert.equal(toServerMetrics(found, small, now).cpuCreditsRemaining, 12);
  });

  it("draw six hours as 36 points, gaps kept", () => {
    const values = Array.from({ length: 72 }, (_, at) => (at < 2 ? null : at % 2 === 0 ? 40 : null));
    const history = toServerMetrics(measured(pg.id, now, { cpu_percent: values }), pg, now).cpuHistory;
    assert.deepEqual([history.length, history[0], history[1], history.at(-1)], [36, null, 0.4, 0.4]);
  });

  it("turn bytes by tier to decimal GB, and nothing measured to null", () => {
    const tier = (Tier: string, value: number | null) => ({
      metric: "BlobCapacity",
      unit: "Bytes",
      dimensions: { tier: Tier },
      points: [
        { at: "2026-11-22T09:00:00Z", value },
        { at: "2026-11-22T10:00:00Z", value: null },
      ],
    });
    const found = {
      resourceId: "x",
      series: [tier("Hot", 2.5e9), tier("Archive", 1e12), tier("Premium", 7), tier("Cool", null)],
    };
    assert.deepEqual(toAccountMetrics(found, now).tiersGB, { hot: 2.5, cool: 0, cold: 0, archive: 1000 });
    assert.equal(toAccountMetrics({ resourceId: "x", series: [tier("Hot", null)] }, now).tiersGB, null);
  });

  it("are asked for by Azure's own names", () => {
    const query = serverQuery(now);
    assert.deepEqual(
      [query.namespace, query.interval, query.aggregation],
      ["Microsoft.DBforPostgreSQL/flexibleServers", "PT5M", "Average"],
    );
    assert.equal(now.getTime() - query.from.getTime(), 6 * 3_600_000);
    assert.deepEqual(
      [accountQuery(now).metrics, accountQuery(now).interval, accountQuery(now).filter],
      [["BlobCapacity"], "PT1H", "Tier eq '*'"],
    );
  });
});
