import data from "./data/prices.json" with { type: "json" };
import { parsePriceFilter } from "./priceFilter.ts";
import type { PriceItem } from "./priceFilter.ts";
import { armError } from "./types.ts";
import type { SandboxRequest, SandboxResponse, Service } from "./types.ts";

/**
 * `GET https://prices.azure.com/api/retail/prices`, without sign-in. East US is what public sources say (data/prices.json,
 * provenance beside it); **prices of other locations are invented**: East US times the factors below, so that the sandbox
 * has some. They never enter the product's own data.
 */
export const prices: Service = (request, world) => {
  if (request.host !== "prices.azure.com") return null;
  if (request.method !== "GET" || request.path !== "/api/retail/prices")
    return armError(404, "NotFound", "The sandbox serves /api/retail/prices only.");
  const filter = request.query.get("$filter");
  const test = filter === null ? () => true : parsePriceFilter(filter);
  if (!test) return bad("Invalid OData parameters supplied");
  const currency = (request.query.get("currencyCode") ?? "USD").replaceAll("'", "");
  const rate = Object.hasOwn(rates, currency) ? rates[currency] : undefined;
  if (rate === undefined) return bad(`The currency '${currency}' is not supported.`);
  const items = allItems().filter(test);
  const isEmptyLink = world.state.services["emptyPriceLink"] === true;
  return page(
    request,
    items.map((item) => inCurrency(item, currency, rate)),
    isEmptyLink ? "" : null,
  );
};

/** Names as the API writes them; the factors are invented. */
const locations: readonly { readonly name: string; readonly display: string; readonly factor: number }[] = [
  { name: "eastus", display: "US East", factor: 1 },
  { name: "westeurope", display: "EU West", factor: 1.18 },
  { name: "japaneast", display: "JA East", factor: 1.29 },
];

/** Invented rates: non-USD figures are for reference only, as the API says of its own. */
const rates: Readonly<Record<string, number>> = { USD: 1, EUR: 0.9, GBP: 0.8, JPY: 150 };

/** 1,000 in old clients' documents, 100 in newer ones (reference azure-api.md): the sandbox takes the smaller. */
const pageSize = 100;

function allItems(): PriceItem[] {
  return locations.flatMap(({ name, display, factor }) =>
    (data.items as readonly PriceItem[]).map((item) =>
      factor === 1 ? item : { ...item, armRegionName: name, location: display, ...priced(item, factor) },
    ),
  );
}

function priced(item: PriceItem, factor: number): { retailPrice: number; unitPrice: number } {
  const round = (value: unknown): number => Math.round(Number(value) * factor * 1e6) / 1e6;
  return { retailPrice: round(item["retailPrice"]), unitPrice: round(item["unitPrice"]) };
}

function inCurrency(item: PriceItem, currencyCode: string, rate: number): PriceItem {
  return rate === 1 ? item : { ...item, currencyCode, ...priced(item, rate) };
}

/**
 * `NextPageLink` is null on the last page. The quirk of an empty string there can be switched on
 * (`state.services.emptyPriceLink`), so that clients are seen to stop at it.
 */
function page(request: SandboxRequest, items: readonly PriceItem[], last: "" | null): SandboxResponse {
  const skip = Number(request.query.get("$skip") ?? 0);
  if (!Number.isInteger(skip) || skip < 0) return bad("$skip must be a whole number.");
  const shown = items.slice(skip, skip + pageSize);
  const more = skip + shown.length < items.length;
  const query = new URLSearchParams(request.query);
  query.set("$skip", String(skip + pageSize));
  const body = {
    BillingCurrency: (request.query.get("currencyCode") ?? "USD").replaceAll("'", ""),
    CustomerEntityId: "Default",
    CustomerEntityType: "Retail",
    Items: shown,
    NextPageLink: more ? `https://${request.host}${request.path}?${query.toString()}` : last,
    Count: shown.length,
  };
  return { status: 200, body };
}

function bad(message: string): SandboxResponse {
  return armError(400, "BadRequest", message);
}
