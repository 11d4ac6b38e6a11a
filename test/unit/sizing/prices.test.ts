import assert from "node:assert/strict";
import { catalogue, catalogueSources, findSize, premiumSsdSizes } from "../../../src/sizing/catalogue.ts";
import {
  priceFilters,
  serverMonthly,
  shippedPrices,
  stoppedMonthly,
  toPriceTable,
  weightedPerGB,
  type PriceItem,
  type PriceTable,
} from "../../../src/sizing/prices.ts";

const head = { location: "eastus", asOf: "2026-11-22", source: "test" };

/** An item as the Retail Prices API lists it; names as in reference sizing.md section 2. */
function item(rest: Partial<PriceItem>): PriceItem {
  return {
    retailPrice: 1,
    currencyCode: "USD",
    armRegionName: "eastus",
    armSkuName: "",
    productName: "Azure Database for PostgreSQL Flexible Server General Purpose Ddsv5 Series Compute",
    skuName: "",
    meterName: "vCore",
    serviceName: "Azure Database for PostgreSQL",
    unitOfMeasure: "1 Hour",
    type: "Consumption",
    tierMinimumUnits: 0,
    ...rest,
  };
}

function hourly(...items: readonly Partial<PriceItem>[]): Readonly<Record<string, number>> {
  const table = toPriceTable(items.map(item), head);
  return Object.fromEntries(
    Object.entries(table.hourly).map(([sku, { perHour }]) => [sku, Math.round(perHour * 1e6) / 1e6]),
  );
}

function shipped(): PriceTable {
  const table = shippedPrices("EastUS");
  assert.ok(table);
  return table;
}

describe("the catalogue", () => {
  it("finds a size by ARM or short name in any letter case, and nothing else", () => {
    assert.deepEqual(
      ["Standard_D4ds_v5", "d4DS_v5", "standard_b1MS "].map((name) => findSize(name)?.armSku),
      ["Standard_D4ds_v5", "Standard_D4ds_v5", "Standard_B1ms"],
    );
    assert.equal(findSize("D4ds"), null);
    assert.equal(findSize("__proto__"), null);
  });

  it("has the documented sizes with sane figures, and says where they come from", () => {
    assert.equal(catalogue.length, 109);
    for (const size of catalogue) {
      assert.ok(size.vCores >= 1 && size.memoryGiB >= 2 && size.maxIops > 0, size.name);
      assert.ok(size.maxConnectionsDefault > 15 && size.maxConnectionsDefault <= 5000, size.name);
      assert.equal(size.highAvailability, size.tier !== "Burstable");
    }
    assert.deepEqual(
      premiumSsdSizes.map(({ gib }) => gib),
      [32, 64, 128, 256, 512, 1024, 2048, 4095, 8192, 16384, 32767],
    );
    assert.match(catalogueSources["compute"]?.repo ?? "", /concepts-compute\.md@/);
  });
});

describe("price meters", () => {
  it("map Burstable meters in both spellings", () => {
    const productName = "Azure Database for PostgreSQL Flexible Server Burstable BS Series Compute";
    assert.deepEqual(
      hourly(
        { productName, meterName: "B1MS", skuName: "B1MS", armSkuName: "B1MS", retailPrice: 0.017 },
        { productName, meterName: "B4ms vCore", skuName: "B4ms", retailPrice: 0.272 },
      ),
      { Standard_B1ms: 0.017, Standard_B4ms: 0.272 },
    );
  });

  it("map a meter of a size with or without its ARM name", () => {
    assert.deepEqual(
      hourly(
        { skuName: "2 vCore", armSkuName: "Standard_D2ds_v5", retailPrice: 0.178 },
        {
          skuName: "4 vCore",
          retailPrice: 0.356,
          productName: "Azure Database for PostgreSQL Flexible Server General Purpose - Ddsv5 Series Compute",
        },
        {
          skuName: "2 vCore",
          retailPrice: 0.23,
          productName: "Az DB for PGSQL Flexible Server Memory Optimized Esv3 Series Compute",
        },
      ),
      { Standard_D2ds_v5: 0.178, Standard_D4ds_v5: 0.356, Standard_E2s_v3: 0.23 },
    );
  });

  it("spread a rate per vCore over its series, where a size has no meter of its own", () => {
    const productName = "Azure Database for PostgreSQL Flexible Server General Purpose Ddsv6 Series Compute";
    const found = hourly(
      { productName, meterName: "1 vCore", skuName: "1 vCore", retailPrice: 0.1 },
      { productName, skuName: "4 vCore", retailPrice: 0.39 },
    );
    assert.equal(found["Standard_D2ds_v6"], 0.2);
    assert.equal(found["Standard_D4ds_v6"], 0.39);
    assert.equal(found["Standard_D2ds_v5"], undefined);
    assert.equal(found["Standard_D2ads_v6"], undefined);
  });

  it("leave out reservations, other services, other locations, later bands and prices of nothing", () => {
    const size = { skuName: "2 vCore", armSkuName: "Standard_D2ds_v5" };
    assert.deepEqual(
      hourly(
        { ...size, type: "Reservation", retailPrice: 506.77 },
        { ...size, productName: "Azure Cosmos DB for PostgreSQL Flexible Server Ddsv5" },
        { ...size, productName: "Azure HorizonDB Flexible Server Ddsv5" },
        { ...size, armRegionName: "westus" },
        { ...size, tierMinimumUnits: 100 },
        { ...size, retailPrice: 0 },
        { ...size, retailPrice: Number.NaN },
      ),
      {},
    );
  });

  it("give storage in both product spellings, backup and blob by tier, and null where a meter is missing", () => {
    const gb = { unitOfMeasure: "1 GB/Month" };
    for (const productName of [
      "Az DB for PostgreSQL Flexible Server Storage",
      "Azure Database for PostgreSQL Flex Server Storage",
    ]) {
      assert.equal(
        toPriceTable([item({ ...gb, productName, meterName: "Storage Data Stored", retailPrice: 0.115 })], head)
          .storagePerGiBMonth,
        0.115,
      );
    }
    const blob = { ...gb, serviceName: "Storage", skuName: "Hot LRS", meterName: "Hot LRS Data Stored" };
    const table = toPriceTable(
      [
        item({ ...blob, productName: "Files v2", retailPrice: 9 }),
        item({ ...blob, productName: "General Block Blob v2", retailPrice: 0.0208 }),
      ],
      head,
    );
    assert.deepEqual(table.blobPerGBMonth, { hot: 0.0208, cool: null, cold: null, archive: null });
    assert.deepEqual([table.storagePerGiBMonth, table.backupPerGiBMonth], [null, null]);
  });

  it("are asked for with the exact words, and a quote in a location cannot change the filter", () => {
    const [first = "", second = ""] = priceFilters("east' or 1 eq '1");
    assert.match(
      first,
      /^armRegionName eq 'east'' or 1 eq ''1' and serviceName eq 'Azure Database for PostgreSQL' and/,
    );
    assert.match(second, /productName eq 'General Block Blob v2'/);
  });
});

describe("monthly list prices", () => {
  it("take 730 hours, and double compute and storage with high availability", () => {
    const plain = serverMonthly({ skuName: "Standard_D4ds_v5", storageGiB: 128, highAvailability: false }, shipped());
    const both = serverMonthly({ skuName: "Standard_D4ds_v5", storageGiB: 128, highAvailability: true }, shipped());
    assert.deepEqual(
      [plain?.compute.toFixed(2), plain?.storage.toFixed(2), plain?.total.toFixed(2)],
      ["259.88", "14.72", "274.60"],
    );
    assert.equal(both?.total.toFixed(2), "549.20");
  });

  it("carry the oldest date and the weaker confidence of their parts", () => {
    const cost = serverMonthly({ skuName: "Standard_E4ds_v5", storageGiB: 32, highAvailability: false }, shipped());
    assert.deepEqual([cost?.asOf, cost?.confidence, cost?.currency], ["2025-07-07", "derived", "USD"]);
  });

  it("are null for a size without a price, and for no price table's own names", () => {
    for (const skuName of ["Standard_D4ds_v6", "constructor", "__proto__", ""]) {
      assert.equal(serverMonthly({ skuName, storageGiB: 32, highAvailability: false }, shipped()), null, skuName);
    }
  });

  it("leave a stopped server its storage", () => {
    const cost = stoppedMonthly({ skuName: "Standard_D4ds_v6", storageGiB: 128, highAvailability: false }, shipped());
    assert.deepEqual([cost?.compute, cost?.total.toFixed(2)], [0, "14.72"]);
  });

  it("are shipped for East US only, never called live", () => {
    assert.equal(shippedPrices("westeurope"), null);
    assert.match(shipped().source, /none read live/);
    assert.equal(
      Object.values(shipped().hourly).some(({ confidence }) => confidence === "live"),
      false,
    );
  });

  it("weigh blob tiers, and are null where a tier in use has no price", () => {
    const none = { hot: 0, cool: 0, cold: 0, archive: 0 };
    assert.equal(weightedPerGB({ ...none, hot: 2, archive: 2 }, shipped()), (0.0208 + 0.00099) / 2);
    assert.equal(weightedPerGB(none, shipped()), null);
    assert.equal(weightedPerGB(null, shipped()), null);
    const gap = { ...shipped(), blobPerGBMonth: { ...shipped().blobPerGBMonth, cold: null } };
    assert.equal(weightedPerGB({ ...none, hot: 1, cold: 1 }, gap), null);
    assert.equal(weightedPerGB({ ...none, hot: 1 }, gap), 0.0208);
  });
});
