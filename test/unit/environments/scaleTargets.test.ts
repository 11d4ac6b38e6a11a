import assert from "node:assert/strict";
import type { OfferedSize } from "../../../src/environments/guardsScale.ts";
import { scaleTargets } from "../../../src/environments/scaleTargets.ts";
import { server } from "./fixtures.ts";

function size(name: string, vCores: number, rest: Partial<OfferedSize> = {}): OfferedSize {
  const highAvailability = ["sameZone", "zoneRedundant"] as const;
  const base = { tier: "GeneralPurpose", memoryGiB: vCores * 4, maxIops: null, restriction: null };
  return { name, vCores, ...base, highAvailability, ...rest };
}

const names = ["D2ads_v5", "D2ds_v5", "D2s_v3", "D4ds_v5", "D8ads_v5", "D8ds_v5", "D8s_v3"];
const sizes = names.map((name) => size(`Standard_${name}`, Number(/\d+/.exec(name)?.[0])));
const near = (offered: readonly OfferedSize[]): readonly string[] =>
  scaleTargets(server("orders-pg"), { sizes: offered, storageSizesGiB: [] }, null)
    .filter(({ current, neighbour }) => current || neighbour !== "none")
    .map(({ size: { name }, neighbour, current }) => `${name} ${current ? "current" : neighbour}`);

describe("the neighbours of a size", () => {
  it("are of its own series", () => {
    assert.deepEqual(near(sizes), ["Standard_D2ds_v5 smaller", "Standard_D4ds_v5 current", "Standard_D8ds_v5 larger"]);
  });

  it("of a burstable size are burstable ones with or without the m", () => {
    const burstable = ["B1ms", "B2s", "B2ms"].map((name) =>
      size(`Standard_${name}`, Number(name[1]), { tier: "Burstable", memoryGiB: name === "B2ms" ? 8 : 4 }),
    );
    const small = server(
      "search-pg",
      {},
      { sku: { name: "Standard_B1ms", tier: "Burstable" }, highAvailability: { mode: "none", state: null } },
    );
    const found = scaleTargets(small, { sizes: burstable, storageSizesGiB: [] }, null);
    assert.equal(found.find(({ neighbour }) => neighbour === "larger")?.size.name, "Standard_B2s");
  });

  it("are the nearest of the tier where the series has none", () => {
    const some = sizes.filter(({ name }) => !/D[28]ds_v5/.test(name));
    assert.deepEqual(near(some), ["Standard_D2s_v3 smaller", "Standard_D4ds_v5 current", "Standard_D8ads_v5 larger"]);
  });
});
