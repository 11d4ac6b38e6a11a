import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createHttpHeaders, createPipelineRequest } from "@azure/core-rest-pipeline";
import { SandboxClock } from "../../src/azure/sandboxClock.ts";
import { PublicHttp, SandboxHttp } from "../../src/azure/transport.ts";
import { sandboxStateDir } from "../../src/operations/stateDir.ts";
import { startSandbox } from "../support/contract/sandboxProcess.ts";
import type { SandboxProcess } from "../support/contract/sandboxProcess.ts";

const hosts = [
  "management.azure.com",
  "orders-kv.vault.azure.net",
  "eastus.metrics.monitor.azure.com",
  "prices.azure.com",
];

/** Rows X4, X5 and X8: no real token gets into the sandbox, no sandbox client gets out, and nothing of either is kept. */
describe("Real tokens and the sandbox", () => {
  let sandbox: SandboxProcess;
  let records: string;
  const marker = "canary7f3a9c";
  const real = realLooking(marker);

  before(async () => {
    records = mkdtempSync(join(tmpdir(), "engram-records-"));
    sandbox = await startSandbox([], { ENGRAM_SANDBOX_RECORD: records });
  });
  after(async () => {
    await sandbox.stop();
    rmSync(records, { recursive: true, force: true });
  });

  for (const host of hosts) {
    it(`X4: refuses a token of Entra ID on ${host}`, async () => {
      const answer = await ask(host, `Bearer ${real}`);
      assert.equal(answer.status, 403);
      assert.ok(!(await answer.text()).includes(marker));
    });
  }

  it("X4: refuses it in any spelling of the scheme", async () => {
    for (const spelled of [`bearer ${real}`, `BEARER  ${real}`]) {
      assert.equal((await ask(hosts[0]!, spelled)).status, 403, spelled.slice(0, 8));
    }
  });

  it("X4: keeps neither that token nor an accepted one nor its own in state, log or record", async () => {
    assert.equal((await ask(hosts[0]!, "Bearer opaque-accepted-4411")).status, 200);
    const files = [...filesUnder(sandbox.folder), ...filesUnder(records)];
    assert.ok(files.some((file) => file.endsWith(".log.jsonl")) && files.some((file) => file.startsWith(records)));
    const payload = real.split(".")[1]!;
    for (const file of files.filter((name) => !name.endsWith(".token"))) {
      const content = readFileSync(file, "utf8");
      for (const secret of [real, payload, marker, "opaque-accepted-4411", sandbox.token])
        assert.ok(!content.includes(secret), file);
    }
  });

  it("X5: the client for the sandbox refuses any door that is not on this machine", async () => {
    for (const origin of [
      "https://management.azure.com",
      "http://192.0.2.7:80",
      "http://evil.example:8080",
      "https://127.0.0.1:1",
    ]) {
      const client = new SandboxHttp(async () => ({ origin, token: "t" }), new SandboxClock());
      await assert.rejects(
        client.sendRequest(wire("https://management.azure.com/subscriptions", "Bearer sandbox.e30.")),
        { code: "Misdirected" },
      );
    }
  });

  it("X5: the client for the sandbox carries no token but the sandbox's own", async () => {
    const client = new SandboxHttp(async () => sandbox, new SandboxClock());
    await assert.rejects(
      async () => client.sendRequest(wire("https://management.azure.com/subscriptions", `Bearer ${real}`)),
      {
        code: "Misdirected",
      },
    );
  });

  it("X5: the client for Azure reaches neither this machine nor anything without TLS, and never with the sandbox's token", async () => {
    const client = new PublicHttp();
    const addresses = [
      sandbox.origin,
      "https://localhost/",
      "https://127.0.0.1/",
      "https://[::1]/",
      "http://management.azure.com/",
    ];
    for (const address of addresses)
      await assert.rejects(async () => client.sendRequest(wire(address, "Bearer x")), { code: "Misdirected" }, address);
    await assert.rejects(async () => client.sendRequest(wire("https://management.azure.com/", "Bearer sandbox.e30.")), {
      code: "Misdirected",
    });
  });

  it("X8: the sandbox's journals lie apart, one folder a state file, below the folder that Azure's operations are read from", () => {
    const [one, other] = ["/tmp/a.json", "/tmp/b.json"].map((file) => sandboxStateDir("/state", file));
    assert.notEqual(one, other);
    assert.match(one!, /[\\/]state[\\/]sandbox[\\/][0-9a-f]{16}$/);
  });

  function ask(host: string, authorization: string): Promise<Response> {
    const headers = { "x-forwarded-host": host, "x-sandbox-token": sandbox.token, authorization };
    return fetch(`${sandbox.origin}/subscriptions?api-version=2022-12-01`, { headers });
  }
});

function wire(url: string, authorization: string) {
  return createPipelineRequest({ url, headers: createHttpHeaders({ authorization }), allowInsecureConnection: true });
}

/** Shape and issuer of an access token of Microsoft Entra ID; signed by nobody. */
function realLooking(marker: string): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = {
    iss: "https://sts.windows.net/72f988bf-86f1-41af-91ab-2d7cd011db47/",
    aud: "https://management.azure.com",
    marker,
  };
  return `${part({ typ: "JWT", alg: "RS256" })}.${part(claims)}.${Buffer.from(marker).toString("base64url")}`;
}

function filesUnder(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true }).map((name) => join(folder, String(name)));
  return names.filter((name) => statSync(name).isFile());
}
