import assert from "node:assert/strict";
import { appendFileSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AzureError } from "../../../src/azure/ports.ts";
import { readChain } from "../../../src/operations/entries.ts";
import { isLocked, lockServer } from "../../../src/operations/lock.ts";
import { PlanRefused } from "../../../src/operations/request.ts";
import { fakeEnvironment, FakeAzure, fakeServer } from "../../support/fakeAzure.ts";
import { bench, type Bench } from "./harness.ts";

describe("the journal", () => {
  const server = fakeServer("orders-dev-pg");
  const environment = fakeEnvironment(server);
  let fake: FakeAzure;
  let b: Bench;
  beforeEach(() => {
    fake = new FakeAzure().add(server);
    b = bench(fake);
  });
  afterEach(() => b.clean());

  const stopPlan = () => b.operations.plan({ operation: "stop" }, environment);
  const files = (folder: string): readonly string[] =>
    readdirSync(join(b.stateDir, folder)).map((name) => join(b.stateDir, folder, name));

  /** Leaves one operation open: the answer was lost and nobody looked further. */
  async function leaveOpen(): Promise<string> {
    fake.sendFault = { commit: true, error: new AzureError("timeout", "No answer.", { sent: "unknown" }) };
    const id = b.operations.begin(await stopPlan());
    fake.onSleep = () => b.operations.stopWaiting(id);
    await b.operations.settled(id);
    Object.assign(fake, { sendFault: null, onSleep: () => undefined });
    return id;
  }

  it("is one private file an operation, a chain without a break, moved away when it ended", async () => {
    const { id } = await b.operations.run(await stopPlan());
    assert.deepEqual(files("open"), []);
    const [path = ""] = files("done");
    assert.ok(path.endsWith(`${id}.jsonl`));
    assert.equal(statSync(path).mode & 0o777, 0o600);
    const { entries, fault } = readChain(readFileSync(path, "utf8"));
    assert.equal(fault, "none");
    assert.deepEqual(
      entries.map(({ body }) => body.state),
      ["planned", "intent", "accepted", "outcome", "ended"],
    );
  });

  it("finds every changed byte", async () => {
    await b.operations.run(await stopPlan());
    const text = readFileSync(files("done")[0] ?? "", "utf8");
    for (let at = 0; at < text.length; at += 97) {
      const changed = text.slice(0, at) + (text[at] === "x" ? "y" : "x") + text.slice(at + 1);
      assert.notEqual(readChain(changed).fault, "none", `byte ${at}`);
    }
  });

  it("ignores a torn last line and goes on from the line before", async () => {
    const id = await leaveOpen();
    appendFileSync(files("open")[0] ?? "", '{"v":1,"seq":9,"half');
    const next = b.another();
    const [record] = await next.resume(id);
    assert.equal(record?.status, "succeeded");
    assert.equal(readChain(readFileSync(files("done")[0] ?? "", "utf8")).fault, "none");
  });

  it("only shows an operation whose journal was changed, until it is acknowledged", async () => {
    const id = await leaveOpen();
    const [path = ""] = files("open");
    const lines = readFileSync(path, "utf8").split("\n");
    writeFileSync(path, [lines[0], lines[1]?.replace("intent", "intend"), ...lines.slice(2)].join("\n"));
    const next = b.another();
    assert.deepEqual(await next.resume(), []);
    assert.equal(next.get(id)?.reason, "tampered");
    fake.change(server.id, { state: "Ready" });
    const again = await next.plan({ operation: "stop" }, environment);
    assert.throws(
      () => next.begin(again),
      (cause: unknown) => cause instanceof PlanRefused && cause.code === "tampered",
    );
    next.acknowledge(id);
    assert.equal((await next.run(again)).status, "succeeded");
    assert.equal(files("done").length, 2, "nothing is deleted");
  });

  it("does not write to a newer version's journal", async () => {
    const id = await leaveOpen();
    const [path = ""] = files("open");
    const text = readFileSync(path, "utf8");
    writeFileSync(path, `${text}{"v":2,"seq":9}\n`);
    const next = b.another();
    await next.resume();
    assert.equal(readFileSync(path, "utf8"), `${text}{"v":2,"seq":9}\n`);
    assert.equal(next.get(id)?.error?.code, "newerJournal");
  });

  it("sends nothing when it cannot be made", async () => {
    const plan = await stopPlan();
    mkdirSync(b.stateDir, { recursive: true });
    writeFileSync(join(b.stateDir, "open"), "a file where a folder has to be");
    const refused = (cause: unknown): boolean => cause instanceof PlanRefused && /nothing was sent/.test(cause.message);
    assert.throws(() => b.operations.begin(plan), refused);
    assert.deepEqual(fake.writes, []);
  });

  it("without a readable first line is shown as damaged and can be put away, so that its action is free again", async () => {
    const id = await leaveOpen();
    const [path = ""] = files("open");
    writeFileSync(path, readFileSync(path, "utf8").replace("planned", "plunned"));
    fake.change(server.id, { state: "Ready" });
    const next = b.another();
    await next.resume();
    const [damaged] = next.list();
    assert.deepEqual([damaged?.reason, damaged?.status, next.list().length], ["tampered", "unknown", 1]);
    assert.notEqual(damaged?.id, id);
    assert.ok(!Number.isNaN(Date.parse(damaged?.startedAt ?? "")));
    const plan = await next.plan({ operation: "stop" }, environment);
    assert.throws(
      () => next.begin(plan),
      (cause: unknown) =>
        cause instanceof PlanRefused && cause.code === "tampered" && /Acknowledge/.test(cause.message),
    );
    next.acknowledge(damaged?.id ?? "");
    assert.match(next.get(damaged?.id ?? "")?.phase ?? "", /Put away/);
    assert.equal((await next.run(plan)).status, "succeeded");
    assert.equal(files("done").length, 2, "nothing is deleted");
  });

  it("shows a finished one that was damaged", async () => {
    await b.operations.run(await stopPlan());
    const [path = ""] = files("done");
    writeFileSync(path, readFileSync(path, "utf8").replace("planned", "plunned"));
    const next = b.another();
    await next.resume();
    assert.deepEqual(
      next.list().map(({ reason }) => reason),
      ["tampered"],
    );
  });

  it("never holds a token", async () => {
    await b.operations.run(await stopPlan());
    assert.doesNotMatch(readFileSync(files("done")[0] ?? "", "utf8"), /bearer|token|eyJ/i);
  });
});

describe("two windows", () => {
  const server = fakeServer("orders-dev-pg");
  const environment = fakeEnvironment(server);
  let fake: FakeAzure;
  let b: Bench;
  beforeEach(() => {
    fake = new FakeAzure().add(server);
    b = bench(fake);
  });
  afterEach(() => b.clean());

  it("join one operation when both start the same", async () => {
    const other = b.another();
    const plans = await Promise.all([b.operations, other].map((one) => one.plan({ operation: "stop" }, environment)));
    const [first, second] = await Promise.all([b.operations.run(plans[0] as never), other.run(plans[1] as never)]);
    assert.equal(first?.id, second?.id);
    assert.equal(second?.status, "succeeded");
    assert.equal(fake.writes.length, 1);
  }).timeout(10_000);

  it("make one operation of a hundred clicks", async () => {
    const plans = await Promise.all(
      Array.from({ length: 100 }, () => b.operations.plan({ operation: "restart", failover: false }, environment)),
    );
    const ids = new Set(plans.map((plan) => b.operations.begin(plan)));
    await Promise.all([...ids].map((id) => b.operations.settled(id)));
    assert.equal(ids.size, 1);
    for (const plan of plans)
      assert.equal((await b.operations.run(plan)).id, [...ids][0], "a plan made before it ended");
    assert.equal(fake.writes.length, 1);
  });

  it("refuse another operation on the same server meanwhile", async () => {
    const other = b.another();
    const scale = await other.plan({ operation: "scale", sku: "D4ds_v5" }, environment);
    const id = b.operations.begin(await b.operations.plan({ operation: "stop" }, environment));
    assert.throws(
      () => other.begin(scale),
      (cause: unknown) => cause instanceof PlanRefused && cause.code === "serverBusy",
    );
    await b.operations.settled(id);
    assert.equal(fake.writes.length, 1);
  });

  it("see each other's operations, and who follows them", async () => {
    const other = b.another();
    let letGo = (): void => undefined;
    fake.held = new Promise((resolve) => (letGo = resolve));
    const id = b.operations.begin(await b.operations.plan({ operation: "stop" }, environment));
    assert.equal(b.operations.get(id)?.followedHere, true);
    await other.resumeStarted("none");
    assert.equal(other.get(id)?.followedHere, false);
    assert.match(other.get(id)?.phase ?? "", /^Followed in another window/);
    letGo();
    await b.operations.settled(id);
    await other.resumeStarted("none");
    assert.equal(other.get(id)?.status, "succeeded");
  });

  it("say that an operation has changed since it was planned, and send nothing", async () => {
    const plan = await b.operations.plan({ operation: "scale", sku: "D4ds_v5" }, environment);
    fake.change(server.id, { sku: { name: "Standard_D8ds_v5", tier: "GeneralPurpose" } });
    const record = await b.operations.run(plan);
    assert.deepEqual([record.status, record.reason], ["failed", "changed"]);
    assert.deepEqual(fake.writes, []);
  });
});

describe("the lock", () => {
  let b: Bench;
  beforeEach(() => (b = bench(new FakeAzure())));
  afterEach(() => b.clean());

  it("is held once and free after its release", () => {
    const lock = lockServer(b.stateDir, "/a");
    assert.equal(lockServer(b.stateDir, "/A"), null);
    lock?.release();
    assert.equal(isLocked(b.stateDir, "/a"), false);
  });

  for (const [name, owner] of [
    ["a dead process", { pid: 2 ** 22 + 1, started: "1" }],
    ["a process whose number was given to another", { pid: process.pid, started: "1" }],
  ] as const) {
    it(`is taken over from ${name}`, function () {
      if (process.platform !== "linux" && owner.pid === process.pid) this.skip();
      lockServer(b.stateDir, "/a")?.release();
      const probe = lockServer(b.stateDir, "/a");
      const [file = ""] = readdirSync(join(b.stateDir, "locks"));
      writeFileSync(join(b.stateDir, "locks", file), JSON.stringify(owner));
      assert.notEqual(lockServer(b.stateDir, "/a"), null);
      probe?.release();
    });
  }
});
