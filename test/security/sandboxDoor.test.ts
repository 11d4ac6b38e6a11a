import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { request as send } from "node:http";
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http";
import { connect } from "node:net";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { startSandbox } from "../support/contract/sandboxProcess.ts";
import type { SandboxProcess } from "../support/contract/sandboxProcess.ts";

/** The sandbox's rows X1–X7 of the security checklist, against the process as anybody starts it. */
describe("The sandbox's door", () => {
  let sandbox: SandboxProcess;
  let port: number;
  const path = "/subscriptions?api-version=2022-12-01";

  before(async () => {
    sandbox = await startSandbox();
    port = Number(new URL(sandbox.origin).port);
  });
  after(() => sandbox.stop());

  describe("X1: who can reach it", () => {
    const elsewhere = [...otherAddresses(), "127.0.0.2"];

    for (const address of elsewhere) {
      it(`is shut on ${address}`, async () => {
        assert.equal(await reaches(address, port), false);
      });
    }

    it("is open on 127.0.0.1", async () => {
      assert.equal(await reaches("127.0.0.1", port), true);
    });
  });

  describe("X2: the token", () => {
    const tokens: Readonly<Record<string, (token: string) => string | undefined>> = {
      missing: () => undefined,
      empty: () => "",
      "too short": (token) => token.slice(0, -1),
      "too long": (token) => `${token}0`,
      "of another letter": (token) => `${token.slice(0, -1)}${token.endsWith("0") ? "1" : "0"}`,
      "of the right length, all wrong": (token) => "x".repeat(token.length),
    };

    for (const [what, change] of Object.entries(tokens)) {
      it(`answers 401 without a word when it is ${what}`, async () => {
        const token = change(sandbox.token);
        const answer = await ask({ path, headers: token === undefined ? {} : { "x-sandbox-token": token } });
        assert.deepEqual([answer.status, answer.body], [401, ""]);
      });
    }

    it("is needed for the sandbox's own endpoints, too: faults, clock, log", async () => {
      for (const [method, own] of [
        ["POST", "faults"],
        ["GET", "faults"],
        ["POST", "clock"],
        ["GET", "log"],
        ["POST", "handover"],
      ] as const) {
        const answer = await ask({
          method,
          path: `/_sandbox/${own}`,
          headers: { "content-type": "application/json" },
          body: "[]",
        });
        assert.equal(answer.status, 401, own);
      }
    });

    it("has 256 bits and lies in a file that only its owner reads", () => {
      assert.match(sandbox.token, /^[0-9a-f]{64}$/);
      for (const name of readdirSync(sandbox.folder)) {
        const { mode } = statSync(join(sandbox.folder, name));
        assert.equal((mode & 0o077).toString(8), "0", name);
      }
    });

    it("is on no command line", function () {
      if (process.platform !== "linux") return this.skip();
      const owner = JSON.parse(readFileSync(`${sandbox.stateFile}.owner.json`, "utf8")) as { pid: number };
      const line = readFileSync(`/proc/${owner.pid}/cmdline`, "utf8");
      assert.ok(line.includes("--state"));
      assert.ok(!line.includes(sandbox.token));
    });
  });

  describe("X3: no browser and no rebound name", () => {
    const known = () => ({ "x-sandbox-token": sandbox.token, authorization: "Bearer me" });

    for (const host of ["evil.example", "management.azure.com", "127.0.0.1", "127.0.0.1.evil.example", "localhost:1"]) {
      it(`answers 403 to Host ${host}, token or none`, async () => {
        assert.equal((await ask({ path, headers: { ...known(), host } })).status, 403);
        assert.equal((await ask({ path, headers: { host } })).status, 403);
      });
    }

    it("lets its own names in", async () => {
      for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`]) {
        assert.equal((await ask({ path, headers: { ...known(), host } })).status, 200, host);
      }
    });

    for (const origin of ["https://evil.example", "null", "http://127.0.0.1"]) {
      it(`answers 403 to Origin ${origin}`, async () => {
        const answer = await ask({ path, headers: { ...known(), origin } });
        assert.deepEqual([answer.status, answer.body, corsHeaders(answer.headers)], [403, "", []]);
      });
    }

    it("refuses OPTIONS and never sends a CORS header", async () => {
      const preflight = await ask({
        method: "OPTIONS",
        path,
        headers: { ...known(), "access-control-request-method": "POST" },
      });
      assert.deepEqual([preflight.status, corsHeaders(preflight.headers)], [405, []]);
      assert.deepEqual(corsHeaders((await ask({ path, headers: known() })).headers), []);
    });

    it("refuses a body that a form could send, and does nothing", async () => {
      const before = await clock();
      for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]) {
        const headers = { ...known(), "content-type": type };
        assert.equal(
          (await ask({ method: "POST", path: "/_sandbox/clock", headers, body: '{"advance":"PT1H"}' })).status,
          415,
        );
      }
      assert.ok((await clock()) - before < 3_600_000, "the clock was not advanced");
    });

    it("closes a connection that asks for an upgrade", async () => {
      const upgrade = { ...known(), connection: "Upgrade", upgrade: "websocket" };
      await assert.rejects(ask({ path, headers: upgrade }), { code: "ECONNRESET" });
    });
  });

  describe("X6: limits", () => {
    it("takes no body over 4 MB", async () => {
      const headers = { "x-sandbox-token": sandbox.token, "content-type": "application/json" };
      const body = JSON.stringify({ text: "x".repeat(4 * 1024 * 1024) });
      const answer = await ask({ method: "POST", path: "/_sandbox/clock", headers, body }).catch(
        (error: { code: string }) => error,
      );
      assert.ok("status" in answer ? answer.status === 413 : ["EPIPE", "ECONNRESET"].includes(answer.code));
      assert.equal((await ask({ path: "/_sandbox/clock", headers: { "x-sandbox-token": sandbox.token } })).status, 200);
    });

    it("cuts off whoever never ends the headers", async function () {
      this.timeout(20_000);
      const socket = connect(port, "127.0.0.1");
      socket.write("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n");
      const said = await text(socket);
      assert.match(said, /^(HTTP\/1\.1 408 |$)/);
    });
  });

  describe("X7: paths are names in Azure, never files", () => {
    for (const evil of [
      "/../../../../etc/passwd",
      "/%2e%2e/%2e%2e/etc/passwd",
      "/subscriptions/..%2f..%2fetc%2fpasswd",
      "/_sandbox/../state.json.token",
      "/%00",
    ]) {
      it(`finds nothing at ${evil}`, async () => {
        const headers = { "x-sandbox-token": sandbox.token, authorization: "Bearer me" };
        const answer = await ask({ path: evil, headers });
        assert.ok(answer.status >= 400 && answer.status < 500, String(answer.status));
        assert.doesNotMatch(answer.body, /root:|[0-9a-f]{64}/);
      });
    }
  });

  interface Asked {
    readonly method?: string;
    readonly path: string;
    readonly headers: OutgoingHttpHeaders;
    readonly body?: string;
  }

  interface Answer {
    readonly status: number;
    readonly headers: IncomingHttpHeaders;
    readonly body: string;
  }

  /** The path goes out as it is written: `fetch` would tidy it up. */
  function ask({ method = "GET", path: asked, headers, body }: Asked): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const outgoing = send({ host: "127.0.0.1", port, method, path: asked, headers, agent: false }, (answer) => {
        text(answer).then(
          (said) => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: said }),
          reject,
        );
      });
      outgoing.on("error", reject).end(body);
    });
  }

  async function clock(): Promise<number> {
    const { body } = await ask({ path: "/_sandbox/clock", headers: { "x-sandbox-token": sandbox.token } });
    return (JSON.parse(body) as { epochMs: number }).epochMs;
  }
});

function corsHeaders(headers: IncomingHttpHeaders): string[] {
  return Object.keys(headers).filter((name) => name.startsWith("access-control-"));
}

function otherAddresses(): string[] {
  const all = Object.values(networkInterfaces()).flatMap((one) => one ?? []);
  return all.filter((one) => !one.internal && one.family === "IPv4").map((one) => one.address);
}

function reaches(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port, timeout: 2_000 });
    const end = (reached: boolean) => () => {
      socket.destroy();
      resolve(reached);
    };
    socket.once("connect", end(true)).once("error", end(false)).once("timeout", end(false));
  });
}
