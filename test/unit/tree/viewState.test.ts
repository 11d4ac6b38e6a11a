import assert from "node:assert/strict";
import { AzureError } from "../../../src/azure/ports.ts";
import { freshness, isOld, viewState, type ViewFacts } from "../../../src/tree/viewState.ts";
import { environment } from "../environments/fixtures.ts";

const live = { environments: [], problems: [], state: "live", error: null } as const;
const base: ViewFacts = { connection: "open", failure: null, snapshot: live, accounts: 1, subscriptions: 1, shown: 0 };

describe("the empty tree", () => {
  const cases: readonly (readonly [string, Partial<ViewFacts>])[] = [
    ["loading", { connection: "none", snapshot: null }],
    ["loading", { snapshot: { ...live, state: "loading" } }],
    ["loading", { snapshot: { ...live, state: "empty" } }],
    ["signedOut", { accounts: 0, subscriptions: 0 }],
    ["noSubscription", { subscriptions: 0 }],
    ["noEnvironment", {}],
    ["filteredOut", { snapshot: { ...live, environments: [environment()] } }],
    ["ready", { snapshot: { ...live, environments: [environment()] }, shown: 1 }],
    ["misconfigured", { connection: "failed", failure: { kind: "misconfigured" } }],
    ["offline", { snapshot: { ...live, state: "failed", error: new AzureError("offline", "x") } }],
    ["failed", { snapshot: { ...live, state: "failed", error: new AzureError("malformed", "x") } }],
    ["failed", { connection: "failed", failure: new Error("x") }],
  ];
  for (const [state, facts] of cases)
    it(`says ${state} for ${JSON.stringify(Object.keys(facts))}`, () =>
      assert.equal(viewState({ ...base, ...facts }), state));

  it("says noTenant when every tenant asks for its own sign-in", () => {
    const problem = { scope: "t", label: "t", tenantId: "t", code: "c", message: "m", remedy: "signIn" } as const;
    assert.equal(viewState({ ...base, subscriptions: 0, snapshot: { ...live, problems: [problem] } }), "noTenant");
  });
});

describe("the age of what is shown", () => {
  it("is said with the reason when Azure cannot be read", () => {
    const failed = {
      state: "failed",
      asOf: "2026-11-22T10:00:00Z",
      error: new AzureError("offline", "No network."),
    } as const;
    assert.equal(
      freshness(failed, () => "2 h ago"),
      "Read 2 h ago. Azure cannot be read just now: No network.",
    );
  });

  it("of the cache is said in the title, where it moves no row", () => {
    const at = new Date("2026-11-22T12:00:00Z");
    const cached = { state: "cached", asOf: "2026-11-21T12:00:00Z", error: null } as const;
    assert.equal(
      freshness(cached, () => "1 d ago"),
      null,
    );
    assert.equal(isOld(cached, at), true);
    assert.equal(isOld({ ...cached, state: "loading" }, at), true);
    assert.equal(isOld({ state: "loading", asOf: "2026-11-22T11:59:00Z" }, at), false);
    assert.equal(isOld({ ...cached, state: "live" }, at), false);
  });

  it("needs no line while everything is live", () => {
    assert.equal(
      freshness({ state: "live", asOf: "x", error: null }, () => "just now"),
      null,
    );
  });
});
