import assert from "node:assert/strict";
import { parseFaults } from "../../../sandbox/faults.ts";
import { assertRefused, bench, follow, serverId } from "../support.ts";

const stopPath = "**/flexibleServers/*/stop";

async function lab(...rules: unknown[]) {
  const one = bench();
  const answer = await one.send("POST", "/_sandbox/faults", { body: rules });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return one;
}

const stateOfServer = async (one: ReturnType<typeof bench>) => (await one.read(serverId)).properties["state"];

describe("faults on request", () => {
  it("answers a status before any service, with the wanted headers, only for the nth match", async () => {
    const fault = { status: { status: 429, code: "TooManyRequests", headers: { "Retry-After": "3600" } } };
    const one = await lab({ match: { method: "POST", path: stopPath, nth: 2 }, when: "before", fault });
    const first = await one.send("POST", `${serverId}/stop`);
    assert.equal(first.status, 202);
    await follow(one, first);
    const second = await one.send("POST", `${serverId}/stop`);
    assertRefused(second, 429, "TooManyRequests");
    assert.equal(second.headers!["Retry-After"], "3600");
    assertRefused(await one.send("POST", `${serverId}/stop`), 409, "ServerIsNotReady");
  });

  it("resets before the commit without an effect, after it with one", async () => {
    const before = await lab({ match: { path: stopPath }, when: "before", fault: "reset" });
    assert.deepEqual((await before.send("POST", `${serverId}/stop`)).wire, { kind: "reset" });
    assert.equal(await stateOfServer(before), "Ready");
    const after = await lab({ match: { path: stopPath }, when: "afterCommit", fault: { reset: {} } });
    assert.deepEqual((await after.send("POST", `${serverId}/stop`)).wire, { kind: "reset" });
    assert.equal(await stateOfServer(after), "Stopping");
    const [logged] = after.sandbox.log.entries();
    assert.deepEqual([logged!.status, logged!.authenticated, logged!.fault], [202, true, "afterCommit:reset"]);
    assert.equal(before.sandbox.log.entries()[0]!.status, 0);
  });

  it("answers an error after the commit", async () => {
    const one = await lab({ match: { path: stopPath }, when: "afterCommit", fault: { status: { status: 504 } } });
    assert.equal((await one.send("POST", `${serverId}/stop`)).status, 504);
    assert.equal(await stateOfServer(one), "Stopping");
  });

  it("bends an accepted answer: no polling header, or one of another origin", async () => {
    const match = { path: stopPath };
    const bare = await lab({ match, when: "afterCommit", fault: { status: { status: 202 } } });
    const answer = await bare.send("POST", `${serverId}/stop`);
    assert.deepEqual(
      [answer.status, answer.body, answer.headers!["Azure-AsyncOperation"], answer.headers!["x-ms-error-code"]],
      [202, undefined, undefined, undefined],
    );
    assert.equal(await stateOfServer(bare), "Stopping");
    const headers = { "Azure-AsyncOperation": "https://evil.example/poll" };
    const astray = await lab({ match, when: "afterCommit", fault: { status: { status: 202, headers } } });
    assert.equal(
      (await astray.send("POST", `${serverId}/stop`)).headers!["Azure-AsyncOperation"],
      headers["Azure-AsyncOperation"],
    );
  });

  it("spoils bodies: another text, cut, slow, hanging", async () => {
    const match = { method: "GET", path: "**/flexibleServers/*" };
    const text = await lab({ match, when: "body", fault: { body: { text: "<html>portal</html>" } } });
    assert.equal((await text.send("GET", serverId)).text, "<html>portal</html>");
    const cut = await lab({ match, when: "body", fault: "truncate", seed: 3 });
    const wire = (await cut.send("GET", serverId)).wire;
    assert.ok(wire?.kind === "truncate" && wire.bytes > 0);
    const slow = await lab({ match, when: "body", fault: { slow: { bytesPerSecond: 1 } } });
    assert.deepEqual((await slow.send("GET", serverId)).wire, { kind: "slow", bytesPerSecond: 1 });
    const late = await lab({ match, when: "body", fault: { delay: { milliseconds: 31_000 } } });
    assert.deepEqual((await late.send("GET", serverId)).wire, { kind: "delay", milliseconds: 31_000 });
    const hang = await lab({ match, when: "before", fault: { kind: "hang" } });
    assert.deepEqual((await hang.send("GET", serverId)).wire, { kind: "hang" });
  });

  it("fails an operation on its poll, matched by the request that started it or by the poll's own address", async () => {
    for (const match of [{ method: "POST", path: stopPath }, { path: "**/azureAsyncOperation/*" }]) {
      const one = await lab({ match, when: "poll", fault: { operation: { status: "Failed", code: "ServerIsBusy" } } });
      const end = await follow(one, await one.send("POST", `${serverId}/stop`));
      assert.deepEqual([end.status, end.error?.code], ["Failed", "ServerIsBusy"]);
      assert.equal(await stateOfServer(one), "Ready");
    }
  });

  it("lets an operation never end, end canceled, or succeed before the server is there", async () => {
    const match = { path: stopPath };
    const never = await lab({ match, when: "afterCommit", fault: { operation: { status: "InProgress" } } });
    await never.send("POST", `${serverId}/stop`);
    never.pass(86_400);
    assert.equal(await stateOfServer(never), "Stopping");
    const canceled = await lab({
      match,
      when: "afterCommit",
      fault: { operation: { status: "Canceled", code: "Canceled" } },
    });
    assert.equal((await follow(canceled, await canceled.send("POST", `${serverId}/stop`))).status, "Canceled");
    assert.equal(await stateOfServer(canceled), "Ready");
    const early = await lab({ match, when: "poll", fault: { operation: { status: "Succeeded" } } });
    assert.equal((await follow(early, await early.send("POST", `${serverId}/stop`))).status, "Succeeded");
    assert.equal(await stateOfServer(early), "Stopping");
    early.pass(90);
    assert.equal(await stateOfServer(early), "Stopped");
  });

  it("counts polls for poll rules, not other requests", async () => {
    const one = await lab({
      match: { path: "**", nth: 2 },
      when: "poll",
      fault: { status: { status: 404, code: "NotFound" } },
    });
    await one.send("GET", serverId);
    const url = new URL((await one.send("POST", `${serverId}/stop`)).headers!["Azure-AsyncOperation"]!);
    const poll = async () => (await one.send("GET", url.pathname + url.search)).status;
    assert.deepEqual([await poll(), await poll(), await poll()], [200, 404, 200]);
  });

  it("never lets a fault hide that a real token came", async () => {
    const one = await lab({ match: {}, when: "before", fault: { status: { status: 200 } } });
    const token = ["x", JSON.stringify({ iss: "https://sts.windows.net/t/" }), "y"]
      .map((part) => Buffer.from(part).toString("base64url"))
      .join(".");
    assertRefused(await one.send("GET", serverId, { token }), 403, "SandboxRefusesRealToken");
  });

  it("is cleared by an empty list and refuses what is no rule", async () => {
    const one = await lab({ match: {}, when: "before", fault: "reset" });
    await one.send("POST", "/_sandbox/faults", { body: [] });
    assert.equal((await one.send("GET", serverId)).status, 200);
    for (const rule of [
      {},
      { fault: "explode" },
      { fault: "reset", when: "sometimes" },
      { fault: { status: { status: 42 } } },
      { fault: "reset", match: { nth: 0 } },
      { fault: "reset", match: { url: "/subscriptions" } },
      { fault: "reset", match: { path: 5 } },
      { fault: "reset", match: "/subscriptions" },
      { fault: { slow: { bytesPerSecond: "quick" } } },
      { fault: { delay: { milliseconds: -1 } } },
    ]) {
      assert.throws(() => parseFaults([rule]), /^Error: Fault 1/);
    }
    assert.throws(() => parseFaults({}), /list/);
  });

  it("lets a leading star cross segments and others not", async () => {
    const one = await lab(
      { match: { path: "*/STOP" }, when: "before", fault: "reset" },
      { match: { path: "/subscriptions/*" }, when: "before", fault: "hang" },
    );
    assert.equal((await one.send("POST", `${serverId}/stop`)).wire?.kind, "reset");
    assert.equal((await one.send("GET", serverId)).wire, undefined);
  });
});
