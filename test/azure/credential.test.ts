import assert from "node:assert/strict";
import { publicCloud } from "../../src/azure/clouds.ts";
import { chosenIdentities, cliTokens } from "../../src/azure/cliTokens.ts";
import { Credentials, type TokenWish } from "../../src/azure/credential.ts";
import type { AccessTokenOf, TokenRequest } from "../../src/azure/tokens.ts";
import { interactively } from "../../src/azure/tokens.ts";
import { wallClock } from "../../src/azure/wallClock.ts";
import { cannedAzure, CountingTokens, failureOf, testServerId, testTenant, tokenNumber } from "./support.ts";

const identity = { tenantId: testTenant, accountId: "kim" };
const wish: TokenWish = { scopes: [publicCloud.armScope], identity, claims: null, freshness: "kept" };
const noSession = (request: TokenRequest) => (request.interactive ? tokenNumber(1) : null);

describe("azure: credentials", () => {
  it("ask silently, with audience, tenant and account, and keep the token until shortly before its end", async () => {
    const tokens = new CountingTokens();
    const credentials = new Credentials(tokens, wallClock);
    assert.equal((await credentials.token(wish)).token, "real-1");
    assert.equal((await credentials.token(wish)).token, "real-1");
    const asked = { scopes: wish.scopes, ...identity, claims: null, interactive: false };
    assert.deepEqual(tokens.requests, [asked]);
  });

  it("ask anew within two minutes of the end, for other tenants, audiences and accounts, and when Azure refused one", async () => {
    const short = new CountingTokens((_request, count) => tokenNumber(count, Date.now() + 100_000));
    const credentials = new Credentials(short, wallClock);
    await credentials.token(wish);
    await credentials.token(wish);
    assert.equal(short.requests.length, 2);
    const tokens = new CountingTokens();
    const others = new Credentials(tokens, wallClock);
    await others.token(wish);
    await others.token({ ...wish, freshness: "renewed" });
    await others.token({ ...wish, scopes: [publicCloud.vaultScope] });
    await others.token({ ...wish, identity: { ...identity, tenantId: "other" } });
    await others.token({ ...wish, identity: { ...identity, accountId: "other" } });
    assert.equal(tokens.requests.length, 5);
  });

  it("ask once for many requests at the same time", async () => {
    const tokens = new CountingTokens(async (_request, count) => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      return tokenNumber(count);
    });
    const credentials = new Credentials(tokens, wallClock);
    await Promise.all(Array.from({ length: 20 }, () => credentials.token(wish)));
    assert.equal(tokens.requests.length, 1);
  });

  it("never prompt in the background", async () => {
    const tokens = new CountingTokens(noSession);
    const error = await failureOf(new Credentials(tokens, wallClock).token(wish));
    assert.deepEqual([error.kind, error.code, error.sent], ["auth", "NotSignedIn", "no"]);
    assert.ok(tokens.requests.every(({ interactive }) => !interactive));
  });

  it("prompt inside a click, one prompt at a time", async () => {
    let open = 0;
    let most = 0;
    const tokens = new CountingTokens(async (request) => {
      if (!request.interactive) return null;
      open += 1;
      most = Math.max(most, open);
      await new Promise((resolve) => setTimeout(resolve, 5));
      open -= 1;
      return tokenNumber(1);
    });
    const credentials = new Credentials(tokens, wallClock);
    const tenants = ["a", "b", "c"].map((tenantId) => ({ ...wish, identity: { ...identity, tenantId } }));
    await interactively(() => Promise.all(tenants.map((each) => credentials.token(each))));
    assert.equal(most, 1);
  });

  for (const how of ["returns nothing", "throws"]) {
    it(`a prompt that ${how} is the only one of its click; the next click may prompt again`, async () => {
      let prompts = 0;
      const tokens = new CountingTokens((request) => {
        if (!request.interactive) return null;
        prompts += 1;
        if (how === "throws") throw new Error("User did not consent");
        return null;
      });
      const credentials = new Credentials(tokens, wallClock);
      const all = () =>
        Promise.allSettled(
          ["a", "b", "c"].map((tenantId) => credentials.token({ ...wish, identity: { ...identity, tenantId } })),
        );
      const outcomes = await interactively(all);
      assert.ok(outcomes.every(({ status }) => status === "rejected"));
      assert.equal(prompts, 1);
      await interactively(all);
      assert.equal(prompts, 2);
    });
  }

  it("pass claims and tenant through as a TokenCredential", async () => {
    const tokens = new CountingTokens();
    const credential = new Credentials(tokens, wallClock).asTokenCredential(identity);
    const given = await credential.getToken(publicCloud.vaultScope, { claims: "{}", tenantId: "vault-tenant" });
    assert.equal(given?.token, "real-1");
    const asked = {
      scopes: [publicCloud.vaultScope],
      tenantId: "vault-tenant",
      accountId: "kim",
      claims: "{}",
      interactive: false,
    };
    assert.deepEqual(tokens.requests, [asked]);
  });

  it("keep Microsoft Entra's error number as the code", async () => {
    const tokens = new CountingTokens(() => {
      throw new Error("AADSTS50076: you must use multi-factor authentication");
    });
    const error = await failureOf(new Credentials(tokens, wallClock).token(wish));
    assert.deepEqual([error.kind, error.code], ["auth", "AADSTS50076"]);
  });

  it("a claims challenge reaches the source decoded, once, and the request goes out again with the new token", async () => {
    const claims = '{"access_token":{"acrs":{"value":"p1"}}}';
    const challenge = `Bearer realm="", error="insufficient_claims", claims="${Buffer.from(claims).toString("base64")}"`;
    const canned = cannedAzure(
      ({ headers }) =>
        headers.get("Authorization") === "Bearer stronger"
          ? { body: { id: testServerId } }
          : { status: 401, headers: { "WWW-Authenticate": challenge } },
      {
        tokens: new CountingTokens((request, count): AccessTokenOf => ({
          ...tokenNumber(count),
          token: request.claims === null ? `weak-${count}` : "stronger",
        })),
      },
    );
    assert.equal((await canned.azure.servers.get(testServerId)).id, testServerId);
    assert.deepEqual(
      canned.tokens.requests.flatMap(({ claims }) => claims ?? []),
      [claims],
    );
  });

  it("a 401 that stays one ends after one renewal", async () => {
    const canned = cannedAzure(() => ({
      status: 401,
      headers: { "WWW-Authenticate": 'Bearer error="invalid_token"' },
    }));
    const error = await failureOf(canned.azure.writer.send({ kind: "stop", id: testServerId }));
    assert.deepEqual([error.kind, error.sent], ["auth", "no"]);
    assert.equal(canned.http.requests.filter(({ method }) => method === "POST").length, 2);
  });

  it("a write is not sent again with the very token that Azure just refused", async () => {
    const tokens = new CountingTokens(() => tokenNumber(1));
    const headers = { "WWW-Authenticate": 'Bearer error="invalid_token"' };
    const canned = cannedAzure(() => ({ status: 401, headers }), { tokens });
    const error = await failureOf(canned.azure.writer.send({ kind: "stop", id: testServerId }));
    assert.deepEqual([error.kind, error.sent], ["auth", "no"]);
    assert.equal(canned.http.requests.filter(({ method }) => method === "POST").length, 1);
  });

  it("no token is in any error", async () => {
    const canned = cannedAzure(() => ({ status: 500, body: "<html>oops" }));
    const error = await failureOf(canned.azure.writer.send({ kind: "stop", id: testServerId }));
    assert.ok(!`${error.message} ${error.stack} ${JSON.stringify(error)}`.includes("real-"));
  });
});

describe("azure: the command line's identities", () => {
  const cases: readonly (readonly [NodeJS.ProcessEnv, readonly string[]])[] = [
    [{}, ["azureCli", "azd"]],
    [{ AZURE_CLIENT_ID: "a", AZURE_TENANT_ID: "b", AZURE_CLIENT_SECRET: "c" }, ["environment", "azureCli", "azd"]],
    [
      { AZURE_CLIENT_ID: "a", AZURE_TENANT_ID: "b", AZURE_FEDERATED_TOKEN_FILE: "f" },
      ["workloadIdentity", "azureCli", "azd"],
    ],
    [{ IDENTITY_ENDPOINT: "http://x" }, ["azureCli", "azd", "managedIdentity"]],
    [{ AZURE_TOKEN_CREDENTIALS: "dev" }, ["azureCli", "azd"]],
    [{ AZURE_TOKEN_CREDENTIALS: "PROD" }, ["environment", "workloadIdentity", "managedIdentity"]],
    [{ AZURE_TOKEN_CREDENTIALS: " AzureDeveloperCliCredential " }, ["azd"]],
  ];
  for (const [environment, wanted] of cases) {
    it(`${JSON.stringify(environment)} gives ${wanted.join(", ")}`, () =>
      assert.deepEqual(chosenIdentities(environment), wanted));
  }

  it("refuses an unknown or unsupported choice with the names it knows", () => {
    for (const chosen of ["VisualStudioCodeCredential", "nonsense"]) {
      assert.throws(() => chosenIdentities({ AZURE_TOKEN_CREDENTIALS: chosen }), /AzureCliCredential/);
    }
  });

  it("says through whom it acts before any token was asked for", () =>
    assert.equal(cliTokens("azd").via, "Azure Developer CLI"));
});
