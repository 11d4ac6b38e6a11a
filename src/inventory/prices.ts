import * as z from "zod/mini";
import type { Clock, PriceReader } from "../azure/ports.ts";
import { priceFilters, shippedPrices, toPriceTable, type PriceTable } from "../sizing/prices.ts";
import type { CacheStore } from "./cache.ts";

export interface PriceBookDeps {
  readonly prices: PriceReader;
  readonly clock: Clock;
  /** One text for all locations. */
  readonly cache: CacheStore;
  readonly currency?: string;
  readonly log: (line: string) => void;
}

/** List prices change monthly at most; a table this old (Azure's time) is still used, and read anew. */
const freshFor = 24 * 3_600_000;

/** After a failed reading Azure is not asked again for so long (real milliseconds). */
const retryAfter = 5 * 60_000;

const row = z.strictObject({ perHour: z.number(), confidence: z.string(), asOf: z.string() });
const price = z.nullable(z.number());
const table: z.ZodMiniType<PriceTable> = z.strictObject({
  location: z.string(),
  currency: z.string(),
  asOf: z.string(),
  source: z.string(),
  hourly: z.record(z.string(), row),
  storagePerGiBMonth: price,
  backupPerGiBMonth: price,
  blobPerGBMonth: z.strictObject({ hot: price, cool: price, cold: price, archive: price }),
  confidence: z.strictObject({ storage: z.string(), backup: z.string(), blob: z.string() }),
});
const cachedTables = z.strictObject({ schema: z.literal(1), tables: z.array(table) });

/** List prices by location: live, else what was read last (with its date), else what is shipped (with its dates). */
export class PriceBook {
  readonly #deps: PriceBookDeps;
  readonly #tables = new Map<string, PriceTable>();
  readonly #reading = new Map<string, Promise<PriceTable>>();
  readonly #failedAt = new Map<string, number>();
  #cache: Promise<void> | null = null;

  constructor(deps: PriceBookDeps) {
    this.#deps = deps;
  }

  /** Never rejects: without any price known the table is empty, its figures null, and says so in `source`. */
  async table(location: string): Promise<PriceTable> {
    const key = location.toLowerCase();
    this.#cache ??= this.#loadCache();
    await this.#cache;
    const known = this.#tables.get(key);
    if (known && this.#isFresh(known)) return known;
    if (performance.now() - (this.#failedAt.get(key) ?? -Infinity) < retryAfter) return this.#fallback(key);
    const reading = this.#reading.get(key) ?? this.#read(key);
    this.#reading.set(key, reading);
    return reading;
  }

  /** What is known without asking anybody; null: no price for this location yet. */
  tableNow(location: string): PriceTable | null {
    return this.#tables.get(location.toLowerCase()) ?? this.#shipped(location.toLowerCase());
  }

  async #read(key: string): Promise<PriceTable> {
    try {
      const read = await this.#live(key);
      this.#tables.set(key, read);
      await this.#saveCache();
      return read;
    } catch (error) {
      this.#failedAt.set(key, performance.now());
      this.#deps.log(
        `List prices of ${key} could not be read: ${error instanceof Error ? error.message : String(error)}`,
      );
      return this.#fallback(key);
    } finally {
      this.#reading.delete(key);
    }
  }

  async #live(key: string): Promise<PriceTable> {
    const currency = this.#deps.currency ?? "USD";
    const lists = await Promise.all(priceFilters(key).map((filter) => this.#deps.prices.list(filter, currency)));
    const asOf = this.#deps.clock.now().toISOString().slice(0, 10);
    const read = toPriceTable(lists.flat(), { location: key, asOf, source: "Azure Retail Prices API" });
    if (Object.keys(read.hourly).length > 0) return read;
    throw new Error(`the Retail Prices API lists no compute sizes there`);
  }

  #fallback(key: string): PriceTable {
    return this.tableNow(key) ?? emptyTable(key, this.#deps.currency ?? "USD");
  }

  /** The shipped prices are in US dollars: of no use to somebody who asked for another currency. */
  #shipped(key: string): PriceTable | null {
    const shipped = shippedPrices(key);
    return shipped?.currency === (this.#deps.currency ?? "USD") ? shipped : null;
  }

  #isFresh(known: PriceTable): boolean {
    return this.#deps.clock.now().getTime() - Date.parse(known.asOf) < freshFor;
  }

  async #loadCache(): Promise<void> {
    const text = await this.#deps.cache.read().catch(() => null);
    const parsed = cachedTables.safeParse(parse(text ?? ""));
    if (!parsed.success) return;
    const currency = this.#deps.currency ?? "USD";
    for (const one of parsed.data.tables) if (one.currency === currency) this.#tables.set(one.location, one);
  }

  async #saveCache(): Promise<void> {
    const text = JSON.stringify({ schema: 1, tables: [...this.#tables.values()] });
    await this.#deps.cache
      .write(text)
      .catch((error: unknown) => this.#deps.log(`Prices could not be kept: ${String(error)}`));
  }
}

function emptyTable(location: string, currency: string): PriceTable {
  return {
    location,
    currency,
    asOf: "",
    source: "no price is known for this location",
    hourly: {},
    storagePerGiBMonth: null,
    backupPerGiBMonth: null,
    blobPerGBMonth: { hot: null, cool: null, cold: null, archive: null },
    confidence: { storage: "unknown", backup: "unknown", blob: "unknown" },
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
