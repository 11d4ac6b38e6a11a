import assert from "node:assert/strict";
import { appendFileSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { connectSandbox } from "../../../sandbox/connect.ts";
import type { ConnectOptions } from "../../../sandbox/connect.ts";
import { becomeOwner } from "../../../sandbox/owner.ts";
import { server, stateOf } from "../support.ts";
import { ask, ended, ends, foreign, folder, kill, readyServer, serverCommand } from "./process.ts";
import type { Folder } from "./process.ts";

describe("one owner per state file", function () {
  this.timeout(60_000);
  let place: Folder;
  const connect = async (more: Partial<ConnectOptions> = {}) => {
    const connection = await connectSandbox({ stateFile: place.stateFile, serverCommand, ...more });
    place.remember(connection.pid);
    return connection;
  };

  beforeEach(() => void (place = folder()));
  afterEach(() => place.remove());

  it("starts one for clients that come at the same time, and the next finds it", async () => {
    const connections = await Promise.all([connect(), connect(), connect(), connect()]);
    const later = await connect();
    assert.equal(new Set([...connections, later].map((one) => `${one.pid} ${one.origin} ${one.token}`)).size, 1);
  });

  it("keeps everything that was answered when it is killed, and the next owner goes on with it", async () => {
    const first = await connect();
    const id = await readyServer(first);
    const accepted = await foreign(first).post(`${id}/stop?api-version=2025-08-01`);
    assert.equal(accepted.status, 202);
    await kill(first.pid);
    const second = await connect();
    assert.notEqual(second.pid, first.pid);
    assert.equal(second.token, first.token);
    const client = foreign(second);
    assert.equal(
      ((await client.get(`${id}?api-version=2025-08-01`))["properties"] as { state: string }).state,
      "Stopping",
    );
    await client.post("/_sandbox/clock", { advance: "PT10M" });
    const poll = new URL(String(accepted.headers["azure-asyncoperation"]));
    assert.equal((await client.get(poll.pathname + poll.search))["status"], "Succeeded");
    const log = (await client.get("/_sandbox/log")) as unknown as {
      seq: number;
      method: string;
      path: string;
      status: number;
      authenticated: boolean;
    }[];
    assert.deepEqual(
      log
        .filter((one) => one.method === "POST")
        .map(({ path, status, authenticated }) => [path, status, authenticated]),
      [[`${id}/stop`, 202, true]],
    );
    assert.deepEqual(
      log.map((one) => one.seq),
      log.map((_one, index) => index + 1),
    );
  });

  it("lets virtual time run on while nobody owns the state", async () => {
    const first = await connect({ speed: 1000 });
    const before = (await foreign(first).get("/_sandbox/clock")) as { epochMs: number };
    await kill(first.pid);
    const second = await connect();
    const after = (await foreign(second).get("/_sandbox/clock")) as { epochMs: number; speed: number };
    assert.equal(after.speed, 1000);
    assert.ok(after.epochMs - before.epochMs >= 1000, "at least a millisecond passed");
  });

  it("hands over at once to an explicit sandbox on the same state, on the same port", async () => {
    const first = await connect();
    const taken = await place.launch();
    assert.notEqual(taken.child.pid, first.pid);
    assert.equal(taken.origin, first.origin);
    const again = await connect();
    assert.equal(again.pid, taken.child.pid);
    await ends(first.pid);
  });

  it("does not hand over while a request is in flight, and does right after", async () => {
    const first = await place.launch("--latency", "1500");
    const token = readFileSync(first.tokenFile, "utf8");
    const client = foreign({ origin: first.origin, token });
    const slow = ask(`${first.origin}/subscriptions?api-version=2022-12-01`, { headers: client.headers });
    while (((await client.get("/_sandbox/log")) as unknown as unknown[]).length === 0);
    assert.equal((await client.post("/_sandbox/handover")).status, 409);
    assert.equal((await slow).status, 200);
    assert.equal((await client.post("/_sandbox/handover")).status, 200);
    assert.equal(await ended(first.child), 0);
  });

  for (const [flag, value] of [
    ["--fleet", "many"],
    ["--fleet", "5001"],
    ["--port", "-1"],
    ["--port", "70000"],
    ["--speed", "0"],
    ["--faults", "/nowhere.json"],
    ["--nonsense", "1"],
  ] as const) {
    it(`exits with 2 on ${flag} ${value} and touches no file`, async () => {
      await assert.rejects(place.launch(flag, value), /ended with 2/);
      assert.deepEqual(readdirSync(dirname(place.stateFile)), []);
    });
  }

  it("is not taken over by a process that only joins", async () => {
    const first = await place.launch();
    const second = await place.launch("--join");
    assert.deepEqual([second.origin, await ended(second.child)], [first.origin, 0]);
    assert.equal(first.child.exitCode, null);
  });

  it("stops serving as soon as another process owns the state, whatever became of the handover", async () => {
    const first = await place.launch();
    const token = readFileSync(first.tokenFile, "utf8");
    const owner = `${place.stateFile}.owner.json`;
    writeFileSync(
      owner,
      JSON.stringify({ ...(JSON.parse(readFileSync(owner, "utf8")) as object), ownerId: "somebody-else" }),
    );
    const answer = await ask(`${first.origin}/subscriptions?api-version=2022-12-01`, {
      headers: foreign({ origin: first.origin, token }).headers,
    });
    assert.equal(answer.status, 503);
    assert.equal(await ended(first.child), 0);
  });

  it("forgets the half line that a kill left in the log, and half-written states", async () => {
    const first = await connect();
    await readyServer(first);
    await kill(first.pid);
    const log = `${place.stateFile}.log.jsonl`;
    const whole = readFileSync(log, "utf8");
    appendFileSync(log, '{"seq":3,"at":"20');
    writeFileSync(`${place.stateFile}.${first.pid}.tmp`, '{"version":1,"resour');
    const second = await connect();
    await readyServer(second);
    assert.equal(
      ((await foreign(second).get("/_sandbox/log")) as unknown as unknown[]).length,
      whole.split("\n").length - 1 + 2,
    );
  });

  it("survives being killed in the middle of writes, again and again", async () => {
    let connection = await connect({ fleet: "3" });
    const id = await readyServer(connection);
    const tags = `${id}/providers/Microsoft.Resources/tags/default?api-version=2022-09-01`;
    const write = (value: number) =>
      ask(connection.origin + tags, {
        method: "PATCH",
        headers: { ...foreign(connection).headers, "Content-Type": "application/json" },
        body: JSON.stringify({ operation: "Merge", properties: { tags: { n: String(value) } } }),
      });
    let value = 0;
    for (let round = 0; round < 5; round++) {
      let acknowledged = value;
      const killed = new Promise((resolve) => setTimeout(resolve, 20 + round * 7)).then(() => kill(connection.pid));
      try {
        for (;;) {
          await write(value + 1);
          acknowledged = value += 1;
        }
      } catch {
        await killed;
      }
      connection = await connect();
      const { properties } = (await foreign(connection).get(tags)) as { properties: { tags: { n?: string } } };
      const kept = Number(properties.tags.n ?? 0);
      assert.ok(kept === acknowledged || kept === acknowledged + 1, `acknowledged ${acknowledged}, kept ${kept}`);
      value = kept;
    }
    assert.ok(value > 0, "the dangerous step ran");
    assert.deepEqual(
      readdirSync(dirname(place.stateFile)).filter((name) => name.endsWith(".lock")),
      [],
    );
  });

  it("ends when nobody has asked it anything for a while", async () => {
    const over = new Promise<void>((resolve) => {
      const createState = () => stateOf(server("one-pg"));
      const options = {
        stateFile: place.stateFile,
        mode: "takeOver",
        port: undefined,
        latency: 0,
        speed: undefined,
        faults: undefined,
      } as const;
      void becomeOwner({ ...options, createState, idleLimit: 50, exit: resolve });
    });
    await over;
    const next = await connect();
    assert.equal((await readyServer(next)).endsWith("/one-pg"), true);
  });

  it("says in one sentence why it did not start", async () => {
    writeFileSync(place.stateFile, '{"version":2}');
    await assert.rejects(connect(), /did not start.*is not the state of a sandbox/);
  });

  it("puts a client's faults in force on an owner that is already there", async () => {
    await connect();
    const faults = [
      {
        match: { path: "/subscriptions" },
        when: "before",
        fault: { status: { status: 503, code: "ServiceUnavailable" } },
      },
    ];
    const second = await connect({ faults });
    const answer = await ask(`${second.origin}/subscriptions?api-version=2022-12-01`, {
      headers: foreign(second).headers,
    });
    assert.equal(answer.status, 503);
    await assert.rejects(connect({ faults: [{}] }), /Fault 1/);
  });
});
