import assert from "node:assert/strict";
import type { ScaleTarget } from "../../../src/environments/scaleTargets.ts";
import { commonTargets } from "../../../src/commands/commonTargets.ts";

function target(name: string, rest: Partial<ScaleTarget> = {}): ScaleTarget {
  const size = { name, tier: "GeneralPurpose", vCores: 2, memoryGiB: 8 } as unknown as ScaleTarget["size"];
  return {
    size,
    current: false,
    monthly: 100,
    change: 0,
    currency: "USD",
    pricesAsOf: "2026-11-01",
    maxConnectionsDefault: null,
    neighbour: "none",
    ...rest,
  };
}

describe("sizes for several servers", () => {
  it("are those every server may take, each priced by its own location", () => {
    const east = [target("Standard_D2ds_v5", { current: true }), target("Standard_D4ds_v5", { change: 80 })];
    const west = [target("Standard_D4ds_v5", { monthly: 130, change: 95.5, current: true })];
    const found = commonTargets([east, west]);
    assert.deepEqual(
      found.map(({ size, monthly, change, current }) => [size.name, monthly, change, current]),
      [["Standard_D4ds_v5", 230, 175.5, false]],
    );
  });

  it("have no price as soon as one is not known or in another currency", () => {
    const one = [target("Standard_D4ds_v5")];
    assert.equal(commonTargets([one, [target("Standard_D4ds_v5", { monthly: null })]])[0]?.monthly, null);
    assert.equal(commonTargets([one, [target("Standard_D4ds_v5", { currency: "EUR" })]])[0]?.monthly, null);
  });

  it("of one server are its own", () => {
    const one = [target("Standard_D4ds_v5")];
    assert.equal(commonTargets([one]), one);
  });
});
