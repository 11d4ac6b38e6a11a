import assert from "node:assert/strict";
import { fork, type ChildProcess } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isLocked, lockServer } from "../../src/operations/lock.ts";

const child = fileURLToPath(new URL("lockChild.ts", import.meta.url));
const rounds = 60;

describe("a lock whose owner ended", () => {
  let stateDir: string;
  let children: readonly ChildProcess[];
  before(() => {
    stateDir = mkdtempSync(join(tmpdir(), "engram-lock-"));
    mkdirSync(join(stateDir, "locks"));
    children = Array.from({ length: 3 }, () => fork(child, [stateDir], { execArgv: ["--no-warnings"] }));
  });
  after(() => {
    for (const one of children) one.kill();
    rmSync(stateDir, { recursive: true, force: true });
  });

  it("is taken over by exactly one of three processes that all want it at the same moment", async () => {
    // Whoever still starts is waited for.
    await ask(children, "release");
    for (let round = 0; round < rounds; round += 1) {
      const id = `/servers/${round}`;
      leaveStale(id);
      const answers = await ask(children, { id, at: Date.now() + 4 });
      assert.equal(answers.filter((held) => held === true).length, 1, `round ${round}: ${answers.join()}`);
      assert.equal(isLocked(stateDir, id), true);
      await ask(children, "release");
      assert.equal(isLocked(stateDir, id), false, `round ${round}: not released`);
    }
    assert.deepEqual(readdirSync(join(stateDir, "locks")), []);
  }).timeout(60_000);

  function leaveStale(id: string): void {
    const before = new Set(readdirSync(join(stateDir, "locks")));
    const lock = lockServer(stateDir, id);
    const file = readdirSync(join(stateDir, "locks")).find((name) => !before.has(name)) ?? "";
    writeFileSync(join(stateDir, "locks", file), JSON.stringify({ pid: 2 ** 22 + 1, started: "1" }));
    lock?.release();
  }
});

function ask(children: readonly ChildProcess[], message: object | string): Promise<readonly unknown[]> {
  return Promise.all(
    children.map((one) => {
      const answer = new Promise((resolve) => one.once("message", resolve));
      one.send(message);
      return answer;
    }),
  );
}
