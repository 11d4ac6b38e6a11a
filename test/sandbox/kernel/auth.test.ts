import assert from "node:assert/strict";
import { assertRefused, bench, goodToken, serverId, start } from "../support.ts";

const jwt = (claims: object) =>
  [{ alg: "RS256" }, claims, "signature"]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".");

describe("who may speak to the sandbox's Azure", () => {
  it("answers 401 with a challenge when there is no bearer token", async () => {
    const lab = bench();
    const answer = await lab.send("GET", serverId, { token: null });
    assertRefused(answer, 401, "AuthenticationFailed");
    assert.match(
      answer.headers!["WWW-Authenticate"]!,
      /^Bearer authorization_uri="https:\/\/login\.microsoftonline\.com\//,
    );
    assert.equal(lab.sandbox.log.entries()[0]!.authenticated, false);
  });

  it("takes a foreign client's opaque token", async () => {
    const lab = bench();
    assert.equal((await lab.send("GET", serverId, { token: "anything" })).status, 200);
    assert.equal(lab.sandbox.log.entries()[0]!.authenticated, true);
  });

  for (const issuer of ["https://sts.windows.net/t/", "https://login.microsoftonline.com/t/v2.0"]) {
    it(`refuses a real token of ${issuer} whatever it asks, and keeps it nowhere`, async () => {
      const lab = bench();
      const exchanges: unknown[] = [];
      lab.sandbox.onExchange((exchange) => exchanges.push(exchange));
      const token = jwt({ iss: issuer, aud: "https://management.azure.com" });
      assertRefused(await lab.send("POST", `${serverId}/stop`, { token }), 403, "SandboxRefusesRealToken");
      const kept = JSON.stringify([lab.state, lab.sandbox.log.entries(), exchanges]);
      assert.ok(!kept.includes(token.split(".")[1]!));
      assert.equal(lab.sandbox.log.entries()[0]!.authenticated, false);
      assert.equal((await lab.read(serverId)).properties["state"], "Ready");
    });
  }

  it("checks the audience of its own tokens", async () => {
    const lab = bench();
    const vault = goodToken({ aud: "https://vault.azure.net" });
    assertRefused(await lab.send("GET", serverId, { token: vault }), 401, "InvalidAuthenticationTokenAudience");
    for (const aud of ["https://management.azure.com/.default", "https://management.core.windows.net/"]) {
      assert.equal((await lab.send("GET", serverId, { token: goodToken({ aud }) })).status, 200);
    }
    const onVault = await lab.send("GET", "/keys/k", { host: "one-kv.vault.azure.net", token: goodToken() });
    assertRefused(onVault, 401, "Unauthorized");
    assert.match(onVault.headers!["WWW-Authenticate"]!, /resource="https:\/\/vault\.azure\.net"/);
  });

  it("lets a token expire by the virtual clock", async () => {
    const lab = bench();
    const token = goodToken({ exp: start / 1000 + 3600 });
    assert.equal((await lab.send("GET", serverId, { token })).status, 200);
    await lab.send("POST", "/_sandbox/clock", { body: { advance: "PT1H" } });
    assertRefused(await lab.send("GET", serverId, { token }), 401, "ExpiredAuthenticationToken");
  });

  it("refuses the token of another tenant than the subscription's", async () => {
    const lab = bench();
    const token = goodToken({ tid: "11111111-2222-4333-8444-555555555555" });
    assertRefused(await lab.send("GET", serverId, { token }), 401, "InvalidAuthenticationTokenTenant");
    const { body } = await lab.send("GET", "/subscriptions", { token });
    assert.deepEqual(body, { value: [] });
  });

  it("challenges for claims until the token carries them", async () => {
    const lab = bench();
    const claims = '{"access_token":{"nbf":{"essential":true,"value":"1"}}}';
    await lab.send("POST", "/_sandbox/world", { body: { claimsChallenge: claims } });
    const answer = await lab.send("GET", serverId);
    assertRefused(answer, 401, "InvalidAuthenticationToken");
    const encoded = /error="insufficient_claims", claims="([^"]+)"/.exec(answer.headers!["WWW-Authenticate"]!)?.[1];
    assert.equal(Buffer.from(encoded ?? "", "base64").toString(), claims);
    assert.equal((await lab.send("GET", serverId, { token: goodToken({ claims }) })).status, 200);
  });
});
