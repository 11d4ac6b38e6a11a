import assert from "node:assert/strict";
import { assertRefused, bench, follow, server, serverId, stateFor, stateOf } from "../support.ts";

const stateNow = (resource: { properties: Record<string, unknown> }) => resource.properties["state"];

describe("stop, start and restart of a flexible server", () => {
  it("accepts a stop with 202 and both polling headers on the forwarded host", async () => {
    const lab = bench();
    const answer = await lab.send("POST", `${serverId}/stop`);
    assert.equal(answer.status, 202);
    assert.equal(answer.body, undefined);
    const base =
      "https://management\\.azure\\.com/subscriptions/[^/]+/providers/Microsoft\\.DBforPostgreSQL/locations/eastus";
    assert.match(
      answer.headers!["Azure-AsyncOperation"]!,
      new RegExp(`^${base}/azureAsyncOperation/[0-9a-f-]{36}\\?api-version=2025-08-01$`),
    );
    assert.match(
      answer.headers!["Location"]!,
      new RegExp(`^${base}/operationResults/[0-9a-f-]{36}\\?api-version=2025-08-01$`),
    );
    assert.equal(stateNow(await lab.read(serverId)), "Stopping");
    lab.pass(89);
    assert.equal(stateNow(await lab.read(serverId)), "Stopping");
    lab.pass(1);
    assert.equal(stateNow(await lab.read(serverId)), "Stopped");
  });

  it("answers the Location with 202 while it runs and 204 when a stop is done", async () => {
    const lab = bench();
    const answer = await lab.send("POST", `${serverId}/stop`);
    const location = new URL(answer.headers!["Location"]!);
    const early = await lab.send("GET", location.pathname + location.search);
    assert.equal(early.status, 202);
    assert.equal(early.headers!["Location"], answer.headers!["Location"]);
    await follow(lab, answer);
    assert.equal((await lab.send("GET", location.pathname + location.search)).status, 204);
  });

  it("does one operation at a time", async () => {
    const lab = bench();
    await lab.send("POST", `${serverId}/stop`);
    assertRefused(await lab.send("POST", `${serverId}/start`), 409, "ServerIsBusy");
    assertRefused(await lab.send("PATCH", serverId, { body: { tags: {} } }), 409, "ServerIsBusy");
  });

  it("stops only what is started, and says so in Azure's words", async () => {
    const lab = bench(stateFor({ state: "Stopped" }));
    const answer = await lab.send("POST", `${serverId}/stop`);
    assertRefused(answer, 409, "ServerIsNotReady");
    const expected =
      "Restart or Stop Server can only be performed on Started servers. Server Name = one-pg, Current Server State = Stopped";
    assert.equal((answer.body as { error: { message: string } }).error.message, expected);
  });

  it("does nothing but start while stopped", async () => {
    const lab = bench(stateFor({ state: "Stopped" }));
    assertRefused(await lab.send("POST", `${serverId}/restart`), 409, "ServerIsNotReady");
    assertRefused(
      await lab.send("PATCH", serverId, { body: { sku: { name: "Standard_D8ds_v5" } } }),
      409,
      "ServerIsNotReady",
    );
    assertRefused(await lab.send("PUT", `${serverId}/backups/mine`), 409, "ServerIsNotReady");
    assertRefused(await lab.send("DELETE", serverId), 409, "ServerIsNotReady");
    assert.equal((await lab.send("POST", `${serverId}/start`)).status, 202);
  });

  it("starts by itself after 7 days, counted from the last stop only", async () => {
    const lab = bench();
    await follow(lab, await lab.send("POST", `${serverId}/stop`));
    await lab.send("POST", "/_sandbox/clock", { body: { advance: "P6D" } });
    await follow(lab, await lab.send("POST", `${serverId}/start`));
    await follow(lab, await lab.send("POST", `${serverId}/stop`));
    await lab.send("POST", "/_sandbox/clock", { body: { advance: "P6D" } });
    assert.equal(stateNow(await lab.read(serverId)), "Stopped");
    await lab.send("POST", "/_sandbox/clock", { body: { advance: "P1DT5M" } });
    assert.equal(stateNow(await lab.read(serverId)), "Ready");
  });

  it("starts a server by itself that a fleet brought along stopped", async () => {
    const lab = bench(stateFor({ state: "Stopped" }));
    await lab.send("POST", "/_sandbox/clock", { body: { advance: "P7DT1H" } });
    assert.equal(stateNow(await lab.read(serverId)), "Ready");
  });

  it("fails over only to a standby, and swaps the zones", async () => {
    const without = bench();
    const body = { restartWithFailover: true, failoverMode: "PlannedFailover" };
    assertRefused(await without.send("POST", `${serverId}/restart`, { body }), 400, "HighAvailabilityNotEnabled");
    const lab = bench(
      stateFor({ highAvailability: { mode: "ZoneRedundant", state: "Healthy", standbyAvailabilityZone: "2" } }),
    );
    const answer = await lab.send("POST", `${serverId}/restart`, { body });
    assert.equal(stateNow(await lab.read(serverId)), "Restarting");
    await follow(lab, answer);
    const { properties } = await lab.read(serverId);
    assert.equal(properties["availabilityZone"], "2");
    assert.deepEqual(properties["highAvailability"], {
      mode: "ZoneRedundant",
      state: "Healthy",
      standbyAvailabilityZone: "1",
    });
  });

  it("stops the primary before and starts it after its replicas", async () => {
    const role = { replicationRole: "AsyncReplica", sourceServerResourceId: serverId };
    const replica = server("one-pg-replica", role);
    const lab = bench(stateOf(server("one-pg"), replica));
    assertRefused(await lab.send("POST", `${replica.id}/stop`), 409, "ReplicaOrder");
    await follow(lab, await lab.send("POST", `${serverId}/stop`));
    await follow(lab, await lab.send("POST", `${replica.id}/stop`));
    assertRefused(await lab.send("POST", `${serverId}/start`), 409, "ReplicaOrder");
    await follow(lab, await lab.send("POST", `${replica.id}/start`));
    await follow(lab, await lab.send("POST", `${serverId}/start`));
    assert.equal(stateNow(await lab.read(serverId)), "Ready");
  });

  it("knows ids in any letter case and keeps the one it was created with", async () => {
    const lab = bench();
    assert.equal((await lab.read(serverId.toUpperCase().replace("MICROSOFT", "Microsoft"))).id, serverId);
    assert.equal((await lab.send("POST", `${serverId.toLowerCase()}/STOP`)).status, 202);
  });
});
