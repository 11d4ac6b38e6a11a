import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Plan } from "../../src/operations/model.ts";
import { isOpen } from "../../src/operations/records.ts";
import type { OperationRequest } from "../../src/operations/request.ts";
import { fakeEnvironment, FakeAzure, fakeServer } from "../support/fakeAzure.ts";
import { bench, type Bench } from "../unit/operations/harness.ts";

const child = fileURLToPath(new URL("crashChild.ts", import.meta.url));
const preload = new URL("crashPreload.ts", import.meta.url).href;

const subjects: readonly { readonly request: OperationRequest; readonly state: string; readonly part: object }[] = [
  { request: { operation: "stop" }, state: "Ready", part: { state: "Stopped" } },
  { request: { operation: "start" }, state: "Stopped", part: { state: "Ready" } },
  {
    request: { operation: "scale", sku: "D8ds_v5" },
    state: "Ready",
    part: { sku: { name: "Standard_D8ds_v5", tier: "GeneralPurpose" } },
  },
];

describe("killed before and after every external effect, until none is left", () => {
  for (const subject of subjects) {
    // After one effect is before the next, but for the lost answer and the torn line: one operation shows both.
    for (const when of subject.request.operation === "stop" ? (["before", "after"] as const) : (["before"] as const)) {
      it(`${subject.request.operation}: killed ${when} each, the next start tells the truth and nothing is sent twice`, async () => {
        const seen: Seen = { writes: new Set(), statuses: new Set() };
        let killed = true;
        let at = 0;
        while (killed) killed = await killAt((at += 1), { ...subject, when, seen });
        assert.ok(at > 10, `only ${at} effects`);
        assert.deepEqual([...seen.writes].sort(), [0, 1], "killed with and without a write behind it");
        assert.deepEqual([...seen.statuses].sort(), ["failed", "succeeded"]);
      }).timeout(240_000);
    }
  }
});

interface Seen {
  readonly writes: Set<number>;
  readonly statuses: Set<string>;
}

interface Attempt {
  readonly request: OperationRequest;
  readonly state: string;
  readonly part: object;
  readonly when: "before" | "after";
  readonly seen: Seen;
}

async function killAt(at: number, attempt: Attempt): Promise<boolean> {
  const server = fakeServer("orders-dev-pg", { state: attempt.state });
  const fake = new FakeAzure().add(server);
  const b = bench(fake);
  try {
    const plan = await b.operations.plan(attempt.request, fakeEnvironment(server));
    const killed = await runChild(fake, b, { plan, at, when: attempt.when });
    await resolveAfter(fake, b, attempt);
    return killed;
  } finally {
    b.clean();
  }
}

/** What the next window does: resume, then plan again where nothing had been sent. */
async function resolveAfter(fake: FakeAzure, b: Bench, { request, part, seen }: Attempt): Promise<void> {
  const next = b.another();
  await next.resume();
  const [record] = next.list();
  const server = [...fake.servers.values()][0] as ReturnType<typeof fakeServer>;
  seen.writes.add(fake.writes.length);
  assert.ok(fake.writes.length <= 1, "one write at most");
  if (record === undefined) assert.equal(fake.writes.length, 0, "a write without a record");
  else {
    seen.statuses.add(record.status);
    assert.ok(!isOpen(record), `still ${record.status}: ${record.phase}`);
    const took = fake.writes.length === 1;
    assert.equal(
      record.status === "succeeded",
      took,
      `${record.status} after ${fake.writes.length} writes: ${record.error?.message ?? ""}`,
    );
  }
  const again = await next.plan(request, fakeEnvironment(server));
  assert.equal(again.steps.length === 0, fake.writes.length === 1);
  if (again.steps.length > 0) assert.equal((await next.run(again)).status, "succeeded");
  for (const [name, value] of Object.entries(part)) {
    assert.deepEqual(fake.server(server.id)[name as keyof typeof server], value);
  }
  assert.equal(fake.writes.length, 1, "carried out once in the end");
}

interface ChildRun {
  readonly plan: Plan;
  readonly at: number;
  readonly when: string;
}

/** True when it was killed, false when it came through untouched. */
async function runChild(fake: FakeAzure, { stateDir }: Bench, { plan, at, when }: ChildRun): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), "engram-crash-"));
  const count = join(folder, "count");
  const env = { ...process.env, CRASH_AT: String(at), CRASH_WHEN: when, CRASH_COUNT: count };
  const started = fork(child, [JSON.stringify({ plan, stateDir, time: fake.now })], {
    env,
    execArgv: ["--import", preload, "--no-warnings"],
  });
  started.on(
    "message",
    (message: Call) => void answer(fake, message).then((reply) => started.connected && started.send(reply)),
  );
  const signal = await new Promise((resolve) => started.once("exit", (_code, killedBy) => resolve(killedBy)));
  if (signal === null) assert.ok(Number(readFileSync(count, "utf8")) < at, "it ended by itself before its effects did");
  rmSync(folder, { recursive: true, force: true });
  return signal === "SIGKILL";
}

interface Call {
  readonly call: number;
  readonly port: string;
  readonly args: readonly never[];
}

async function answer(fake: FakeAzure, { call, port, args }: Call): Promise<object> {
  const [first, second] = args;
  const { azure } = fake;
  const ports: Readonly<Record<string, () => Promise<unknown>>> = {
    "clock.sleep": () => azure.clock.sleep(first as never),
    "servers.get": () => azure.servers.get(first as never),
    "servers.backups": () => azure.servers.backups(first as never),
    "scopes.activity": () => azure.scopes.activity(first as never, new Date(second as never)),
    "writer.send": () => azure.writer.send(first as never),
    "operations.poll": () => azure.operations.poll(first as never),
  };
  const value = await ports[port]?.();
  return { call, now: fake.now, value };
}
