import { catalogue, findSize, type CatalogueSize } from "./catalogue.ts";
import type { BlobTier, HourlyPrice, PriceTable } from "./priceTable.ts";

/** The fields of a Retail Prices API item that are read here. */
export interface PriceItem {
  readonly retailPrice: number;
  readonly currencyCode: string;
  readonly armRegionName: string;
  readonly armSkuName: string;
  readonly productName: string;
  readonly skuName: string;
  readonly meterName: string;
  readonly serviceName: string;
  readonly unitOfMeasure: string;
  readonly type: string;
  readonly tierMinimumUnits: number;
}

export interface TableHead {
  readonly location: string;
  readonly asOf: string;
  readonly source: string;
}

/** Filters of the Retail Prices API for one location; values are case-sensitive (api-version 2023-01-01-preview). */
export function priceFilters(location: string): readonly string[] {
  const where = `armRegionName eq '${location.replaceAll("'", "''")}'`;
  return [
    `${where} and serviceName eq 'Azure Database for PostgreSQL' and priceType eq 'Consumption'`,
    `${where} and productName eq 'General Block Blob v2' and priceType eq 'Consumption'`,
  ];
}

/**
 * Meters to a table by ARM SKU. The names are not regular (sizing.md section 2, "Meter traps"): Burstable meters are
 * `B1MS` or `B4ms vCore`, others carry a size (`4 vCore`) or a rate per vCore (`1 vCore`, `vCore`); Cosmos DB for
 * PostgreSQL and HorizonDB share the service name; reservations say `1 Hour` for a whole term.
 */
export function toPriceTable(items: readonly PriceItem[], head: TableHead): PriceTable {
  const usable = items.filter((item) => item.type === "Consumption" && sane(item) && inLocation(item, head.location));
  const server = usable.filter(isFlexibleServer);
  return {
    ...head,
    currency: usable[0]?.currencyCode ?? "USD",
    hourly: hourlyTable(server, head.asOf),
    storagePerGiBMonth: perGB(server, isServerStorage),
    backupPerGiBMonth: perGB(server, (item) => /^Backup Storage LRS/i.test(item.meterName)),
    blobPerGBMonth: {
      hot: blob(usable, "hot"),
      cool: blob(usable, "cool"),
      cold: blob(usable, "cold"),
      archive: blob(usable, "archive"),
    },
    confidence: { storage: "live", backup: "live", blob: "live" },
  };
}

function sane(item: PriceItem): boolean {
  return Number.isFinite(item.retailPrice) && item.retailPrice > 0 && item.tierMinimumUnits === 0;
}

function inLocation(item: PriceItem, location: string): boolean {
  return item.armRegionName.toLowerCase() === location.toLowerCase();
}

function isFlexibleServer(item: PriceItem): boolean {
  return (
    item.serviceName === "Azure Database for PostgreSQL" &&
    /flex(ible)? server/i.test(item.productName) &&
    !/cosmos|horizondb/i.test(item.productName)
  );
}

function isServerStorage(item: PriceItem): boolean {
  return (
    /server storage/i.test(item.productName) &&
    item.meterName === "Storage Data Stored" &&
    !/v2|ultra/i.test(item.productName)
  );
}

function hourlyTable(items: readonly PriceItem[], asOf: string): Readonly<Record<string, HourlyPrice>> {
  const compute = items.filter((item) => item.unitOfMeasure === "1 Hour");
  const sized = compute.flatMap((item) => entry(sizeOf(item), item.retailPrice, asOf));
  const rated = compute.flatMap((item) => {
    const series = perVCore(item) ? seriesOf(item) : null;
    return catalogue
      .filter((size) => size.series === series)
      .flatMap((size) => entry(size, item.retailPrice * size.vCores, asOf));
  });
  // A size's own meter beats the rate per vCore.
  return Object.fromEntries([...rated, ...sized]);
}

function entry(size: CatalogueSize | null, perHour: number, asOf: string): readonly [string, HourlyPrice][] {
  return size === null ? [] : [[size.armSku, { perHour, confidence: "live", asOf }]];
}

function sizeOf(item: PriceItem): CatalogueSize | null {
  if (perVCore(item)) return null;
  const vCores = Number(/^(\d+) vCore$/i.exec(item.skuName)?.[1] ?? Number.NaN);
  const series = seriesOf(item);
  return (
    burstable(item.meterName) ??
    burstable(item.skuName) ??
    findSize(item.armSkuName) ??
    catalogue.find((size) => size.series === series && size.vCores === vCores) ??
    null
  );
}

function burstable(name: string): CatalogueSize | null {
  return findSize(/^B\d+m?s\b/i.exec(name)?.[0] ?? "");
}

function perVCore(item: PriceItem): boolean {
  const oneVCore = /^1 vCore$/i;
  return (
    oneVCore.test(item.meterName) ||
    oneVCore.test(item.skuName) ||
    (/^vCore$/i.test(item.skuName) && findSize(item.armSkuName) === null)
  );
}

function seriesOf(item: PriceItem): string | null {
  const name = /\b([DE](?:a|d|ad|eb|b)?d?s)_?(v\d)\b/i.exec(item.productName);
  if (name === null) return null;
  const wanted = `${name[1]}${name[2]}`.toLowerCase();
  return catalogue.find((size) => size.series.toLowerCase() === wanted)?.series ?? null;
}

function perGB(items: readonly PriceItem[], matches: (item: PriceItem) => boolean): number | null {
  return items.find((item) => /^1 Gi?B\/Month$/i.test(item.unitOfMeasure) && matches(item))?.retailPrice ?? null;
}

function blob(items: readonly PriceItem[], tier: BlobTier): number | null {
  const name = `${tier} lrs`;
  const own = items.filter(
    (item) => item.productName === "General Block Blob v2" && item.skuName.toLowerCase() === name,
  );
  return perGB(own, (item) => item.meterName.toLowerCase() === `${name} data stored`);
}
