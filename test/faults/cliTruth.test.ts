import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startSandbox, type SandboxProcess } from "../support/contract/sandboxProcess.ts";

const main = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));

interface Said {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

describe("the command line says only what is true", function () {
  this.timeout(60_000);
  let sandbox: SandboxProcess;
  let stateDir: string;
  before(async () => {
    sandbox = await startSandbox(["--fleet", "demo", "--speed", "600"]);
    stateDir = mkdtempSync(join(tmpdir(), "engram-truth-"));
  });
  afterEach(() => fault([]));
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
  const headers = (): Record<string, string> => ({
    "X-Sandbox-Token": sandbox.token,
    "Content-Type": "application/json",
  });
  const fault = async (rules: readonly unknown[]): Promise<void> => {
    const request = { method: "POST", headers: headers(), body: JSON.stringify(rules) };
    assert.equal((await fetch(`${sandbox.origin}/_sandbox/faults`, request)).status, 200);
  };
  const writes = async (): Promise<number> => {
    const answer = await fetch(`${sandbox.origin}/_sandbox/log`, { headers: headers() });
    const log = (await answer.json()) as readonly { readonly method: string; readonly path: string }[];
    return log.filter(({ method, path }) => method !== "GET" && /DBforPostgreSQL/.test(path)).length;
  };
  const graph = { method: "POST", path: "**/Microsoft.ResourceGraph/resources" };
  const down = { match: graph, when: "before", fault: { status: { status: 503, code: "ServiceUnavailable" } } };

  it("never calls a fleet empty, or an environment missing, that could not be read", async () => {
    await fault([down]);
    const [table, json, stop] = await Promise.all([
      run("environments"),
      run("environments", "--json"),
      run("stop", "search-dev", "--yes", "--json"),
    ]);
    assert.equal(table.code, 1);
    assert.match(table.err, /could not be read/);
    assert.doesNotMatch(table.out + table.err, /No environments found|read again/);
    const document = JSON.parse(json.out) as { asOf: unknown; environments: unknown[]; warnings: unknown[] };
    assert.deepEqual([json.code, document.asOf, document.environments], [1, null, []]);
    assert.ok(document.warnings.length > 0);
    const refused = JSON.parse(stop.out) as { error: { code: string; message: string } };
    assert.deepEqual([stop.code, refused.error.code], [1, "inventoryUnread"]);
    assert.match(refused.error.message, /unknown/);
  });

  it("sends nothing after Ctrl+C, and says so without saying that Azure goes on", async () => {
    const server = { method: "GET", path: "**/flexibleServers/search-dev-pg" };
    await fault([{ match: server, when: "before", fault: { delay: { milliseconds: 1_500 } } }]);
    const before = await writes();
    const child = start("stop", "search-dev", "--yes");
    let isInterrupted = false;
    child.stdout?.on("data", (chunk: Buffer) => {
      if (chunk.includes("Reading the state") && !isInterrupted) isInterrupted = child.kill("SIGINT");
    });
    const { code, out, err } = await ended(child);
    assert.ok(isInterrupted, out + err);
    assert.deepEqual([code, await writes()], [1, before]);
    assert.match(out + err, /[Nn]othing was sent/);
    assert.doesNotMatch(out + err, /Azure goes on|Sending/);
  });

  it("shows money, levels and what needs somebody", async () => {
    const { out } = await run("environments");
    assert.match(out, /\$\/MONTH/);
    assert.match(out, /archive-prod .* 9\d%!/);
    assert.match(out, /Needs attention[\s\S]*Error +claims-uat: /);
    assert.ok(out.split("\n").every((line) => /: |^.{0,135}$/u.test(line)));
  });

  it("answers a wrong command line with the document of what was asked, naming what it was about", async () => {
    const wrong = await run("configure", "orders-uat", "--high-availability", "ZoneRedundant", "--plan", "--json");
    const document = JSON.parse(wrong.out) as Record<string, unknown>;
    assert.deepEqual([wrong.code, document["kind"], document["environment"]], [2, "configure", "orders-uat"]);
    const listing = await run("--json", "environments", "--foo");
    assert.deepEqual([listing.code, Object.keys(JSON.parse(listing.out) as object).length], [2, 4]);
  });

  it("asks for the name of production before it prints the plan, and a shortened hash is wrong usage", async () => {
    const { code, out, err } = await run("stop", "support-prod", "--yes");
    assert.equal(code, 2);
    assert.match(err, /--confirm support-prod/);
    assert.doesNotMatch(out, /Downtime/);
    assert.equal((await run("stop", "search-dev", "--apply", "9967f00d", "--yes")).code, 2);
  });

  it("suggests a command that goes on with the operation, against the same sandbox", async () => {
    await fault([{ match: { path: "**/operationStatuses/**" }, when: "before", fault: "hang" }]);
    const child = start("restart", "orders-uat", "--yes");
    child.stdout?.on("data", (chunk: Buffer) => {
      if (chunk.includes("is restarting")) child.kill("SIGINT");
    });
    const { code, out } = await ended(child);
    if (code === 0) return assert.fail(`it was faster than Ctrl+C: ${out}`);
    assert.equal(code, 4, out);
    const line = out.split("\n").find((one) => one.includes("operations resume restart-")) ?? "";
    assert.ok(line.includes(`--sandbox --sandbox-state ${sandbox.stateFile}`), out);
    assert.match(line, /node .*main\.ts operations resume/);
  });
});

function ended(child: ChildProcess): Promise<Said> {
  let out = "";
  let err = "";
  child.stdout?.on("data", (chunk: Buffer) => (out += chunk.toString()));
  child.stderr?.on("data", (chunk: Buffer) => (err += chunk.toString()));
  return new Promise((resolve) => child.once("close", (code) => resolve({ code, out, err })));
}
