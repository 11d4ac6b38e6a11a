import { findSize } from "../sizing/catalogue.ts";
import { serverMonthly, type PriceTable } from "../sizing/prices.ts";
import { highAvailabilityFindings, shortName, type Offered, type OfferedSize } from "./guardsScale.ts";
import type { Server } from "./model.ts";

/** A size this very server may take, with its price: what *Scale* offers. */
export interface ScaleTarget {
  readonly size: OfferedSize;
  readonly current: boolean;
  /** List price a month of 730 hours with the server's storage and HA; null where unknown. */
  readonly monthly: number | null;
  /** After minus before; null where either is unknown. */
  readonly change: number | null;
  readonly currency: string | null;
  readonly pricesAsOf: string | null;
  /** What the parameter's default would be for a server created in this size (it does not follow a scale). */
  readonly maxConnectionsDefault: number | null;
  readonly neighbour: "smaller" | "larger" | "none";
}

/**
 * The sizes the capabilities list allows (restricted ones and those without the server's HA mode left out), ranked:
 * same tier first, then by vCores and memory; the nearest smaller and larger one of the same tier are marked.
 */
export function scaleTargets(server: Server, offered: Offered, prices: PriceTable | null): readonly ScaleTarget[] {
  const { mode } = server.highAvailability;
  const allowed = offered.sizes.filter(
    (size) => size.restriction === null && highAvailabilityFindings(server, size, mode).length === 0,
  );
  const ranked = [...allowed].sort((left, right) => compare(left, right, server.sku?.tier ?? ""));
  return ranked.map((size) => toTarget(size, { server, prices, ranked }));
}

interface TargetContext {
  readonly server: Server;
  readonly prices: PriceTable | null;
  readonly ranked: readonly OfferedSize[];
}

function toTarget(size: OfferedSize, context: TargetContext): ScaleTarget {
  const { server, prices } = context;
  const after = monthly(server, size.name, prices);
  const before = server.sku === null ? null : monthly(server, server.sku.name, prices);
  return {
    size,
    current: isCurrent(server, size),
    monthly: after?.total ?? null,
    change: after === null || before === null ? null : after.total - before.total,
    currency: after?.currency ?? null,
    pricesAsOf: after?.asOf ?? null,
    maxConnectionsDefault: findSize(size.name)?.maxConnectionsDefault ?? null,
    neighbour: neighbourOf(size, context),
  };
}

function neighbourOf(size: OfferedSize, { server, ranked }: TargetContext): ScaleTarget["neighbour"] {
  const today = ranked.find((one) => isCurrent(server, one));
  if (!today || size.tier !== today.tier) return "none";
  const alike = ranked.filter((one) => one.tier === today.tier);
  const larger = preferred(
    alike.filter((one) => one.vCores > today.vCores),
    today,
  );
  const smaller = preferred(alike.filter((one) => one.vCores < today.vCores).reverse(), today);
  if (size === larger) return "larger";
  return size === smaller ? "smaller" : "none";
}

/** The first of the same series (`D2ds_v5` to `D4ds_v5`): a neighbour is not another generation or processor. B1ms, B2s and B2ms are one. */
function preferred(sizes: readonly OfferedSize[], today: OfferedSize): OfferedSize | undefined {
  const series = ({ name }: OfferedSize): string =>
    shortName(name)
      .replace(/\d+/, "#")
      .replace(/^b#m?s$/, "b#");
  return sizes.find((one) => series(one) === series(today)) ?? sizes[0];
}

function monthly(server: Server, skuName: string, prices: PriceTable | null) {
  if (prices === null || server.storage === null) return null;
  const { mode } = server.highAvailability;
  const highAvailability = mode === "sameZone" || mode === "zoneRedundant";
  return serverMonthly({ skuName, storageGiB: server.storage.sizeGiB, highAvailability }, prices);
}

function isCurrent(server: Server, size: OfferedSize): boolean {
  return server.sku !== null && shortName(server.sku.name) === shortName(size.name);
}

function compare(left: OfferedSize, right: OfferedSize, tier: string): number {
  return (
    rank(left, tier) - rank(right, tier) ||
    left.tier.localeCompare(right.tier) ||
    left.vCores - right.vCores ||
    left.memoryGiB - right.memoryGiB ||
    left.name.localeCompare(right.name)
  );
}

function rank(size: OfferedSize, tier: string): number {
  return size.tier === tier ? 0 : 1;
}
