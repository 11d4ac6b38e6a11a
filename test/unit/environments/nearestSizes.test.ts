import assert from "node:assert/strict";
import { sizeFindings, type OfferedSize } from "../../../src/environments/guardsScale.ts";
import { fakeServer } from "../../support/fakeAzure.ts";

const tiers = { B: "Burstable", D: "GeneralPurpose", E: "MemoryOptimized" } as const;

function offered(name: string, part: Partial<OfferedSize> = {}): OfferedSize {
  const tier = tiers[name[0] as keyof typeof tiers];
  const vCores = Number(/\d+/.exec(name)?.[0]);
  const highAvailability = tier === "Burstable" ? [] : (["sameZone", "zoneRedundant"] as const);
  const size = { name: `Standard_${name}`, tier, vCores, memoryGiB: vCores * 4, maxIops: null, restriction: null };
  return { ...size, highAvailability, ...part };
}

const sizes = [
  ...["B1ms", "B2s", "B4ms", "B8ms", "B16ms", "B20ms"].map((name) => offered(name)),
  ...[2, 4, 8, 16, 32, 48, 64].map((cores) => offered(`D${cores}ds_v5`)),
  ...[2, 4, 8, 16].map((cores) => offered(`D${cores}s_v3`)),
  ...[2, 4, 8].map((cores) => offered(`E${cores}ds_v5`)),
];

const server = fakeServer("orders-pg", { sku: { name: "Standard_D4ds_v5", tier: "GeneralPurpose" } });

function suggested(asked: string, one = server): readonly string[] {
  const [finding] = sizeFindings(one, { sizes, storageSizesGiB: [] }, asked);
  assert.equal(finding?.code, "unknownSku");
  return [...(finding?.message ?? "").matchAll(/Standard_(\w+)/g)].map(([, name]) => name ?? "");
}

describe("an unknown size", () => {
  it("is answered with the nearest of the same family and tier, five at most", () => {
    assert.deepEqual(suggested("D9ds_v5"), ["D8ds_v5", "D8s_v3", "D16ds_v5", "D16s_v3", "D4ds_v5"]);
    assert.deepEqual(suggested("E5ds_v5"), ["E4ds_v5", "E8ds_v5", "E2ds_v5"]);
  });

  it("that names no family on offer is answered with what is near today's size", () => {
    assert.deepEqual(suggested("Z9"), ["D4ds_v5", "D4s_v3", "D2ds_v5", "D8ds_v5", "D2s_v3"]);
  });

  it("is never answered with Burstable for a server with high availability", () => {
    const pair = fakeServer("orders-pg", { ...server, highAvailability: { mode: "zoneRedundant", state: "Healthy" } });
    assert.deepEqual(
      suggested("B3ms", pair).filter((name) => name.startsWith("B")),
      [],
    );
    assert.ok(suggested("B3ms", pair).length > 0);
    assert.equal(suggested("B3ms")[0]?.[0], "B");
  });

  it("is never answered with a size that Azure restricts here", () => {
    const restricted = sizes.map((one) => ({
      ...one,
      restriction: one.name.endsWith("D8ds_v5") ? "No capacity" : null,
    }));
    const [finding] = sizeFindings(server, { sizes: restricted, storageSizesGiB: [] }, "D9ds_v5");
    assert.doesNotMatch(finding?.message ?? "", /D8ds_v5/);
  });
});
