import type { Arm } from "./arm.ts";
import type { Connection } from "./connection.ts";
import { number, text } from "./json.ts";
import { AzureError, type PriceReader, type RetailPrice } from "./ports.ts";

/** Azure Retail Prices API, public and without sign-in (reference/azure-api.md section 6). */
const version = "2023-01-01-preview";

export function createPrices(connection: Connection, arm: Arm): PriceReader {
  return {
    list: async (filter, currency, signal) => {
      const { prices } = connection.cloud;
      if (prices === null) throw unavailable();
      const query = new URLSearchParams({ "api-version": version, currencyCode: currency, $filter: filter });
      const url = `${prices}/api/retail/prices?${query}`;
      const nobody = { tenantId: null, accountId: null };
      const items: RetailPrice[] = [];
      for await (const item of arm.list({ url, identity: nobody, what: "the list prices", signal }, "NextPageLink")) {
        const price = toPrice(item);
        if (price) items.push(price);
      }
      return items;
    },
  };
}

/** An item without a price says nothing. */
function toPrice(item: unknown): RetailPrice | null {
  const retailPrice = number(item, "retailPrice");
  if (retailPrice === null) return null;
  const word = (name: string) => text(item, name) ?? "";
  const term = text(item, "reservationTerm");
  return {
    retailPrice,
    currencyCode: word("currencyCode"),
    armRegionName: word("armRegionName"),
    armSkuName: word("armSkuName"),
    productName: word("productName"),
    skuName: word("skuName"),
    meterName: word("meterName"),
    serviceName: word("serviceName"),
    unitOfMeasure: word("unitOfMeasure"),
    type: word("type"),
    tierMinimumUnits: number(item, "tierMinimumUnits") ?? 0,
    ...(term === null ? {} : { reservationTerm: term }),
  };
}

function unavailable(): AzureError {
  return new AzureError("unavailable", "Microsoft publishes no list prices for this cloud.", { code: "NoPrices" });
}
