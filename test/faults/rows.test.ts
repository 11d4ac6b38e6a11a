import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AzureError } from "../../src/azure/ports.ts";
import { fakeEnvironment, FakeAzure, fakeServer } from "../support/fakeAzure.ts";
import { bench, type Bench } from "../unit/operations/harness.ts";

const server = fakeServer("orders-dev-pg");
const environment = fakeEnvironment(server);
const stop = { operation: "stop" } as const;

/** Rows of reliability.md section 4 that no other file has. */
describe("fault rows", () => {
  let fake: FakeAzure;
  let b: Bench;
  beforeEach(() => {
    fake = new FakeAzure().add(server);
    b = bench(fake);
  });
  afterEach(() => b.clean());

  it("45: what finished while no window was open is shown at the next start", async () => {
    let letGo = (): void => undefined;
    fake.held = new Promise((resolve) => (letGo = resolve));
    const id = b.operations.begin(await b.operations.plan(stop, environment));
    await new Promise((resolve) => setImmediate(resolve));
    b.operations.stopWaiting(id);
    letGo();
    await b.operations.settled(id);
    fake.now += 5 * 3_600_000;
    const next = b.another();
    await next.resume();
    assert.deepEqual([next.get(id)?.status, fake.writes.length], ["succeeded", 1]);
  });

  for (const [name, shift] of [
    ["an hour back", -3_600_000],
    ["a year ahead", 31_536_000_000],
  ] as const) {
    it(`57: this machine's clock is ${name}: only Azure's time counts`, async () => {
      const real = Date.now;
      Date.now = () => real() + shift;
      try {
        const record = await b.operations.run(await b.operations.plan(stop, environment));
        assert.equal(record.status, "succeeded");
        assert.equal(record.startedAt.slice(0, 16), "2026-11-22T12:00");
        assert.deepEqual((await b.operations.plan(stop, environment)).steps, []);
      } finally {
        Date.now = real;
      }
    });
  }

  it("59: a second machine with the same plan sends nothing", async () => {
    const other = bench(fake);
    const plans = [await b.operations.plan(stop, environment), await other.operations.plan(stop, environment)] as const;
    const first = b.operations.begin(plans[0]);
    const [one, two] = [await b.operations.settled(first), await other.operations.run(plans[1])];
    other.clean();
    assert.equal(one.status, "succeeded");
    assert.deepEqual([two.status, fake.writes.length], ["succeeded", 1]);
  });

  it("63: Azure starts the server after seven days: the record stays true, a start has nothing to do", async () => {
    const record = await b.operations.run(await b.operations.plan(stop, environment));
    fake.now += 7 * 86_400_000;
    fake.change(server.id, { state: "Ready" });
    const plan = await b.operations.plan({ operation: "start" }, environment);
    assert.deepEqual([plan.steps, plan.findings.map(({ code }) => code)], [[], ["alreadySo"]]);
    assert.equal(b.operations.get(record.id)?.status, "succeeded");
    assert.equal((await b.operations.run(await b.operations.plan(stop, environment))).status, "succeeded");
  });

  it("66: signed out in the middle: the record is kept, says so and goes on after the sign-in", async () => {
    fake.onPoll = () => {
      throw new AzureError("auth", "Sign in again.", { code: "ExpiredAuthenticationToken" });
    };
    const record = await b.operations.run(await b.operations.plan(stop, environment));
    assert.deepEqual([record.status, record.reason], ["running", "auth"]);
    fake.onPoll = (state) => state;
    const [after] = await b.another().resume(record.id);
    assert.deepEqual([after?.status, fake.writes.length], ["succeeded", 1]);
  });

  it("55, 56: a journal rolled back to before the send: Azure's truth wins, nothing is sent again", async () => {
    fake.sendFault = { commit: true, error: new AzureError("timeout", "No answer.", { sent: "unknown" }) };
    const id = b.operations.begin(await b.operations.plan(stop, environment));
    fake.onSleep = () => b.operations.stopWaiting(id);
    await b.operations.settled(id);
    Object.assign(fake, { sendFault: null, onSleep: () => undefined });
    const path = join(b.stateDir, "open", readdirSync(join(b.stateDir, "open"))[0] ?? "");
    writeFileSync(path, `${readFileSync(path, "utf8").split("\n")[0]}\n`);
    fake.now += 3_600_000;
    const plan = await b.another().plan(stop, environment);
    assert.deepEqual([plan.steps, fake.writes.length], [[], 1]);
  });
});
