import assert from "node:assert/strict";
import type { RetailPrice } from "../../../src/azure/ports.ts";
import { PriceBook } from "../../../src/inventory/prices.ts";
import { FakeAzure, MemoryCache } from "./fakeAzure.ts";

const d2: RetailPrice = {
  retailPrice: 0.2,
  currencyCode: "USD",
  armRegionName: "eastus",
  armSkuName: "Standard_D2ds_v5",
  productName: "Azure Database for PostgreSQL Flexible Server General Purpose Ddsv5 Series Compute",
  skuName: "2 vCore",
  meterName: "vCore",
  serviceName: "Azure Database for PostgreSQL",
  unitOfMeasure: "1 Hour",
  type: "Consumption",
  tierMinimumUnits: 0,
};

function setUp({
  cache = new MemoryCache(),
  currency = "USD",
  list = async (): Promise<readonly RetailPrice[]> => [d2],
} = {}) {
  const fake = new FakeAzure();
  const asked: string[] = [];
  const prices = {
    list: async (filter: string) => {
      asked.push(filter);
      return list();
    },
  };
  const { clock } = fake.azure;
  const book = new PriceBook({ prices, clock, cache, currency, log: () => undefined });
  return { fake, book, asked, cache };
}

const offline = async (): Promise<never> => Promise.reject(new Error("offline"));

describe("the price book", () => {
  it("reads live prices once a day, for all who ask together", async () => {
    const { fake, book, asked } = setUp();
    const [one, two] = await Promise.all([book.table("EastUS"), book.table("eastus")]);
    assert.equal(one, two);
    assert.deepEqual([one.hourly["Standard_D2ds_v5"]?.perHour, one.asOf, asked.length], [0.2, "2026-11-22", 2]);
    await book.table("eastus");
    assert.equal(asked.length, 2);
    fake.now = new Date("2026-11-23T12:00:00Z");
    const later = new PriceBook({
      prices: { list: async () => [d2] },
      clock: fake.azure.clock,
      cache: new MemoryCache(),
      log: () => undefined,
    });
    assert.equal((await later.table("eastus")).asOf, "2026-11-23");
  });

  it("falls back to the last reading with its date, then to what is shipped with its own", async () => {
    const cache = new MemoryCache();
    await setUp({ cache }).book.table("eastus");
    const { fake, book } = setUp({ cache, list: offline });
    fake.now = new Date("2026-12-22T12:00:00Z");
    const kept = new PriceBook({
      prices: { list: offline },
      clock: { ...fake.azure.clock, now: () => fake.now },
      cache,
      log: () => undefined,
    });
    const old = await kept.table("eastus");
    assert.deepEqual([old.asOf, old.hourly["Standard_D2ds_v5"]?.perHour], ["2026-11-22", 0.2]);
    assert.ok(book);
    const shipped = await setUp({ list: offline }).book.table("eastus");
    assert.deepEqual([shipped.asOf, shipped.hourly["Standard_D2ds_v5"]?.confidence], ["2025-07-07", "found"]);
  });

  it("has an empty table that says so where nothing is known, and does not ask again at once", async () => {
    const { book, asked } = setUp({ list: offline });
    const table = await book.table("westeurope");
    assert.deepEqual(
      [table.hourly, table.storagePerGiBMonth, table.source],
      [{}, null, "no price is known for this location"],
    );
    await book.table("westeurope");
    assert.equal(asked.length, 2);
    assert.equal(book.tableNow("westeurope"), null);
  });

  it("does not offer dollars to who asked for another currency", () => {
    assert.equal(setUp({ currency: "EUR" }).book.tableNow("eastus"), null);
    assert.equal(setUp().book.tableNow("eastus")?.currency, "USD");
  });

  it("takes an answer without any size for a failure", async () => {
    const table = await setUp({ list: async () => [] }).book.table("eastus");
    assert.equal(table.asOf, "2025-07-07");
  });

  it("ignores a broken cache", async () => {
    for (const text of ["{", '{"schema":1,"tables":[{"location":"eastus"}]}', '{"schema":9,"tables":[]}']) {
      const cache = new MemoryCache();
      cache.text = text;
      assert.equal((await setUp({ cache, list: offline }).book.table("eastus")).asOf, "2025-07-07");
    }
  });
});
