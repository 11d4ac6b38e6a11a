import data from "./data/servers.json" with { type: "json" };

export type Tier = "Burstable" | "GeneralPurpose" | "MemoryOptimized";

/** One documented compute size of PostgreSQL Flexible Server. */
export interface CatalogueSize {
  /** `D4ds_v5`. */
  readonly name: string;
  /** `Standard_D4ds_v5`. */
  readonly armSku: string;
  readonly tier: Tier;
  /** `Ddsv5`, as price meters name it. */
  readonly series: string;
  readonly vCores: number;
  readonly memoryGiB: number;
  readonly maxIops: number;
  readonly maxBandwidthMiBps: number;
  /** Fixed when a server is created; not changed by scaling (concepts-limits). */
  readonly maxConnectionsDefault: number;
  /** `inferred`: the limits page has no v6 rows; same memory, same value. */
  readonly maxConnectionsConfidence: "documented" | "inferred";
  /** Zone-redundant HA is not supported on Burstable (concepts-compute). */
  readonly highAvailability: boolean;
  readonly builtInPgBouncer: boolean;
}

export interface DiskSize {
  readonly gib: number;
  /** P4 … P80. */
  readonly tier: string;
  readonly baseIops: number;
  readonly burstIops: number;
}

/** `reserved_connections` and `superuser_reserved_connections` (concepts-limits): never counted as usable. */
export const reservedConnections = 15;

/** Crossing or reaching this many GiB takes a Premium SSD offline while it grows (concepts-storage-premium-ssd). */
export const offlineGrowthGiB = 4096;

export const premiumSsdSizes: readonly DiskSize[] = data.premiumSsd.sizes;

export const catalogueSources: Readonly<
  Record<string, { readonly address: string; readonly repo: string; readonly date: string }>
> = data.sources;

export const catalogue: readonly CatalogueSize[] = (data.sizes as readonly (readonly (string | number)[])[]).map(
  toSize,
);

const byName: ReadonlyMap<string, CatalogueSize> = new Map(
  catalogue.flatMap((size) => [
    [size.armSku.toLowerCase(), size],
    [size.name.toLowerCase(), size],
  ]),
);

/** The documented size of an ARM SKU (`Standard_D4ds_v5`, or short `D4ds_v5`; letter case ignored); null if unknown. */
export function findSize(armSku: string): CatalogueSize | null {
  return byName.get(armSku.trim().toLowerCase()) ?? null;
}

function toSize(row: readonly (string | number)[]): CatalogueSize {
  const [armSku, tier, series, vCores, memoryGiB, maxIops, bandwidth, connections, confidence] = row;
  const burstable = tier === "Burstable";
  return {
    name: String(armSku).replace(/^Standard_/, ""),
    armSku: String(armSku),
    tier: tier as Tier,
    series: String(series),
    vCores: Number(vCores),
    memoryGiB: Number(memoryGiB),
    maxIops: Number(maxIops),
    maxBandwidthMiBps: Number(bandwidth),
    maxConnectionsDefault: Number(connections),
    maxConnectionsConfidence: confidence === "documented" ? "documented" : "inferred",
    highAvailability: !burstable,
    builtInPgBouncer: !burstable,
  };
}
