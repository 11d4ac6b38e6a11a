import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { startSandbox, type SandboxProcess } from "../support/contract/sandboxProcess.ts";

const main = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));

interface Said {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

interface LogLine {
  readonly method: string;
  readonly path: string;
  readonly authenticated: boolean;
}

describe("the command line against the sandbox", () => {
  let sandbox: SandboxProcess;
  let stateDir: string;
  before(async function () {
    this.timeout(60_000);
    sandbox = await startSandbox(["--fleet", "demo", "--speed", "600"]);
    stateDir = mkdtempSync(join(tmpdir(), "engram-cli-"));
  });
  after(async () => {
    await sandbox.stop();
    rmSync(stateDir, { recursive: true, force: true });
  });

  const start = (...words: readonly string[]): ChildProcess =>
    spawn(process.execPath, ["--no-warnings", main, ...words, "--sandbox", "--sandbox-state", sandbox.stateFile], {
      env: { ...process.env, ENGRAM_STATE_DIR: stateDir },
      stdio: ["ignore", "pipe", "pipe"],
    });
  const run = (...words: readonly string[]): Promise<Said> => ended(start(...words));
  const json = async (...words: readonly string[]) => {
    const said = await run(...words, "--json");
    return { ...said, document: JSON.parse(said.out) as Record<string, never> };
  };
  const writes = async (): Promise<number> => {
    const answer = await fetch(`${sandbox.origin}/_sandbox/log`, { headers: { "X-Sandbox-Token": sandbox.token } });
    const log = (await answer.json()) as readonly LogLine[];
    return log.filter((line) => line.authenticated && line.method !== "GET" && /DBforPostgreSQL/.test(line.path))
      .length;
  };
  const tell = async (name: string, body: unknown): Promise<void> => {
    const headers = { "X-Sandbox-Token": sandbox.token, "Content-Type": "application/json" };
    await fetch(`${sandbox.origin}/_sandbox/${name}`, { method: "POST", headers, body: JSON.stringify(body) });
  };

  it("says SANDBOX on every line for people, and names in other scripts stay whole", async () => {
    const { code, out, err } = await run("environments");
    assert.equal(code, 0);
    const lines = `${out}${err}`.trimEnd().split("\n");
    assert.ok(lines.every((line) => line.startsWith("SANDBOX")));
    assert.match(out, /注文/);
  }).timeout(30_000);

  it("prints one JSON document with every key of the contract", async () => {
    const { code, document } = await json("environments");
    assert.equal(code, 0);
    assert.deepEqual(Object.keys(document).sort(), ["asOf", "environments", "sandbox", "warnings"]);
    const all = document["environments"] as unknown as readonly Record<string, unknown>[];
    const keys = ["account", "advisories", "class", "encryption", "id", "name", "server"];
    assert.ok(all.length >= 8);
    for (const one of all) assert.deepEqual(Object.keys(one).sort(), keys);
    assert.ok(
      (document["warnings"] as unknown as readonly unknown[]).length > 0,
      "the unreadable subscription is a warning",
    );
  }).timeout(30_000);

  it("asks where there is no terminal: exit 2 and nothing sent", async () => {
    const before = await writes();
    const { code, err } = await run("stop", "search-dev");
    assert.equal(code, 2);
    assert.match(err, /--yes/);
    assert.equal(await writes(), before);
  }).timeout(30_000);

  it("wants the name of a production environment", async () => {
    const before = await writes();
    assert.equal((await run("stop", "support-prod", "--yes")).code, 2);
    assert.equal((await run("stop", "support-prod", "--yes", "--confirm", "other")).code, 2);
    assert.equal(await writes(), before);
  }).timeout(30_000);

  it("applies a plan by its hash, and refuses another one with exit 3", async () => {
    const { document } = await json("stop", "search-dev", "--plan");
    const hash = document["planHash"] as unknown as string;
    const before = await writes();
    const other = await json(
      "stop",
      "search-dev",
      "--apply",
      hash.replace(/^./, (first) => (first === "0" ? "1" : "0")),
      "--yes",
    );
    assert.deepEqual([other.code, await writes()], [3, before]);
    const done = await json("stop", "search-dev", "--apply", hash, "--yes");
    assert.deepEqual([done.code, done.document["status"], await writes()], [0, "succeeded", before + 1]);
    const again = await json("stop", "search-dev", "--yes");
    assert.deepEqual([again.code, await writes()], [0, before + 1]);
    const plan = await json("stop", "search-dev", "--plan");
    assert.deepEqual([plan.code, plan.document["requests"]], [0, []]);
    assert.equal((await run("scale", "search-dev", "--sku", "D4ds_v5", "--yes")).code, 1, "stopped: only a start");
    assert.equal((await run("scale", "search-dev", "--sku", "Standard_Z9", "--yes")).code, 2);
    assert.equal((await run("scale", "search-dev", "--storage", "32", "--yes")).code, 2);
    assert.equal((await run("stop", "nobody", "--yes")).code, 2);
    assert.equal(await writes(), before + 1);
  }).timeout(60_000);

  it("stops waiting at Ctrl+C with exit 4, keeps the record and resumes it; nothing is sent twice", async () => {
    await tell("clock", { speed: 5 });
    const before = await writes();
    const child = start("stop", "catalog-dev", "--yes", "--json");
    let err = "";
    let interrupted = false;
    child.stderr?.on("data", (chunk: Buffer) => {
      err += chunk.toString();
      if (/is stopping/.test(err) && !interrupted) interrupted = child.kill("SIGINT");
    });
    const { code, out } = await ended(child);
    assert.equal(code, 4, err);
    const { id, status } = JSON.parse(out) as { id: string; status: string };
    assert.equal(status, "running");
    await tell("clock", { speed: 600 });
    const resumed = await json("operations", "resume", id);
    assert.deepEqual([resumed.code, resumed.document["status"], await writes()], [0, "succeeded", before + 1]);
  }).timeout(60_000);

  it("is killed while it waits: the operation is listed, resumed and true, and nothing is sent twice", async () => {
    await tell("clock", { speed: 5 });
    const before = await writes();
    const child = start("stop", "orders-uat", "--yes");
    child.stdout?.on("data", (chunk: Buffer) => {
      if (chunk.includes("is stopping")) child.kill("SIGKILL");
    });
    assert.equal((await ended(child)).code, null);
    await tell("clock", { speed: 600 });
    const { document } = await json("operations", "resume");
    const [record] = document as unknown as readonly { status: string; kind: string }[];
    // "Azure is stopping" is only shown once Azure accepted: the kill cannot come before the send.
    assert.deepEqual([record?.kind, record?.status, await writes()], ["stop", "succeeded", before + 1]);
  }).timeout(60_000);

  it("joins what another process has started: one operation, one write, two truths alike", async () => {
    const before = await writes();
    const both = await Promise.all([json("start", "search-dev", "--yes"), json("start", "search-dev", "--yes")]);
    assert.deepEqual(
      both.map(({ code }) => code),
      [0, 0],
      both.map(({ err }) => err).join(),
    );
    assert.equal(await writes(), before + 1);
  }).timeout(60_000);

  it("survives a reader that goes away", async () => {
    const child = start("environments");
    child.stdout?.destroy();
    const { code, err } = await ended(child);
    assert.equal(code, 0);
    assert.doesNotMatch(err, /EPIPE/);
  }).timeout(30_000);

  it("takes faults by a file and says what is wrong with it", async () => {
    const file = join(stateDir, "faults.json");
    writeFileSync(file, "[");
    assert.equal((await run("environments", "--faults", file)).code, 2);
    const busy = {
      match: { method: "POST", path: "**/restart" },
      when: "before",
      fault: { status: { status: 409, code: "ServerIsBusy" } },
    };
    writeFileSync(file, JSON.stringify([busy]));
    const { code, document } = await json("restart", "search-dev", "--yes", "--faults", file);
    assert.deepEqual([code, document["status"]], [6, "failed"]);
    await tell("faults", []);
  }).timeout(30_000);
});

function ended(child: ChildProcess): Promise<Said> {
  let out = "";
  let err = "";
  child.stdout?.on("data", (chunk: Buffer) => (out += chunk.toString()));
  child.stderr?.on("data", (chunk: Buffer) => (err += chunk.toString()));
  return new Promise((resolve) => child.once("close", (code) => resolve({ code, out, err })));
}
