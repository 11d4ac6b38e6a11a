import assert from "node:assert/strict";
import { openContract } from "../support/contract/validator.ts";
import type { ContractValidator } from "../support/contract/validator.ts";
import type { Exchange } from "../support/contract/exchange.ts";
import { rightExchanges } from "../support/contract/fixtures.ts";
import { specsOrSkip } from "../support/contract/specs.ts";

type Name = keyof typeof rightExchanges;

interface Planted {
  readonly what: string;
  readonly from: Name;
  /** Where in the exchange, and what stands there instead; `undefined` removes it. */
  readonly at: readonly (string | number)[];
  readonly value?: unknown;
  readonly caught: RegExp;
}

const server = ["response", "body"] as const;

const planted: readonly Planted[] = [
  {
    what: "a required property missing",
    from: "serverGet",
    at: [...server, "location"],
    caught: /MISSING_REQUIRED.*location/,
  },
  {
    what: "a number where text belongs",
    from: "serverGet",
    at: [...server, "properties", "version"],
    value: 16,
    caught: /INVALID_TYPE/,
  },
  {
    what: "text where a number belongs",
    from: "serverGet",
    at: [...server, "properties", "storage", "storageSizeGB"],
    value: "128",
    caught: /INVALID_TYPE/,
  },
  {
    what: "a property that Azure does not have",
    from: "serverGet",
    at: [...server, "properties", "provisioningState"],
    value: "Succeeded",
    caught: /ADDITIONAL_PROPERTIES/,
  },
  {
    what: "a number in Azure's spelling but not its type, in a list",
    from: "serverList",
    at: [...server, "value", 0, "tags"],
    value: { tier: 1 },
    caught: /INVALID_TYPE/,
  },
  {
    what: "a unit that metrics do not have (an open enum, closed by us)",
    from: "metricsBatch",
    at: [...server, "values", 0, "value", 0, "unit"],
    value: "Percentage",
    caught: /unit: Percentage/,
  },
  {
    what: "a state that servers do not have",
    from: "serverGet",
    at: [...server, "properties", "state"],
    value: "Sleeping",
    caught: /ENUM_MISMATCH.*state/,
  },
  {
    what: "a rotation action in another case",
    from: "keyPolicy",
    at: [...server, "lifetimeActions", 0, "action", "type"],
    value: "rotate",
    caught: /ENUM_CASE_MISMATCH/,
  },
  {
    what: "a success status that the operation does not have",
    from: "serverStop",
    at: ["response", "status"],
    value: 200,
    caught: /INVALID_RESPONSE_CODE|200/,
  },
  {
    what: "a created status where only 202 exists",
    from: "serverUpdate",
    at: ["response", "status"],
    value: 201,
    caught: /INVALID_RESPONSE_CODE|201/,
  },
  {
    what: "the storage key in camel case",
    from: "accountGet",
    at: [...server, "properties", "encryption", "keyvaultproperties"],
    value: { keyName: "engram", keyVaultUri: "https://orders-kv.vault.azure.net/" },
    caught: /ADDITIONAL_PROPERTIES.*key(Name|VaultUri)/,
  },
  {
    what: "more rows asked than Resource Graph gives",
    from: "graph",
    at: ["request", "body", "options", "$top"],
    value: 1001,
    caught: /request.*MAXIMUM/,
  },
  {
    what: "a truncation flag as boolean",
    from: "graph",
    at: [...server, "resultTruncated"],
    value: false,
    caught: /resultTruncated/,
  },
  {
    what: "a server name that is too short",
    from: "serverStop",
    at: ["request", "path"],
    value:
      "/subscriptions/11111111-1111-4111-8111-111111111111/resourceGroups/orders-rg/providers/Microsoft.DBforPostgreSQL/flexibleServers/ab/stop",
    caught: /request.*MIN_LENGTH/,
  },
  {
    what: "a PATCH with a property that servers do not have",
    from: "serverUpdate",
    at: ["request", "body", "properties"],
    value: { vCores: 8 },
    caught: /request.*ADDITIONAL_PROPERTIES.*vCores/,
  },
  {
    what: "a failover mode that does not exist in type",
    from: "serverRestart",
    at: ["request", "body", "restartWithFailover"],
    value: "yes",
    caught: /request.*INVALID_TYPE/,
  },
  {
    what: "no operation address on a 202",
    from: "serverStop",
    at: ["response", "headers", "Azure-AsyncOperation"],
    caught: /polling.*Azure-AsyncOperation/,
  },
  {
    what: "no result address on a 202",
    from: "serverStop",
    at: ["response", "headers", "Location"],
    caught: /polling.*Location/,
  },
  {
    what: "no Retry-After on a 202",
    from: "serverUpdate",
    at: ["response", "headers", "Retry-After"],
    caught: /polling.*Retry-After/,
  },
  {
    what: "a Retry-After that is no whole number of seconds",
    from: "poll",
    at: ["response", "headers", "Retry-After"],
    value: "0.5",
    caught: /Retry-After is whole seconds/,
  },
  {
    what: "a nextLink to another host",
    from: "serverList",
    at: [...server, "nextLink"],
    value: "http://127.0.0.1:9000/next",
    caught: /address.*management\.azure\.com/,
  },
  {
    what: "an operation address on another host",
    from: "serverStop",
    at: ["response", "headers", "Azure-AsyncOperation"],
    value: "https://evil.example/op",
    caught: /address/,
  },
  {
    what: "an error without the envelope",
    from: "serverBusy",
    at: [...server],
    value: { code: "ServerIsBusy", message: "busy" },
    caught: /envelope/,
  },
  { what: "an error without a code", from: "serverBusy", at: [...server, "error", "code"], caught: /envelope/ },
  {
    what: "another resource than the one asked for",
    from: "serverGet",
    at: [...server, "id"],
    value:
      "/subscriptions/11111111-1111-4111-8111-111111111111/resourceGroups/orders-rg/providers/Microsoft.DBforPostgreSQL/flexibleServers/other-pg",
    caught: /identity/,
  },
  {
    what: "a vault challenge without resource",
    from: "keyChallenge",
    at: ["response", "headers", "WWW-Authenticate"],
    value: "Bearer",
    caught: /challenge/,
  },
  {
    what: "a key without the vault's own words",
    from: "keyGet",
    at: [...server, "attributes", "enabled"],
    value: "true",
    caught: /INVALID_TYPE/,
  },
  {
    what: "a state word that no poll has",
    from: "poll",
    at: [...server, "status"],
    value: "Running",
    caught: /status/,
  },
  { what: "an answer without a list of locks", from: "locks", at: [...server, "value"], value: {}, caught: /value/ },
  {
    what: "a tag operation that does not exist",
    from: "tags",
    at: ["request", "body", "operation"],
    value: "Add",
    caught: /request.*ENUM/,
  },
  {
    what: "a price without amount",
    from: "prices",
    at: [...server, "Items"],
    value: [{ currencyCode: "USD" }],
    caught: /retailPrice/,
  },
  {
    what: "an api-version that no document or schema knows",
    from: "locks",
    at: ["request", "query", "api-version"],
    value: "2019-01-01",
    caught: /api_version/,
  },
  {
    what: "an operation that nothing describes",
    from: "serverGet",
    at: ["request", "path"],
    value:
      "/subscriptions/11111111-1111-4111-8111-111111111111/resourceGroups/orders-rg/providers/Microsoft.Web/sites/site",
    caught: /neither document nor schema/,
  },
];

describe("The contract validator", () => {
  let contract: ContractValidator;

  before(async function () {
    contract = await openContract(specsOrSkip(this));
  });

  for (const [name, exchange] of Object.entries(rightExchanges)) {
    it(`accepts the right exchange ${name}`, async () => {
      const { violations } = await contract.validate(exchange);
      assert.deepEqual(violations, []);
    });
  }

  for (const { what, from, at, value, caught } of planted) {
    it(`catches ${what} (${from})`, async () => {
      const { violations } = await contract.validate(changed(rightExchanges[from], at, value));
      assert.match(violations.join("\n"), caught);
    });
  }

  it("does not let the product send what is read-only", async () => {
    const asked = changed(rightExchanges.serverUpdate, ["request", "body", "properties"], { state: "Stopped" });
    assert.match((await contract.validate(asked)).violations.join(), /state/);
    const storage = {
      encryption: { keyvaultproperties: { keyname: "k", lastKeyRotationTimestamp: "2026-11-22T10:00:00Z" } },
    };
    const patch = { ...rightExchanges.accountGet.request, method: "PATCH", body: { properties: storage } };
    assert.match(
      (await contract.validate({ ...rightExchanges.accountGet, request: patch })).violations.join(),
      /READONLY/,
    );
    const foreign = { ...patch, headers: { "user-agent": "curl/8" } };
    assert.deepEqual((await contract.validate({ ...rightExchanges.accountGet, request: foreign })).violations, []);
  });

  it("wants a throttled answer to say when to come back", async () => {
    const refusal = { status: 429, headers: {}, body: { error: { code: "RateLimiting", message: "slower" } } };
    const throttled = { ...rightExchanges.graph, response: refusal };
    assert.match((await contract.validate(throttled)).violations.join(), /throttling/);
    const quota = { ...refusal, headers: { "x-ms-user-quota-resets-after": "00:00:05" } };
    assert.deepEqual((await contract.validate({ ...throttled, response: quota })).violations, []);
    const seconds = { ...refusal, headers: { "x-ms-user-quota-resets-after": "5" } };
    assert.match((await contract.validate({ ...throttled, response: seconds })).violations.join(), /throttling/);
    const elsewhere = { ...rightExchanges.serverGet, response: quota };
    assert.match((await contract.validate(elsewhere)).violations.join(), /throttling/);
    const later = { ...refusal, headers: { "Retry-After": "soon" } };
    assert.match((await contract.validate({ ...elsewhere, response: later })).violations.join(), /throttling/);
    const retry = { ...refusal, headers: { "Retry-After": "5" } };
    assert.deepEqual((await contract.validate({ ...elsewhere, response: retry })).violations, []);
  });

  it("does not blame an answer that a fault bent, but still its request when the product sent it", async () => {
    const bent = { ...rightExchanges.serverStop, response: { status: 200 }, faults: ["body:body"] };
    assert.deepEqual((await contract.validate(bent)).violations, []);
    const wrong = changed(bent, ["request", "query", "api-version"], "1999-01-01");
    assert.match(
      (await contract.validate(changed(wrong, ["request", "path"], "/nowhere"))).violations.join(),
      /request unknown/,
    );
  });

  it("lets a test's wrong request be refused, never the product's", async () => {
    const refusal = { status: 400, headers: {}, body: { error: { code: "BadRequest", message: "no" } } };
    const product = {
      ...changed(rightExchanges.graph, ["request", "body", "options", "$top"], 1001),
      response: refusal,
    };
    assert.match((await contract.validate(product)).violations.join(), /MAXIMUM/);
    const verdict = await contract.validate(changed(product, ["request", "headers", "user-agent"], "curl/8"));
    assert.deepEqual([verdict.refused, verdict.violations], [true, []]);
  });
});

/** A copy of the exchange with one thing changed. */
function changed(exchange: Exchange, at: readonly (string | number)[], value: unknown): Exchange {
  const copy = structuredClone(exchange);
  const last = at.at(-1)!;
  const parent = at
    .slice(0, -1)
    .reduce<Record<string | number, unknown>>(
      (node, step) => node[step] as Record<string, unknown>,
      copy as unknown as Record<string, unknown>,
    );
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  return copy;
}
