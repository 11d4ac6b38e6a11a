import assert from "node:assert/strict";
import { RestError } from "@azure/core-rest-pipeline";
import { isCloudOrigin, publicCloud } from "../../src/azure/clouds.ts";
import {
  cannedAzure,
  failureOf,
  inventoryOf,
  subscriptionsOf,
  testServerId,
  testSubscription,
  testTenant,
  type CannedAzure,
} from "./support.ts";

const evil = "https://management.azure.com.evil.example/steal";

describe("azure: a token goes to the configured cloud's addresses and nowhere else", () => {
  const allowed = [
    "https://management.azure.com/subscriptions",
    "https://orders-kv.vault.azure.net/keys/k",
    "https://eastus.metrics.monitor.azure.com/subscriptions",
    "https://prices.azure.com/api/retail/prices",
  ];
  const refused = [
    evil,
    "http://management.azure.com/subscriptions",
    "https://management.azure.com:8443/subscriptions",
    "https://user@management.azure.com/subscriptions",
    "https://evil.example.vault.azure.net/keys",
    "https://vault.azure.net/keys",
    "https://xvault.azure.net/keys",
    "https://127.0.0.1/subscriptions",
    "https://management.usgovcloudapi.net/subscriptions",
    "//management.azure.com",
    "not an address",
  ];
  for (const address of allowed) it(`allows ${address}`, () => assert.equal(isCloudOrigin(publicCloud, address), true));
  for (const address of refused)
    it(`refuses ${address}`, () => assert.equal(isCloudOrigin(publicCloud, address), false));

  it("row 34: a nextLink to another origin is refused before a token is fetched for it", async () => {
    const canned = cannedAzure(() => ({ body: { value: [], nextLink: evil } }));
    const error = await failureOf(canned.azure.servers.backups(testServerId));
    assert.equal(error.kind, "origin");
    nothingLeaked(canned);
  });

  it("row 34: the same in lists that the small ARM client reads", async () => {
    const canned = cannedAzure(() => ({ body: { value: [], nextLink: evil } }));
    assert.equal((await failureOf(canned.azure.scopes.locks(testServerId))).kind, "origin");
    nothingLeaked(canned);
  });

  for (const header of ["Azure-AsyncOperation", "Location"]) {
    it(`row 37: a ${header} of another origin is not kept`, async () => {
      const canned = cannedAzure(({ method }) =>
        method === "POST" ? { status: 202, headers: { [header]: evil } } : {},
      );
      const accepted = await canned.azure.writer.send({ kind: "stop", id: testServerId });
      assert.equal(accepted.operationUrl, null);
      nothingLeaked(canned);
    });
  }

  it("row 37: an operation address from a tampered journal is refused without a request", async () => {
    const canned = cannedAzure(() => ({}));
    const error = await failureOf(canned.azure.operations.poll(evil));
    assert.equal(error.kind, "origin");
    assert.deepEqual([canned.http.requests.length, canned.tokens.requests.length], [0, 0]);
  });

  for (const location of [evil, "https://management.azure.com/elsewhere"]) {
    it(`row 38: a 307 to ${location} is not followed`, async () => {
      const canned = cannedAzure(() => ({ status: 307, headers: { Location: location } }));
      const read = await failureOf(canned.azure.servers.get(testServerId));
      assert.equal(read.kind, "origin");
      const write = await failureOf(canned.azure.writer.send({ kind: "stop", id: testServerId }));
      assert.deepEqual([write.kind, write.sent], ["origin", "no"]);
      assert.ok(canned.http.requests.every(({ url }) => url !== location));
      nothingLeaked(canned);
    });
  }

  it("row 35: a page that links to itself ends the list with an error", async () => {
    const canned = cannedAzure(({ url }) => ({ body: { value: [], nextLink: url } }));
    assert.equal((await failureOf(canned.azure.scopes.locks(testServerId))).kind, "malformed");
    assert.equal(canned.http.requests.filter(({ url }) => url.includes("/locks")).length, 1);
  });

  it("row 35: the same for lists that an SDK follows", async () => {
    const canned = cannedAzure(({ url }) => ({ body: { value: [], nextLink: url } }));
    assert.equal((await failureOf(canned.azure.servers.backups(testServerId))).kind, "malformed");
    assert.ok(canned.http.requests.length < 20, `${canned.http.requests.length} requests`);
  });

  it("row 35: a graph page whose token repeats ends it as incomplete", async () => {
    const row = { id: testServerId, type: "microsoft.dbforpostgresql/flexibleservers" };
    const canned = cannedAzure(() => ({ body: { data: [row], $skipToken: "again" } }));
    const pages = [];
    for await (const page of canned.azure.inventory.pages(await subscriptionsOf(canned.azure))) pages.push(page);
    assert.deepEqual(
      pages.map(({ complete }) => complete),
      [true, true, false],
    );
    assert.equal(pages.flatMap(({ resources }) => resources).length, 1, "and a row that came twice is one resource");
  });

  it("row 36: when page 3 of 5 fails, the first two stay and the rest is said to be missing", async () => {
    let page = 0;
    const canned = cannedAzure(() => {
      page += 1;
      if (page >= 3) return { status: 500, body: { error: { code: "InternalServerError", message: "no" } } };
      const id = testServerId.replace("orders-pg", `pg-${page}`);
      return {
        body: { data: [{ id, type: "microsoft.dbforpostgresql/flexibleservers" }], $skipToken: `page-${page + 1}` },
      };
    });
    const pages = [];
    for await (const one of canned.azure.inventory.pages(await subscriptionsOf(canned.azure))) pages.push(one);
    assert.deepEqual(
      pages.map(({ complete, resources }) => [complete, resources.length]),
      [
        [true, 1],
        [true, 1],
        [false, 0],
      ],
    );
    assert.deepEqual(
      pages[2]!.problems.map(({ scope, remedy }) => [scope, remedy]),
      [[`/subscriptions/${testSubscription}`, "retry"]],
    );
  });

  it("row 39: ids that differ in letter case are one resource", async () => {
    const data = [testServerId, testServerId.toUpperCase()].map((id) => ({
      id,
      type: "Microsoft.DBforPostgreSQL/flexibleServers",
    }));
    const canned = cannedAzure(() => ({ body: { data } }));
    assert.equal((await inventoryOf(canned.azure)).length, 1);
  });

  it("waits out an exhausted graph quota before the next page", async () => {
    const stamps: number[] = [];
    const canned = cannedAzure(
      ({ url }) => {
        if (!url.includes("ResourceGraph")) return { body: { value: [] } };
        stamps.push(performance.now());
        const headers = { "x-ms-user-quota-remaining": "0", "x-ms-user-quota-resets-after": "00:00:05" };
        return { headers, body: { data: [], ...(stamps.length === 1 ? { $skipToken: "2" } : {}) } };
      },
      { limits: { maxWaitMs: 60 } },
    );
    await inventoryOf(canned.azure);
    assert.equal(stamps.length, 2);
    assert.ok(stamps[1]! - stamps[0]! >= 50, "at least what the limit allows");
  });

  const networkFailures: readonly (readonly [string, string, "no" | "unknown", RegExp])[] = [
    ["ENOTFOUND", "offline", "no", /http\.proxy/],
    ["EAI_AGAIN", "offline", "no", /http\.proxy/],
    ["ECONNREFUSED", "offline", "no", /http\.proxy/],
    ["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "offline", "no", /http\.systemCertificates/],
    ["SELF_SIGNED_CERT_IN_CHAIN", "offline", "no", /http\.proxyStrictSSL/],
    ["CERT_HAS_EXPIRED", "offline", "no", /not trusted/],
    ["ERR_TLS_CERT_ALTNAME_INVALID", "offline", "no", /not trusted/],
    ["ECONNRESET", "unavailable", "unknown", /broke/],
    ["EPIPE", "unavailable", "unknown", /broke/],
    ["ETIMEDOUT", "timeout", "unknown", /timed out/],
    ["EWHATEVER", "unavailable", "unknown", /failed/],
  ];
  for (const [code, kind, sent, sentence] of networkFailures) {
    it(`rows 27 and 28: ${code} on a write is ${kind}, sent: ${sent}, and never tried again`, async () => {
      const canned = cannedAzure(() => new RestError("it broke", { code }));
      const error = await failureOf(canned.azure.writer.send({ kind: "stop", id: testServerId }));
      assert.deepEqual([error.kind, error.sent], [kind, sent]);
      assert.match(error.message, sentence);
      assert.equal(canned.http.requests.filter(({ method }) => method === "POST").length, 1);
    });
  }

  it("a proxy that wants a sign-in (407) is named with VS Code's settings", async () => {
    const canned = cannedAzure(() => ({ status: 407, body: "<html>" }));
    const error = await failureOf(canned.azure.servers.get(testServerId));
    assert.equal(error.kind, "offline");
    assert.match(error.message, /http\.proxyAuthorization/);
  });

  it("hostile words of Azure stay data in the message", async () => {
    const message = "<img src=x onerror=alert(1)> [click](command:evil) \u202e";
    const canned = cannedAzure(() => ({ status: 400, body: { error: { code: "Bad", message } } }));
    const error = await failureOf(canned.azure.servers.get(testServerId));
    assert.ok(error.message.includes(message));
  });
});

/** Every request went to the public cloud, and every token was asked for its audience and tenant. */
function nothingLeaked({ http, tokens }: CannedAzure): void {
  assert.ok(http.requests.length > 0);
  for (const { url } of http.requests) assert.equal(new URL(url).origin, "https://management.azure.com");
  for (const { scopes, tenantId } of tokens.requests) {
    assert.deepEqual(scopes, [publicCloud.armScope]);
    assert.ok(tenantId === null || tenantId === testTenant);
  }
}
