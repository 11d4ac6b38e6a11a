import assert from "node:assert/strict";
import { advisories, allowsVector, daysAndHours, type AdvisoryFacts } from "../../../src/environments/advisories.ts";
import { band, bands, worst } from "../../../src/environments/bands.ts";
import { Emitter } from "../../../src/environments/event.ts";
import type { Environment, ServerMetrics } from "../../../src/environments/model.ts";
import { environmentReport, reportWarnings } from "../../../src/environments/report.ts";
import { shippedPrices } from "../../../src/sizing/prices.ts";
import { account, environment, server } from "./fixtures.ts";

const now = new Date("2026-11-22T12:00:00Z");

const calm: ServerMetrics = {
  cpu: 0.2,
  memory: 0.4,
  storage: 0.3,
  connections: 0.1,
  activeConnections: 170,
  maxConnections: 1718,
  cpuCreditsRemaining: null,
  at: "2026-11-22T11:55:00Z",
  cpuHistory: [],
};

function codes(subject: Environment, facts: Partial<AdvisoryFacts> = {}): readonly string[] {
  return advisories(subject, { metrics: null, parameters: null, stopped: null, now, ...facts }).map(({ code }) => code);
}

describe("the strategy's levels", () => {
  it("are crossed above the threshold, not at it", () => {
    const at = (measure: Parameters<typeof band>[0], values: readonly number[]): readonly string[] =>
      values.map((value) => band(measure, value));
    assert.deepEqual(at("cpu", [0.6, 0.61, 0.7, 0.71, 0.8, 0.81]), [
      "ok",
      "warning",
      "warning",
      "alert",
      "alert",
      "critical",
    ]);
    assert.deepEqual(at("memory", [0.7, 0.71, 0.81, 0.91]), ["ok", "warning", "alert", "critical"]);
    assert.deepEqual(at("connections", [0.7, 0.71, 0.81, 0.91]), ["ok", "warning", "alert", "critical"]);
    assert.deepEqual(at("storage", [0.84, 0.85, 0.86, 0.91]), ["ok", "ok", "alert", "critical"]);
  });

  it("are unknown where nothing was measured", () => {
    assert.deepEqual(bands(null), { cpu: "unknown", memory: "unknown", storage: "unknown", connections: "unknown" });
    assert.equal(band("cpu", Number.NaN), "unknown");
  });

  it("take the worst, and unknown only when nothing is known", () => {
    assert.equal(worst(["ok", "unknown", "alert", "warning"]), "alert");
    assert.equal(worst(["unknown", "ok"]), "ok");
    assert.equal(worst(["unknown"]), "unknown");
  });
});

describe("advisories", () => {
  it("say nothing about a healthy production environment", () => {
    assert.deepEqual(codes(environment(), { metrics: calm, parameters: { "azure.extensions": "VECTOR" } }), []);
  });

  it("name each level that is crossed, worst first", () => {
    assert.deepEqual(codes(environment(), { metrics: { ...calm, cpu: 0.65, connections: 0.95 } }), [
      "connectionsCritical",
      "cpuWarning",
    ]);
  });

  it("warn of the read-only disk at 95 % and below 5 GiB free", () => {
    assert.deepEqual(codes(environment(), { metrics: { ...calm, storage: 0.95 } }), [
      "storageReadOnly",
      "storageCritical",
    ]);
    const small = environment({
      server: server("pg", {}, { storage: { sizeGiB: 32, type: null, tier: null, iops: null, autoGrow: true } }),
    });
    assert.deepEqual(codes(small, { metrics: { ...calm, storage: 0.85 } }), ["storageReadOnly"]);
  });

  it("warn when Burstable credits are nearly gone, and of Burstable only", () => {
    const sku = { name: "Standard_B1ms", tier: "Burstable" };
    const dev = environment({ class: "dev", server: server("pg", {}, { sku }) });
    assert.deepEqual(codes(dev, { metrics: { ...calm, cpuCreditsRemaining: 4 } }), ["creditsLow"]);
    const metrics = { ...calm, cpuCreditsRemaining: 0 };
    const none = advisories(dev, { metrics, parameters: null, stopped: null, now });
    assert.match(none[0]?.message ?? "", /no CPU credits left: it runs/);
    assert.deepEqual(codes(environment({ class: "dev" }), { metrics: { ...calm, cpuCreditsRemaining: 4 } }), []);
  });

  it("tell when a stopped server starts by itself", () => {
    const stopped = environment({ class: "dev", server: server("pg", {}, { state: "Stopped" }) });
    const [said] = advisories(stopped, {
      metrics: null,
      parameters: null,
      stopped: { stoppedSince: "2026-11-17T16:00:00Z", restartsAt: "2026-11-24T16:00:00Z" },
      now,
    });
    assert.equal(said?.severity, "info");
    assert.match(said?.message ?? "", /^pg starts by itself in 2 d 4 h;/);
  });

  it("ask for high availability, backups and closed networks in prod and wherever the class is unknown", () => {
    const bare = server(
      "pg",
      {},
      {
        highAvailability: { mode: "none", state: null },
        backup: { retentionDays: 7, geoRedundant: false, earliestRestore: null },
        publicNetworkAccess: true,
      },
    );
    const wanted = ["noHighAvailability", "backupMinimum", "publicNetworkAccess"];
    assert.deepEqual(codes(environment({ class: "prod", server: bare })), wanted);
    assert.deepEqual(codes(environment({ class: "unknown", classFrom: "none", server: bare })), [
      ...wanted,
      "classUnknown",
    ]);
    assert.deepEqual(codes(environment({ class: "uat", server: bare })), ["noHighAvailability"]);
    assert.deepEqual(codes(environment({ class: "dev", server: bare })), []);
  });

  it("look for vector as a whole word of the list", () => {
    assert.deepEqual(codes(environment(), { parameters: { "azure.extensions": "pgvectorscale,uuid-ossp" } }), [
      "vectorNotAllowed",
    ]);
    assert.equal(allowsVector("AZURE_STORAGE, VECTOR"), true);
    assert.deepEqual(codes(environment(), { parameters: {} }), []);
  });

  it("speak of an inaccessible server and of unhealthy high availability", () => {
    assert.deepEqual(codes(environment({ server: server("pg", {}, { state: "Inaccessible" }) })), ["inaccessible"]);
    const failing = server("pg", {}, { highAvailability: { mode: "zoneRedundant", state: "FailingOver" } });
    assert.deepEqual(codes(environment({ server: failing })), ["highAvailabilityNotHealthy"]);
  });

  it("carry what was doubtful in recognising, also without a server", () => {
    const findings = [{ code: "accountGuessed", severity: "info", message: "guess", source: null }] as const;
    assert.deepEqual(codes(environment({ server: null, findings })), ["accountGuessed"]);
  });

  it("write spans in days and hours", () => {
    const hour = 3_600_000;
    assert.deepEqual(
      [52, 48, 4, 0.5].map((hours) => daysAndHours(hours * hour)),
      ["2 d 4 h", "2 d", "4 h", "moments"],
    );
  });
});

describe("the report of an environment", () => {
  it("has every field of the contract, null where nothing is known", () => {
    const nothing = {
      serverMetrics: null,
      accountMetrics: null,
      prices: null,
      keys: [],
      parameters: null,
      stopped: null,
      now,
    };
    const empty = environmentReport(environment({ server: null, account: null }), nothing);
    assert.deepEqual([empty["server"], empty["account"]], [null, null]);
    const full = environmentReport(environment({ account: account("st") }), nothing);
    const keys = (value: unknown): readonly string[] => Object.keys(value as object);
    assert.deepEqual(keys(full), ["id", "name", "class", "server", "account", "encryption", "advisories"]);
    assert.deepEqual(keys(full["server"]), [
      "id",
      "name",
      "state",
      "sku",
      "tier",
      "storageGiB",
      "version",
      "highAvailability",
      "metrics",
    ]);
    assert.deepEqual(keys(full["account"]), ["id", "name", "tiersGB", "weightedPerGB"]);
    assert.deepEqual(keys(full["encryption"]), ["server", "account", "keys", "key", "unified", "findings"]);
    assert.equal(JSON.stringify(full).includes("undefined"), false);
  });

  it("weighs the price over the tiers in use", () => {
    const tiersGB = { hot: 30, cool: 50, cold: 0, archive: 20 };
    const report = environmentReport(environment(), {
      serverMetrics: calm,
      accountMetrics: { tiersGB, at: null },
      prices: shippedPrices("eastus"),
      keys: [],
      parameters: null,
      stopped: null,
      now,
    });
    const { weightedPerGB } = report["account"] as { weightedPerGB: number };
    assert.ok(Math.abs(weightedPerGB - (30 * 0.0208 + 50 * 0.0152 + 20 * 0.00099) / 100) < 1e-12);
  });

  it("is never silent about an LRS price on another redundancy", () => {
    const accountMetrics = { tiersGB: { hot: 1, cool: 0, cold: 0, archive: 0 }, at: null };
    const facts = { ...nothingRead, accountMetrics, prices: shippedPrices("eastus") };
    const warningsOf = (skuName: string | null, given: typeof facts) =>
      reportWarnings(environment({ account: { ...account("st"), skuName } }), given).map(({ message }) => message);
    assert.deepEqual(warningsOf("Standard_LRS", facts), []);
    assert.deepEqual(warningsOf("Standard_RAGZRS", facts), [
      "The price per GB of st is the list price of LRS; it is RAGZRS, which costs more.",
    ]);
    assert.match(warningsOf(null, facts)[0] ?? "", /its redundancy is not known/);
    assert.deepEqual(warningsOf("Standard_GRS", { ...facts, prices: null }), []);
  });
});

const nothingRead = { serverMetrics: null, accountMetrics: null, keys: [], parameters: null, stopped: null, now };

describe("an event", () => {
  it("reaches every listener until it is disposed", () => {
    const emitter = new Emitter<number>();
    const heard: number[] = [];
    const listener = (value: number): void => void heard.push(value);
    const first = emitter.event(listener);
    emitter.event(listener);
    emitter.fire(1);
    first.dispose();
    emitter.fire(2);
    emitter.dispose();
    emitter.fire(3);
    assert.deepEqual(heard, [1, 1, 2]);
  });
});
