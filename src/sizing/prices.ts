import { findSize } from "./catalogue.ts";
import { blobTiers, type BlobTier, type HourlyPrice, type PriceTable } from "./priceTable.ts";
import { shippedTable } from "./shippedPrices.ts";

export { priceFilters, toPriceTable } from "./priceMeters.ts";
export type { PriceItem } from "./priceMeters.ts";
export { blobTiers } from "./priceTable.ts";
export type { BlobTier, PriceTable } from "./priceTable.ts";

/** A month of the price list: 730 hours. */
export const hoursPerMonth = 730;

export interface PricedServer {
  readonly skuName: string;
  readonly storageGiB: number;
  readonly highAvailability: boolean;
}

export interface ServerCost {
  readonly compute: number;
  readonly storage: number;
  readonly total: number;
  readonly currency: string;
  readonly asOf: string;
  readonly confidence: string;
}

/**
 * List price of a server per month of 730 hours, backup beyond the free allowance not included; null where the SKU
 * or the storage has no known price. High availability has no meter of its own: it doubles compute and storage
 * (reference: sizing.md section 2, "HA has no meter").
 */
export function serverMonthly(server: PricedServer, prices: PriceTable): ServerCost | null {
  const hourly = hourlyOf(server.skuName, prices);
  const storage = storageMonthly(server, prices);
  if (hourly === null || storage === null) return null;
  const compute = hourly.perHour * hoursPerMonth * copies(server);
  return {
    compute,
    storage,
    total: compute + storage,
    currency: prices.currency,
    asOf: hourly.asOf < prices.asOf ? hourly.asOf : prices.asOf,
    confidence: weaker(hourly.confidence, prices.confidence.storage),
  };
}

/** What a stopped server still costs a month: its storage (how-to-stop-server: "you're still billed for storage"). */
export function stoppedMonthly(server: PricedServer, prices: PriceTable): ServerCost | null {
  const storage = storageMonthly(server, prices);
  if (storage === null) return null;
  const { currency, asOf, confidence } = prices;
  return { compute: 0, storage, total: storage, currency, asOf, confidence: confidence.storage };
}

/** Weighted price per GB-month over the tiers in use; null without data or where a tier in use has no price. */
export function weightedPerGB(tiersGB: Readonly<Record<BlobTier, number>> | null, prices: PriceTable): number | null {
  if (tiersGB === null) return null;
  const used = blobTiers.filter((tier) => tiersGB[tier] > 0);
  const total = used.reduce((sum, tier) => sum + tiersGB[tier], 0);
  if (total === 0 || used.some((tier) => prices.blobPerGBMonth[tier] === null)) return null;
  return used.reduce((sum, tier) => sum + tiersGB[tier] * (prices.blobPerGBMonth[tier] ?? 0), 0) / total;
}

/** The prices shipped with the product, dated; null for a location without any. They are never live. */
export function shippedPrices(location: string): PriceTable | null {
  return shippedTable(location);
}

function hourlyOf(skuName: string, prices: PriceTable): HourlyPrice | null {
  const armSku = findSize(skuName)?.armSku ?? skuName;
  return Object.hasOwn(prices.hourly, armSku) ? (prices.hourly[armSku] ?? null) : null;
}

function storageMonthly(server: PricedServer, prices: PriceTable): number | null {
  return prices.storagePerGiBMonth === null ? null : prices.storagePerGiBMonth * server.storageGiB * copies(server);
}

function copies(server: PricedServer): 1 | 2 {
  return server.highAvailability ? 2 : 1;
}

const certainty: readonly string[] = ["live", "found", "scaled per vCore", "derived"];

function weaker(left: string, right: string): string {
  return certainty.indexOf(left) >= certainty.indexOf(right) ? left : right;
}
