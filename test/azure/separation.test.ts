import assert from "node:assert/strict";
import { createPipelineRequest } from "@azure/core-rest-pipeline";
import { cloudOf, publicCloud } from "../../src/azure/clouds.ts";
import { createAzure, createSandboxAzure } from "../../src/azure/index.ts";
import { SandboxClock } from "../../src/azure/sandboxClock.ts";
import { PublicHttp, SandboxHttp, SandboxTokens } from "../../src/azure/transport.ts";
import { CountingTokens, failureOf, openTestSandbox } from "./support.ts";

/** Not a secret: three parts with an issuer of Microsoft's, as a real token has. */
const realLooking = ["{}", JSON.stringify({ iss: "https://sts.windows.net/x/" }), "s"]
  .map((part) => Buffer.from(part).toString("base64url"))
  .join(".");

describe("azure: sandbox and production cannot be mixed", () => {
  for (const url of [
    "http://127.0.0.1:4000/x",
    "https://localhost/x",
    "https://[::1]/x",
    "http://management.azure.com/x",
  ]) {
    it(`the production client refuses ${url}`, async () => {
      const request = createPipelineRequest({ url, allowInsecureConnection: true });
      await assert.rejects(async () => new PublicHttp().sendRequest(request), { kind: "origin", sent: "no" });
    });
  }

  it("the production client refuses a sandbox token", async () => {
    const clock = new SandboxClock();
    const { token } = await new SandboxTokens(clock).token(request(publicCloud.armScope));
    const wire = createPipelineRequest({ url: "https://management.azure.com/x" });
    wire.headers.set("Authorization", `Bearer ${token}`);
    await assert.rejects(async () => new PublicHttp().sendRequest(wire), { kind: "origin" });
  });

  for (const origin of [
    "https://management.azure.com",
    "http://192.168.0.7:80",
    "https://127.0.0.1:1",
    "http://evil.example",
  ]) {
    it(`the sandbox client refuses to be pointed at ${origin}`, async () => {
      const sandbox = createSandboxAzure({ origin, token: "t", stateFile: "" });
      assert.equal((await failureOf(sandbox)).kind, "origin");
    });
  }

  it("the sandbox client refuses to carry a real token", async () => {
    const http = new SandboxHttp(() => assert.fail("no door may be opened"), new SandboxClock());
    const wire = createPipelineRequest({ url: "https://management.azure.com/x" });
    wire.headers.set("Authorization", `Bearer ${realLooking}`);
    await assert.rejects(http.sendRequest(wire), { kind: "origin", sent: "no" });
  });

  it("the sandbox itself refuses a real token and does not log it", async () => {
    const sandbox = await openTestSandbox();
    try {
      const headers = {
        "X-Sandbox-Token": sandbox.door.token,
        "X-Forwarded-Host": "management.azure.com",
        Authorization: `Bearer ${realLooking}`,
      };
      const answer = await fetch(`${sandbox.door.origin}/subscriptions?api-version=2022-12-01`, { headers });
      assert.equal(answer.status, 403);
      assert.ok(!JSON.stringify(sandbox.log()).includes(realLooking));
    } finally {
      sandbox.close();
    }
  });

  it("the sandbox's credential has no place for another token and asks nobody", async () => {
    const tokens = new SandboxTokens(new SandboxClock());
    assert.deepEqual(Object.keys(tokens), ["via"]);
    const minted = await tokens.token({ ...request(publicCloud.armScope), tenantId: "t", claims: "c" });
    const said = JSON.parse(Buffer.from(minted.token.split(".")[1]!, "base64url").toString("utf8")) as Record<
      string,
      unknown
    >;
    assert.deepEqual([said["aud"], said["tid"], said["claims"]], ["https://management.core.windows.net", "t", "c"]);
  });

  it("SDKs keep Azure's own addresses in the sandbox", async () => {
    const sandbox = await openTestSandbox();
    try {
      const { id } = await sandbox.server("catalog-dev-pg");
      const { operationUrl } = await sandbox.azure.writer.send({ kind: "stop", id });
      assert.ok(operationUrl?.startsWith("https://management.azure.com/"));
      assert.ok(sandbox.log().every(({ host }) => !host.includes("127.0.0.1")));
    } finally {
      sandbox.close();
    }
  });

  it("both say what they are", async () => {
    const sandbox = await openTestSandbox();
    try {
      assert.equal(sandbox.azure.sandbox, true);
      assert.equal(createAzure({ cloud: publicCloud, tokens: new CountingTokens() }).sandbox, false);
    } finally {
      sandbox.close();
    }
  });

  it("a custom cloud needs https addresses that are not this machine", () => {
    const custom = (url: string) =>
      cloudOf({
        kind: "custom",
        environment: { resourceManagerEndpointUrl: url, activeDirectoryEndpointUrl: "https://login.example/" },
      });
    for (const url of ["http://arm.example", "https://127.0.0.1/", "https://localhost:8443", "", "nonsense"]) {
      assert.throws(() => custom(url), /must be an https address/);
    }
    assert.equal(custom("https://arm.example/").arm, "https://arm.example");
  });
});

function request(scope: string) {
  return { scopes: [scope], tenantId: null, accountId: null, claims: null, interactive: false };
}
