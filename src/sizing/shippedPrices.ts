import data from "./data/prices-eastus.json" with { type: "json" };
import type { HourlyPrice, PriceTable } from "./priceTable.ts";

type Row = readonly (string | number)[];

/** Prices shipped with the product: East US only, from public sources named in the data file, none read live. */
export function shippedTable(location: string): PriceTable | null {
  return location.toLowerCase() === table.location ? table : null;
}

const table: PriceTable = {
  location: data.location,
  currency: data.currency,
  asOf: oldest(data.hourly.map((row) => String(row[3]))),
  source: "shipped with the product; public sources named in src/sizing/data/prices-eastus.json, none read live",
  hourly: Object.fromEntries((data.hourly as readonly Row[]).map(toHourly)),
  storagePerGiBMonth: Number(data.storagePerGiBMonth[0]),
  backupPerGiBMonth: Number(data.backupPerGiBMonth[0]),
  blobPerGBMonth: {
    hot: Number(data.blobPerGBMonth.hot[0]),
    cool: Number(data.blobPerGBMonth.cool[0]),
    cold: Number(data.blobPerGBMonth.cold[0]),
    archive: Number(data.blobPerGBMonth.archive[0]),
  },
  confidence: {
    storage: String(data.storagePerGiBMonth[1]),
    backup: String(data.backupPerGiBMonth[1]),
    blob: String(data.blobPerGBMonth.hot[1]),
  },
};

function toHourly([armSku, perHour, confidence, asOf]: Row): readonly [string, HourlyPrice] {
  return [String(armSku), { perHour: Number(perHour), confidence: String(confidence), asOf: String(asOf) }];
}

function oldest(dates: readonly string[]): string {
  return dates.reduce((least, date) => (date < least ? date : least), "9999");
}
