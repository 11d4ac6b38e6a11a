import { serverMonthly, stoppedMonthly, type PriceTable, type ServerCost } from "../sizing/prices.ts";
import type { Server } from "./model.ts";

/** List prices a month of 730 hours, before and after. */
export interface Money {
  readonly before: number | null;
  readonly after: number | null;
  readonly currency: string;
  readonly pricesAsOf: string | null;
  readonly note: string;
}

/** How a server is billed: what differs from today is named. */
export interface Billed {
  readonly after: "running" | "stopped" | "asToday";
  readonly skuName?: string;
  readonly storageGiB?: number;
  readonly highAvailability?: boolean;
}

interface MoneyFacts {
  readonly server: Server;
  readonly replicas: readonly Server[];
  readonly prices: PriceTable | null;
}

/** Primary and, for stop and start, its replicas; null where no price is known at all. */
export function money({ server, replicas, prices }: MoneyFacts, billed: Billed): Money | null {
  if (prices === null) return null;
  const all = billed.after === "asToday" ? [server] : [server, ...replicas];
  const before = total(all.map((one) => costOf(one, { after: "asToday" }, prices)));
  const after = total(all.map((one) => costOf(one, billed, prices)));
  if (before === null && after === null) return null;
  const asOf = costOf(server, billed, prices)?.asOf ?? prices.asOf;
  return { before, after, currency: prices.currency, pricesAsOf: asOf, note: noteOf(prices, server) };
}

function costOf(server: Server, billed: Billed, prices: PriceTable): ServerCost | null {
  const skuName = billed.skuName ?? server.sku?.name;
  const storageGiB = billed.storageGiB ?? server.storage?.sizeGiB;
  if (skuName === undefined || storageGiB === undefined) return null;
  const { mode } = server.highAvailability;
  const highAvailability = billed.highAvailability ?? (mode === "sameZone" || mode === "zoneRedundant");
  const priced = { skuName, storageGiB, highAvailability };
  const stopped = billed.after === "stopped" || (billed.after === "asToday" && server.state === "Stopped");
  return stopped ? stoppedMonthly(priced, prices) : serverMonthly(priced, prices);
}

function total(costs: readonly (ServerCost | null)[]): number | null {
  let sum = 0;
  for (const cost of costs) {
    if (cost === null) return null;
    sum += cost.total;
  }
  return Math.round(sum * 100) / 100;
}

function noteOf({ source }: PriceTable, server: Server): string {
  const retention = server.backup?.retentionDays;
  const backups = retention == null ? "backups" : `backups kept ${retention} days`;
  return `List price per month of 730 hours in ${server.location}, ${backups} beyond the free allowance not included. Prices: ${source}.`;
}
