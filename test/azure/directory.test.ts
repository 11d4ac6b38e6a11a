import assert from "node:assert/strict";
import type { Subscription } from "../../src/environments/model.ts";
import type { AzureError, ScopeProblem } from "../../src/azure/ports.ts";
import { quotaPause } from "../../src/azure/inventory.ts";
import { merge } from "../../src/azure/merge.ts";
import {
  cannedAzure,
  CountingTokens,
  failureOf,
  testServerId,
  tokenNumber,
  type Canned,
  type CannedAzure,
} from "./support.ts";

const accounts = [
  { id: "kim", label: "kim@contoso.example" },
  { id: "lee", label: "lee@fabrikam.example" },
];

/** Tenants and subscriptions by account; the token says who asks for which tenant. */
function world(answers: Readonly<Record<string, Canned>>, selected: readonly string[] = []): CannedAzure {
  const tokens = new CountingTokens(({ accountId, tenantId }) => ({
    ...tokenNumber(1),
    token: `${accountId}/${tenantId ?? "home"}`,
  }));
  tokens.accounts = () => Promise.resolve(accounts);
  return cannedAzure(
    ({ url, headers }) => {
      const who = (headers.get("Authorization") ?? "").replace("Bearer ", "");
      return answers[who] ?? { status: 404, body: { error: { code: "NoSuchAnswer", message: url } } };
    },
    { tokens, filter: { selected: () => selected }, directory: "responder" },
  );
}

const tenants = (...ids: string[]): Canned => ({
  body: { value: ids.map((tenantId) => ({ tenantId, displayName: `Tenant ${tenantId}` })) },
});
const subscriptions = (...ids: string[]): Canned => ({
  body: {
    value: ids.map((subscriptionId) => ({ subscriptionId, displayName: `Sub ${subscriptionId}`, state: "Enabled" })),
  },
});

async function read({ azure }: CannedAzure) {
  const found: Subscription[] = [];
  const problems: ScopeProblem[] = [];
  for await (const one of azure.directory.subscriptions()) "scope" in one ? problems.push(one) : found.push(one);
  return { found, problems };
}

describe("azure: the directory", () => {
  const everything = {
    "kim/home": tenants("a", "b"),
    "kim/a": subscriptions("1", "2"),
    "kim/b": { status: 401, body: { error: { code: "InvalidAuthenticationTokenTenant", message: "MFA" } } },
    "lee/home": tenants("a"),
    "lee/a": subscriptions("2", "3"),
  };

  it("reads every tenant of every account; one that fails is a row with a remedy", async () => {
    const { found, problems } = await read(world(everything));
    assert.deepEqual(
      found.map(({ id, tenantId, account }) => [id, tenantId, account]),
      [
        ["1", "a", "kim@contoso.example"],
        ["2", "a", "kim@contoso.example"],
        ["3", "a", "lee@fabrikam.example"],
      ],
      "what two accounts see is the first one's",
    );
    assert.deepEqual(
      problems.map(({ scope, label, remedy }) => [scope, label, remedy]),
      [["tenants/b", "Tenant b", "signIn"]],
    );
  });

  it("asks silently, with the account and the tenant of each request", async () => {
    const canned = world(everything);
    await read(canned);
    assert.ok(canned.tokens.requests.every(({ interactive, accountId }) => !interactive && accountId !== null));
  });

  it("reads a subscription as whoever found it", async () => {
    const canned = world({ ...everything, "lee/a": subscriptions("3") });
    await read(canned);
    const id = testServerId.replace(/^\/subscriptions\/[^/]+/, "/subscriptions/3");
    await canned.azure.scopes.locks(id);
    assert.equal(canned.http.requests.at(-1)?.token, "Bearer lee/a");
  });

  it("keeps to the selected subscriptions, written alone or behind their tenant", async () => {
    const { found } = await read(world(everything, ["a/2", "3"]));
    assert.deepEqual(
      found.map(({ id }) => id),
      ["2", "3"],
    );
  });

  it("marks a disabled subscription", async () => {
    const disabled = { body: { value: [{ subscriptionId: "1", displayName: "Old", state: "Disabled" }] } };
    const { found, problems } = await read(world({ ...everything, "kim/a": disabled }));
    assert.ok(found.some(({ id }) => id === "1"));
    assert.ok(problems.some(({ code, label }) => code === "SubscriptionDisabled" && label === "Old"));
  });

  it("says who acts in a tenant", async () => {
    const canned = world(everything);
    await read(canned);
    assert.equal(await canned.azure.directory.actor("a"), "kim@contoso.example via a test");
  });

  it("an account that fails whole is one row, and the other goes on", async () => {
    const { found, problems } = await read(
      world({ ...everything, "kim/home": { status: 403, body: { error: { code: "Forbidden", message: "no" } } } }),
    );
    assert.deepEqual(
      found.map(({ id }) => id),
      ["2", "3"],
    );
    assert.deepEqual(
      problems.map(({ scope }) => scope),
      ["accounts/kim"],
    );
  });
});

describe("azure: metrics refusals have their own names", () => {
  const query = {
    namespace: "n",
    metrics: ["m"],
    aggregation: "Average",
    interval: "PT5M",
    from: new Date(0),
    to: new Date(1),
  } as const;
  const cases = [
    [401, "X", "MonitoringReaderMissing", "rights"],
    [403, "MissingSubscriptionRegistration", "InsightsNotRegistered", "rights"],
    [403, "AuthorizationFailed", "MonitoringReaderMissing", "rights"],
    [529, "X", "Throttled", "throttled"],
    [429, "X", "Throttled", "throttled"],
  ] as const;
  for (const [status, said, code, kind] of cases) {
    it(`getBatch's ${status} ${said} is ${code}`, async () => {
      const { azure } = cannedAzure(() => ({ status, body: { error: { code: said, message: "no" } } }));
      const error = await failureOf(azure.metrics.batch({ ...query, resourceIds: [testServerId], location: "eastus" }));
      assert.deepEqual([error.code, error.kind], [code, kind]);
    });
  }

  describe("of a server that is gone", () => {
    const ids = Array.from({ length: 50 }, (_, index) => `${testServerId}${index}`);
    const read = async (isGone: (id: string) => boolean) => {
      const canned = cannedAzure(({ body }) => {
        const asked = (JSON.parse(String(body ?? "{}")) as { resourceids?: string[] }).resourceids ?? [];
        if (asked.some(isGone)) return { status: 404, body: { error: { code: "ResourceNotFound", message: "gone" } } };
        return { body: { values: asked.map((resourceid) => ({ resourceid, value: [] })) } };
      });
      const result = canned.azure.metrics.batch({ ...query, resourceIds: ids, location: "eastus" });
      const outcome = await result.catch((error: unknown) => error as AzureError);
      const calls = canned.http.requests.filter(({ url }) => url.includes("getBatch")).length;
      return { outcome, calls };
    };

    it("keeps the figures of the other forty-nine", async () => {
      for (const gone of [0, 17, 49]) {
        const { outcome, calls } = await read((id) => id === ids[gone]);
        assert.ok(Array.isArray(outcome), String(outcome));
        assert.deepEqual(
          outcome.map(({ resourceId }: { resourceId: string }) => resourceId),
          ids.filter((_, index) => index !== gone),
        );
        assert.ok(calls <= 14, `${calls} calls`);
      }
    });

    it("asks no more than 14 times when nothing is there at all", async () => {
      const { outcome, calls } = await read(() => true);
      assert.equal((outcome as AzureError).kind, "notFound");
      assert.ok(calls <= 14, `${calls} calls`);
    });
  });

  it("asks the location's own address, for at most fifty resources", async () => {
    const canned = cannedAzure(() => ({ body: { values: [] } }));
    await canned.azure.metrics.batch({ ...query, resourceIds: [testServerId], location: "West Europe" });
    assert.ok(canned.http.requests.at(-1)?.url.startsWith("https://westeurope.metrics.monitor.azure.com/"));
    const before = canned.http.requests.length;
    const many = Array.from({ length: 51 }, () => testServerId);
    assert.equal(
      (await failureOf(canned.azure.metrics.batch({ ...query, resourceIds: many, location: "eastus" }))).code,
      "TooManyResources",
    );
    assert.deepEqual(await canned.azure.metrics.batch({ ...query, resourceIds: [], location: "eastus" }), []);
    assert.equal(canned.http.requests.length, before);
  });
});

describe("azure: small helpers", () => {
  it("merge yields from all sources, at most so many at a time", async () => {
    let running = 0;
    let most = 0;
    const source = (name: string) =>
      async function* () {
        running += 1;
        most = Math.max(most, running);
        await new Promise((resolve) => setTimeout(resolve, 1));
        yield `${name}1`;
        yield `${name}2`;
        running -= 1;
      };
    const seen: string[] = [];
    for await (const one of merge(["a", "b", "c", "d", "e"].map(source), 2)) seen.push(one);
    assert.deepEqual(seen.sort(), ["a1", "a2", "b1", "b2", "c1", "c2", "d1", "d2", "e1", "e2"]);
    assert.equal(most, 2);
  });

  it("reads the graph's quota headers", () => {
    assert.equal(quotaPause("0", "00:01:05"), 65_000);
    assert.equal(quotaPause("3", "00:01:05"), 0);
    assert.equal(quotaPause("0", "soon"), 0);
    assert.equal(quotaPause(undefined, undefined), 0);
  });
});
