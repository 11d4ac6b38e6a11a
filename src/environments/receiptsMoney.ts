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

/** A server that a plan touches, and how it is billed afterwards. */
export interface Bill {
  readonly server: Server;
  readonly billed: Billed;
}

interface MoneyFacts {
  readonly server: Server;
  readonly replicas: readonly Server[];
  readonly prices: PriceTable | null;
  /** By location, where a replica lives elsewhere than its primary. */
  readonly replicaPrices?: ReadonlyMap<string, PriceTable>;
}

/** The servers on the bills together, before and after; null where no price is known at all. */
export function money(facts: MoneyFacts, bills: readonly Bill[]): Money | null {
  const { prices, server } = facts;
  if (prices === null) return null;
  const before = bills.map((one) => costOf(one.server, asToday, pricesAt(facts, one.server)));
  const after = bills.map((one) => costOf(one.server, one.billed, pricesAt(facts, one.server)));
  const sums = { before: total(before), after: total(after) };
  if (sums.before === null && sums.after === null) return null;
  const note = `${countedText(facts, bills)} ${noteOf(prices, server)}`;
  return { ...sums, currency: prices.currency, pricesAsOf: oldest(after) ?? prices.asOf, note };
}

const asToday: Billed = { after: "asToday" };

function pricesAt({ server, prices, replicaPrices }: MoneyFacts, one: Server): PriceTable | null {
  return one.location === server.location ? prices : (replicaPrices?.get(one.location) ?? null);
}

/** `Counted: orders-pg and its replicas orders-replica-1, orders-replica-2.` */
function countedText({ server, replicas }: MoneyFacts, bills: readonly Bill[]): string {
  const counted = bills.map((one) => one.server.name).filter((name) => name !== server.name);
  const label = (count: number): string => (count === 1 ? "replica" : "replicas");
  const rest = replicas.length - counted.length;
  const others = counted.length === 0 ? "" : ` and its ${label(counted.length)} ${counted.join(", ")}`;
  const uncounted =
    rest > 0 ? `; ${rest} ${label(rest)} that it leaves as ${rest === 1 ? "it is" : "they are"} not` : "";
  return `Counted: ${server.name}${others}${uncounted}.`;
}

function oldest(costs: readonly (ServerCost | null)[]): string | null {
  return costs.flatMap((cost) => (cost === null ? [] : [cost.asOf])).sort()[0] ?? null;
}

function costOf(server: Server, billed: Billed, prices: PriceTable | null): ServerCost | null {
  const skuName = billed.skuName ?? server.sku?.name;
  const storageGiB = billed.storageGiB ?? server.storage?.sizeGiB;
  if (skuName === undefined || storageGiB === undefined || prices === null) return null;
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
  const kept = retention == null ? "" : ` (today they are kept ${retention} days)`;
  return (
    `List price per month of 730 hours in ${server.location}. What backups cost beyond the free allowance is not ` +
    `included${kept}. ${source.startsWith("shipped") ? shipped : `Prices: ${source}.`}`
  );
}

// Where they come from is named in the data file (sizing/data), not here: nobody can open that from a receipt.
const shipped = "The prices were shipped with Engram and are as old as their date says: none was read live.";
