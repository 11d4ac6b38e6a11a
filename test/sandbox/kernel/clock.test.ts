import assert from "node:assert/strict";
import { parseDuration } from "../../../sandbox/clock.ts";
import { assertRefused, bench, serverId, start } from "../support.ts";

describe("the sandbox's clock", () => {
  it("says the virtual time on every answer", async () => {
    const { send, pass } = bench();
    pass(90);
    const answer = await send("GET", serverId);
    assert.equal(answer.headers!["x-sandbox-now"], String(start + 90_000));
    assert.equal(answer.headers!["Date"], new Date(start + 90_000).toUTCString());
  });

  it("runs as fast as it is told, without a jump at the change", async () => {
    const { send, pass } = bench();
    pass(10);
    const changed = await send("POST", "/_sandbox/clock", { body: { speed: 60 } });
    assert.equal((changed.body as { epochMs: number }).epochMs, start + 10_000);
    pass(10);
    const { body } = await send("GET", "/_sandbox/clock");
    assert.deepEqual(body, { now: new Date(start + 610_000).toISOString(), epochMs: start + 610_000, speed: 60 });
  });

  it("divides Retry-After by the speed", async () => {
    const slow = bench();
    const slowStop = await slow.send("POST", `${serverId}/stop`);
    assert.equal(slowStop.headers!["Retry-After"], "10");
    const fast = bench();
    await fast.send("POST", "/_sandbox/clock", { body: { speed: 5 } });
    const fastStop = await fast.send("POST", `${serverId}/stop`);
    assert.equal(fastStop.headers!["Retry-After"], "2");
  });

  it("refuses to advance by what is no duration", async () => {
    const { send } = bench();
    assertRefused(await send("POST", "/_sandbox/clock", { body: { advance: "a day" } }), 400, "BadRequest");
    assertRefused(await send("POST", "/_sandbox/clock", { body: { speed: 0 } }), 400, "BadRequest");
    assertRefused(await send("POST", "/_sandbox/clock", { body: { advanced: "PT1H" } }), 400, "BadRequest");
  });

  it("applies what fell due in order, each thing at its own time", async () => {
    const { send, state } = bench();
    await send("POST", `${serverId}/stop`);
    await send("POST", "/_sandbox/clock", { body: { advance: "P8D" } });
    const times = state.activity.map(({ at, operationName, status }) => [
      (at - start) / 1000,
      operationName.split("/")[2],
      status,
    ]);
    assert.deepEqual(times, [
      [0, "stop", "Started"],
      [90, "stop", "Succeeded"],
      [90 + 7 * 86_400, "start", "Accepted"],
      [90 + 7 * 86_400, "start", "Started"],
      [90 + 7 * 86_400 + 120, "start", "Succeeded"],
    ]);
  });

  it("reads ISO 8601 durations", () => {
    assert.equal(parseDuration("PT24H"), 86_400_000);
    assert.equal(parseDuration("P1DT1M1.5S"), 86_461_500);
    assert.equal(parseDuration("P2W"), 14 * 86_400_000);
    assert.deepEqual(["P", "PT", "24H", "P1M", "-PT1H"].map(parseDuration), [null, null, null, null, null]);
  });
});
