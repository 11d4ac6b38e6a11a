import assert from "node:assert/strict";
import { AzureError, type ScopeProblem } from "../../../src/azure/ports.ts";
import { faultOf } from "../../../src/cli/exitCodes.ts";
import { findEnvironment } from "../../../src/cli/findEnvironment.ts";
import { didYouMean, nearest } from "../../../src/cli/nearest.ts";
import type { Environment } from "../../../src/environments/model.ts";
import { findEnvironment as findExact } from "../../../src/inventory/find.ts";

const named = (name: string): Environment =>
  ({ id: `s/rg/${name}`, name, server: { name: `${name}-pg` }, account: { name: `${name}st` }, replicas: [] }) as never;

const fleet = (unread: readonly ScopeProblem[]) => {
  const environments = [named("orders-uat"), named("search-dev")];
  return {
    find: (wanted: string) => findExact(environments, wanted),
    snapshot: { environments } as never,
    coverage: { unread, read: 1 },
  };
};

const problem = (label: string, remedy: ScopeProblem["remedy"]): ScopeProblem => ({
  ...{ scope: `/subscriptions/${label}`, label, tenantId: null, code: "X", message: `${label} says no.`, remedy },
});

const said = (unread: readonly ScopeProblem[], wanted: string) => {
  try {
    return findEnvironment(fleet(unread), wanted).name;
  } catch (cause) {
    return faultOf(cause);
  }
};

describe("looking for an environment by what was typed", () => {
  it("finds what is there, whatever else could not be read", () => {
    assert.equal(said([problem("Contoso", "retry")], "search-dev"), "search-dev");
  });

  it("is wrong usage when everything readable was read, and names what may not be read", () => {
    const fault = said([problem("Fabrikam", "role")], "nobody");
    assert.ok(typeof fault !== "string");
    assert.deepEqual([fault.exit, fault.code], [2, "notFound"]);
    assert.match(fault.message, /Fabrikam/);
  });

  it("never says that it does not exist while a part could not be read just now", () => {
    const fault = said([problem("Fabrikam", "role"), problem("Contoso", "retry")], "nobody");
    assert.ok(typeof fault !== "string");
    assert.deepEqual([fault.exit, fault.code], [1, "inventoryUnread"]);
    assert.match(fault.message, /unknown.*Contoso/);
    const auth = said([problem("Contoso", "signIn")], "nobody");
    assert.ok(typeof auth !== "string" && auth.exit === 5);
  });

  it("hints at what was meant: a misspelt name, or the name of the server", () => {
    const texts = ["serach-dev", "orders-uat-pg", "zzz"].map((wanted) => {
      const fault = said([], wanted);
      return typeof fault === "string" ? fault : fault.message;
    });
    assert.match(texts[0] ?? "", /Did you mean "search-dev"\?/);
    assert.match(texts[1] ?? "", /orders-uat-pg belongs to the environment "orders-uat"/);
    assert.doesNotMatch(texts[2] ?? "", /mean/);
  });

  it("throws what AzureError callers can judge", () => {
    assert.throws(() => findEnvironment(fleet([problem("Contoso", "retry")]), "x"), AzureError);
  });
});

describe("the nearest word", () => {
  it("is one or two slips away, swapped neighbours counting once, and nothing is better than a guess", () => {
    assert.equal(nearest("sotp", ["start", "stop", "scale"]), "stop");
    assert.equal(nearest("ENVIROMENTS", ["environments", "operations"]), "environments");
    assert.equal(nearest("explode", ["stop", "start"]), null);
    assert.equal(nearest("x".repeat(10_000), ["stop"]), null);
    assert.equal(didYouMean("statr", ["start"]), ' Did you mean "start"?');
  });
});
