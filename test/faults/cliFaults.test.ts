import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startSandbox, type SandboxProcess } from "../support/contract/sandboxProcess.ts";

const main = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));

interface CliFault {
  readonly name: string;
  readonly words: readonly string[];
  readonly faults?: readonly unknown[];
  readonly exit: number;
  readonly says: RegExp;
  /** Writes that Azure sees. */
  readonly writes: number;
}

const restart = ["restart", "search-dev", "--yes"];
const status = (code: number, word: string, more: object = {}) => ({ status: { status: code, code: word, ...more } });
const onSend = (fault: unknown, match: object = {}) => [
  { match: { method: "POST", path: "**/restart", ...match }, when: "before", fault },
];
const hostile = "\u001b]0;owned\u0007\u001b[2J\u202e<img src=x>";

/** The faults the issue lists, each as a person at a terminal meets it; the engine's own tests have each of them, too. */
const cases: readonly CliFault[] = [
  {
    name: "unknown size",
    words: ["scale", "search-dev", "--sku", "D5ds_v5", "--yes"],
    exit: 2,
    says: /nearest it offers are Standard_D4ds_v5/,
    writes: 0,
  },
  {
    name: "shrink",
    words: ["scale", "search-dev", "--storage", "32", "--yes"],
    exit: 2,
    says: /cannot shrink/,
    writes: 0,
  },
  {
    name: "same size",
    words: ["scale", "search-dev", "--sku", "b2s", "--yes"],
    exit: 0,
    says: /already has this size.*Nothing was sent/,
    writes: 0,
  },
  {
    name: "stopped server scaled",
    words: ["scale", "billing-test", "--sku", "D8ds_v5", "--yes"],
    exit: 1,
    says: /is stopped.*Start it first/,
    writes: 0,
  },
  {
    name: "server busy",
    words: restart,
    faults: onSend(status(409, "ServerIsBusy")),
    exit: 6,
    says: /--wait/,
    writes: 1,
  },
  {
    name: "server busy once, waited for",
    words: [...restart, "--wait"],
    faults: onSend(status(409, "ServerIsBusy"), { nth: 1 }),
    exit: 0,
    says: /Waiting: .*Done and verified/s,
    writes: 2,
  },
  { name: "lock", words: restart, faults: onSend(status(409, "ScopeLocked")), exit: 1, says: /lock/i, writes: 1 },
  {
    name: "policy denial",
    words: restart,
    faults: onSend(status(403, "RequestDisallowedByPolicy")),
    exit: 1,
    says: /Azure Policy/,
    writes: 1,
  },
  {
    name: "no permission",
    words: restart,
    faults: onSend(status(403, "AuthorizationFailed")),
    exit: 1,
    says: /flexibleServers\/restart\/action.*Contributor/s,
    writes: 1,
  },
  {
    name: "throttled for 5 s",
    words: restart,
    faults: onSend(status(429, "TooManyRequests", { headers: { "Retry-After": "5" } })),
    exit: 1,
    says: /asks to wait 5 s: nothing was done/,
    writes: 1,
  },
  {
    name: "throttled for an hour",
    words: restart,
    faults: onSend(status(429, "TooManyRequests", { headers: { "Retry-After": "3600" } })),
    exit: 1,
    says: /asks to wait 1 h: nothing was done/,
    writes: 1,
  },
  {
    name: "sign-in expired",
    words: restart,
    faults: onSend(status(401, "ExpiredAuthenticationToken")),
    exit: 5,
    says: /[Ss]ign in/,
    writes: 1,
  },
  {
    name: "malformed answers",
    words: restart,
    faults: [
      {
        match: { method: "GET", path: "**/flexibleServers/search-dev-pg" },
        when: "body",
        fault: { body: { text: "<html>" } },
      },
    ],
    exit: 1,
    says: /engram-azure: /,
    writes: 0,
  },
  {
    name: "hostile text in an answer",
    words: restart,
    faults: onSend(status(400, "Bad", { body: { error: { code: "Bad", message: hostile } } })),
    exit: 1,
    says: /Azure says: .*<img/,
    writes: 1,
  },
  {
    name: "connection reset after commit",
    words: ["stop", "search-dev", "--yes"],
    faults: [{ match: { method: "POST", path: "**/stop" }, when: "afterCommit", fault: "reset" }],
    exit: 0,
    says: /Done and verified/,
    writes: 1,
  },
  {
    name: "never-ending operation",
    words: ["start", "search-dev", "--yes"],
    faults: [
      {
        match: { method: "POST", path: "**/start" },
        when: "afterCommit",
        fault: { operation: { status: "InProgress" } },
      },
    ],
    exit: 4,
    says: /Still running in Azure.*operations resume/s,
    writes: 1,
  },
];

describe("every fault of the issue at the command line: one sentence, its exit code, no second write", () => {
  let sandbox: SandboxProcess;
  let stateDir: string;
  before(async function () {
    this.timeout(60_000);
    sandbox = await startSandbox(["--fleet", "demo", "--speed", "600"]);
    stateDir = mkdtempSync(join(tmpdir(), "engram-cli-faults-"));
  });
  after(async () => {
    await sandbox.stop();
    rmSync(stateDir, { recursive: true, force: true });
  });

  for (const one of cases) {
    it(one.name, async () => {
      const before = await writes();
      await tell(one.faults ?? []);
      const { code, text } = await run(one.words);
      await tell([]);
      assert.equal(code, one.exit, text);
      assert.match(text, one.says);
      assert.equal((await writes()) - before, one.writes, text);
      assert.doesNotMatch(text, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/u);
      assert.doesNotMatch(text, /\n\s+at .*\.ts:/, "a stack trace");
    }).timeout(60_000);
  }

  /** Every authenticated write, whatever it is to: queries alone are left out. */
  async function writes(): Promise<number> {
    const answer = await fetch(`${sandbox.origin}/_sandbox/log`, { headers: { "X-Sandbox-Token": sandbox.token } });
    const log = (await answer.json()) as readonly { method: string; path: string; authenticated: boolean }[];
    const isQuery = (path: string): boolean => /Microsoft\.ResourceGraph\/|metrics:getBatch/i.test(path);
    return log.filter(({ method, path, authenticated }) => authenticated && method !== "GET" && !isQuery(path)).length;
  }

  async function tell(faults: readonly unknown[]): Promise<void> {
    const headers = { "X-Sandbox-Token": sandbox.token, "Content-Type": "application/json" };
    const answer = await fetch(`${sandbox.origin}/_sandbox/faults`, {
      method: "POST",
      headers,
      body: JSON.stringify(faults),
    });
    assert.ok(answer.ok, await answer.text());
  }

  function run(words: readonly string[]): Promise<{ readonly code: number | null; readonly text: string }> {
    const args = ["--no-warnings", main, ...words, "--sandbox", "--sandbox-state", sandbox.stateFile];
    const child = spawn(process.execPath, args, {
      env: { ...process.env, ENGRAM_STATE_DIR: stateDir },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let text = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (text += chunk.toString()));
    return new Promise((resolve) => child.once("close", (code) => resolve({ code, text })));
  }
});
