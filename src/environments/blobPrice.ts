import { weightedPerGB, type PriceTable } from "../sizing/prices.ts";
import type { AccountMetrics, StorageAccount } from "./model.ts";

export interface BlobPrice {
  /** Weighted over the tiers in use, per decimal GB and month. */
  readonly perGB: number;
  /** Why the account's own price differs: the known prices are those of LRS. Null for an LRS account. */
  readonly caveat: string | null;
}

/** What a GB in this account costs by list price; null where it was not measured or has no known price. */
export function blobPrice(
  account: Pick<StorageAccount, "name" | "skuName">,
  metrics: AccountMetrics | null,
  prices: PriceTable | null,
): BlobPrice | null {
  const perGB = prices && weightedPerGB(metrics?.tiersGB ?? null, prices);
  return perGB === null ? null : { perGB, caveat: caveat(account) };
}

function caveat({ name, skuName }: Pick<StorageAccount, "name" | "skuName">): string | null {
  const redundancy = skuName?.replace(/^[^_]*_/, "").toUpperCase();
  if (redundancy === "LRS") return null;
  const own = redundancy === undefined ? "its redundancy is not known" : `it is ${redundancy}, which costs more`;
  return `The price per GB of ${name} is the list price of LRS; ${own}.`;
}
