import assert from "node:assert/strict";
import { environmentRow } from "../../../src/tree/environmentRow.ts";
import { fleetRows } from "../../../src/tree/fleetRows.ts";
import { defaultDisplay } from "../../../src/tree/facts.ts";
import { operationRows } from "../../../src/tree/operationRows.ts";
import { contextValue } from "../../../src/tree/row.ts";
import { account, accountKey, environment, replica, server, serverKey } from "../environments/fixtures.ts";
import { facts, lines, metrics, now, operation, rowsOf } from "./fixtures.ts";

const noGroup = { group: "class" } as const;
const encrypted = environment({
  server: server("orders-pg", {}, { encryption: serverKey("vault/cmk") }),
  account: account("ordersst", {}, accountKey("vault/cmk")),
});

describe("an environment's row", () => {
  it("says size, load and key in one glance", () => {
    const row = environmentRow(encrypted, facts({ serverMetrics: () => metrics() }), noGroup);
    assert.equal(row.description, "D4ds_v5 · CPU 63 % warning · CMK");
  });

  it("shows what stands worst against its levels instead of CPU", () => {
    const full = facts({ serverMetrics: () => metrics({ cpu: 0.2, storage: 0.93 }) });
    assert.match(environmentRow(encrypted, full, noGroup).description, /Storage 93 % critical/);
  });

  it("names the side the customer's key leaves out", () => {
    const half = environment({ server: server("orders-pg", {}, { encryption: serverKey("vault/cmk") }) });
    assert.match(environmentRow(half, facts(), noGroup).description, /CMK on server only$/);
    assert.match(environmentRow(environment(), facts(), noGroup).description, /service key$/);
  });

  it("brings a key that ends within a month into the glance", () => {
    const ends = environment({
      ...encrypted,
      account: account("ordersst", {}, accountKey("vault/cmk", "2026-12-04T13:00:00Z")),
    });
    assert.match(environmentRow(ends, facts(), noGroup).description, /CMK, key ends in 12 d$/);
  });

  it("has no load while the server does not run, and can be started only", () => {
    const stopped = environment({ server: server("orders-pg", {}, { state: "Stopped" }) });
    const row = environmentRow(stopped, facts({ serverMetrics: () => metrics() }), noGroup);
    assert.equal(row.description, "Stopped · D4ds_v5 · service key");
    assert.ok(row.tokens.includes("stopped"));
    assert.ok(!row.tokens.includes("ready") && !row.tokens.includes("scalable"));
  });

  it("offers nothing while an operation runs and says what is done", () => {
    const row = environmentRow(encrypted, facts({ running: () => operation() }), noGroup);
    assert.match(row.description, /^Ready, stopping…/);
    assert.ok(row.tokens.includes("busy") && !row.tokens.includes("ready"));
  });

  it("keeps a state Azure may add later as it is", () => {
    const odd = environment({ server: server("orders-pg", {}, { state: "Hibernating" }) });
    assert.match(environmentRow(odd, facts(), noGroup).description, /^Hibernating/);
  });

  it("spells itself out for screen readers", () => {
    const { spoken } = environmentRow(encrypted, facts({ serverMetrics: () => metrics() }), noGroup);
    assert.equal(spoken, "orders, prod environment, D4ds_v5, CPU 63 % warning, CMK");
  });

  it("has an id of its own for every row below it, and they last", () => {
    const many = { ...encrypted, replicas: [replica("orders-replica", encrypted.server ?? server("x"))] };
    const ids = rowsOf(environmentRow(many, facts(), noGroup)).map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length, ids.join("\n"));
    assert.deepEqual(
      rowsOf(environmentRow(many, facts(), noGroup)).map(({ id }) => id),
      ids,
    );
  });

  it("counts connections against what clients can really open", () => {
    const below = lines(environmentRow(encrypted, facts({ serverMetrics: () => metrics() }), noGroup));
    assert.ok(below.includes("Connections: 30 % · 255 of 850 for clients"), below.join("\n"));
  });

  it("has a table and the course of the CPU with its range in the tooltip", () => {
    const measured = metrics({ cpuHistory: [0.41, null, 0.63] });
    const tooltip = environmentRow(encrypted, facts({ serverMetrics: () => measured }), noGroup).tooltip?.() ?? "";
    assert.match(tooltip, /^\| CPU \| 63 % warning/m);
    assert.match(tooltip, /CPU, oldest to newest, 41 % to 63 %: `▄·▆`/);
  });

  it("keeps hostile names inert in labels, descriptions and tooltips", () => {
    const evil = "$(alert) [x](command:y) <img src=x>\u202E";
    const row = environmentRow({ ...encrypted, name: evil, resourceGroup: evil }, facts(), noGroup);
    const shown = [row.label, row.description, row.spoken].join();
    assert.doesNotMatch(shown, /\$\(|\]\(|\u202e/);
    const tooltip = row.tooltip?.() ?? "";
    assert.doesNotMatch(tooltip, /(?<!\\)<img|(?<!\\)\]\(|\u202e/);
  });
});

describe("the fleet", () => {
  const dev = environment({
    id: "dev",
    name: "a-dev",
    class: "dev",
    server: server("dev-pg", {}, { state: "Stopped" }),
  });
  const fleet = facts({ environments: [dev, encrypted, environment({ id: "odd", name: "odd", class: "unknown" })] });

  it("is grouped by class, prod first, and says that no class is treated as prod", () => {
    const groups = fleetRows(fleet, defaultDisplay);
    assert.deepEqual(
      groups.map(({ label }) => label),
      ["prod", "dev", "no class"],
    );
    assert.equal(groups[2]?.description, "1 · treated as prod");
  });

  it("shows what any of the filters fits", () => {
    const rows = fleetRows(fleet, { group: "none", sort: "name", filters: ["stopped"] });
    assert.deepEqual(
      rows.map(({ label }) => label),
      ["a-dev"],
    );
    const keys = fleetRows(fleet, { group: "none", sort: "name", filters: ["stopped", "noCustomerKey"] });
    assert.deepEqual(
      keys.map(({ label }) => label),
      ["a-dev", "odd"],
    );
  });

  it("has one warning row for each part that cannot be read, below what can be, and in a few words", () => {
    const problem = {
      scope: "/subscriptions/x",
      label: "Fabrikam",
      tenantId: "t",
      code: "AuthorizationFailed",
      message: "No Reader.",
      remedy: "role",
    } as const;
    const last = fleetRows({ ...fleet, problems: [problem] }, defaultDisplay).at(-1);
    assert.deepEqual([last?.label, last?.description], ["Fabrikam", "no access · Reader needed"]);
    assert.equal(last?.spoken, "warning: Fabrikam, No Reader.");
    const filtered = { ...defaultDisplay, filters: ["overLevel"] } as const;
    assert.deepEqual(fleetRows({ ...fleet, problems: [problem] }, filtered), [], "the welcome text takes its place");
    assert.match(last?.tooltip?.() ?? "", /No Reader\\\./);
  });
});

describe("operations", () => {
  it("stand with what is open first, its phase and its time", () => {
    const done = operation({
      id: "2",
      status: "succeeded",
      startedAt: "2026-11-22T11:59:00Z",
      endedAt: "2026-11-22T11:59:40Z",
    });
    const rows = operationRows([done, operation()], now);
    assert.deepEqual(
      rows.map(({ description }) => description),
      ["Azure is stopping orders-pg · 1:40", "done and verified · 20 s ago"],
    );
  });

  it("say that an outcome is unknown and what is safe to do", () => {
    const [row] = operationRows([operation({ status: "unknown", followedHere: false })], now);
    assert.match(row?.description ?? "", /^outcome unknown/);
    assert.ok(row?.tokens.includes("resumable"));
    assert.ok(lines(row!).some((line) => /Nothing is sent twice/.test(line)));
  });

  it("can be waited for no longer only where they are followed", () => {
    assert.ok(operationRows([operation()], now)[0]?.tokens.includes("followed"));
    assert.ok(!operationRows([operation({ followedHere: false })], now)[0]?.tokens.includes("followed"));
  });

  it("name Azure's code of a failure", () => {
    const failed = operation({
      status: "failed",
      endedAt: "2026-11-22T11:59:00Z",
      error: { code: "ServerIsBusy", message: "busy" },
    });
    assert.match(operationRows([failed], now)[0]?.description ?? "", /failed, ServerIsBusy/);
  });
});

describe("context values", () => {
  it("are sorted words without repetition", () => {
    assert.equal(contextValue(["stopped", "environment", "stopped"]), "environment;stopped");
  });
});
