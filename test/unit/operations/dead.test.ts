import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AzureError } from "../../../src/azure/ports.ts";
import { refusalOf } from "../../../src/operations/planner.ts";
import { fakeEnvironment, FakeAzure, fakeServer } from "../../support/fakeAzure.ts";
import { bench, type Bench } from "./harness.ts";

const server = fakeServer("orders-dev-pg");
const environment = fakeEnvironment(server);
const stop = { operation: "stop" } as const;
const start = { operation: "start" } as const;

describe("what a killed program left", () => {
  let fake: FakeAzure;
  let b: Bench;
  beforeEach(() => {
    fake = new FakeAzure().add(server);
    b = bench(fake);
  });
  afterEach(() => b.clean());

  /** A stop whose answer was lost, its journal cut after so many entries: as if killed there. */
  async function killedAfter(entries: number, commit: boolean): Promise<string> {
    fake.sendFault = { commit, error: new AzureError("timeout", "No answer.", { sent: "unknown" }) };
    const id = b.operations.begin(await b.operations.plan(stop, environment));
    fake.onSleep = () => b.operations.stopWaiting(id);
    await b.operations.settled(id);
    Object.assign(fake, { sendFault: null, onSleep: () => undefined });
    const [file = ""] = readdirSync(join(b.stateDir, "open"));
    const path = join(b.stateDir, "open", file);
    writeFileSync(path, `${readFileSync(path, "utf8").split("\n").slice(0, entries).join("\n")}\n`);
    return id;
  }

  it("before anything was sent is closed by the next plan, and one attempt is enough", async () => {
    const id = await killedAfter(1, false);
    fake.writes.length = 0;
    const next = b.another();
    await next.resumeStarted("none");
    assert.deepEqual(
      [next.get(id)?.status, next.get(id)?.phase],
      ["notStarted", "Never sent, its program ended before"],
    );
    const plan = await next.plan(stop, environment);
    assert.ok(plan.findings.every(({ code }) => code !== "alreadyRunning"));
    assert.equal((await next.run(plan)).status, "succeeded");
    assert.deepEqual([next.get(id)?.error?.code, fake.writes.length], ["notSent", 1]);
  });

  it("undecided keeps the opposite from being called already so", async () => {
    const id = await killedAfter(2, true);
    const next = b.another();
    await next.resumeStarted("none");
    assert.equal(next.get(id)?.status, "unknown");
    fake.onRead = (read) => ({ ...read, state: "Ready" });
    const plan = await next.plan(start, environment);
    assert.equal(refusalOf(plan)?.code, "serverBusy");
    assert.match(refusalOf(plan)?.message ?? "", new RegExp(`"Stop orders-dev-pg" has not ended yet \\(${id}`));
    fake.onRead = (read) => read;
    assert.equal((await next.settled(id)).status, "succeeded");
    assert.equal((await next.run(await next.plan(start, environment))).status, "succeeded");
  });

  it("may be asked for again while it is only being verified: the server shows it already", async () => {
    let letGo = (): void => undefined;
    const id = b.operations.begin(await b.operations.plan(stop, environment));
    fake.onPoll = (state) => {
      if (state.status === "succeeded") fake.held = new Promise((resolve) => (letGo = resolve));
      return state;
    };
    while (fake.server(server.id).state !== "Stopped") await new Promise((resolve) => setImmediate(resolve));
    const plan = await b.another().plan(stop, environment);
    assert.deepEqual([plan.steps, refusalOf(plan), plan.findings[0]?.code], [[], null, "alreadySo"]);
    letGo();
    await b.operations.settled(id);
  });

  it("is never told from what was read before it went on", async () => {
    const other = b.another();
    let letGo = (): void => undefined;
    fake.held = new Promise((resolve) => (letGo = resolve));
    const id = b.operations.begin(await b.operations.plan(stop, environment));
    await other.resumeStarted("none");
    letGo();
    await b.operations.settled(id);
    // The other window has not looked at the folder since.
    assert.equal(other.get(id)?.status, "succeeded");
  });
});
