import { serverMonthly, stoppedMonthly, type PriceTable } from "../sizing/prices.ts";
import type { Environment, Server } from "./model.ts";

export interface MonthlyCost {
  /** At the present state: a stopped server pays for its storage only. */
  readonly now: number;
  readonly running: number;
  readonly currency: string;
  readonly asOf: string;
}

/** List price of an environment's server and replicas for a month of 730 hours; null where a price is missing. */
export function monthlyCost(
  { server, replicas }: Pick<Environment, "server" | "replicas">,
  prices: (location: string) => PriceTable | null,
): MonthlyCost | null {
  if (server === null) return null;
  const costs = [server, ...replicas].map((one) => costOf(one, prices(one.location)));
  return costs.reduce((sum, cost) =>
    sum === null || cost === null || sum.currency !== cost.currency
      ? null
      : { ...sum, now: sum.now + cost.now, running: sum.running + cost.running },
  );
}

function costOf(server: Server, prices: PriceTable | null): MonthlyCost | null {
  if (prices === null || server.sku === null || server.storage === null) return null;
  const priced = {
    skuName: server.sku.name,
    storageGiB: server.storage.sizeGiB,
    highAvailability: server.highAvailability.mode === "sameZone" || server.highAvailability.mode === "zoneRedundant",
  };
  const running = serverMonthly(priced, prices);
  const stopped = stoppedMonthly(priced, prices);
  if (running === null || stopped === null) return null;
  const now = server.state?.toLowerCase() === "stopped" ? stopped.total : running.total;
  return { now, running: running.total, currency: running.currency, asOf: running.asOf };
}
