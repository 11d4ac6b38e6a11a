import data from "../data/postgresSkus.json" with { type: "json" };

/** A compute size. `family` is the series as the compute page names it, e.g. `Ddsv5`; the page and its commit stand in the data. */
export interface ComputeSize {
  readonly name: string;
  readonly tier: string;
  readonly family: string;
  readonly vCores: number;
  readonly memoryGiB: number;
  readonly maxIops: number;
  /** Default of max_connections for a server created with this size. */
  readonly maxConnections: number;
  readonly highAvailability: boolean;
  readonly premiumSsdV2: boolean;
}

/** A Premium SSD size (concepts-storage-premium-ssd.md@0200b8f): what it is called and does without burst. */
export interface DiskSize {
  readonly gib: number;
  readonly tier: string;
  readonly iops: number;
}

export const computeSizes: readonly ComputeSize[] = data.skus;
export const diskSizes: readonly DiskSize[] = data.disks;

export function computeSize(name: string): ComputeSize | null {
  return computeSizes.find((size) => size.name.toLowerCase() === name.toLowerCase()) ?? null;
}

/** What loads are drawn from; a name that the data does not know counts as the smallest general-purpose size. */
export function sizeOf(name: string): Pick<ComputeSize, "vCores" | "memoryGiB" | "maxConnections"> {
  const { vCores, memoryGiB, maxConnections } = computeSize(name) ?? computeSize("Standard_D2ds_v5")!;
  return { vCores, memoryGiB, maxConnections };
}

/** The smallest disk that holds this many GiB. */
export function diskOf(gib: number): DiskSize {
  return diskSize(gib) ?? diskSizes.find((size) => size.gib >= gib) ?? diskSizes.at(-1)!;
}

export function diskOfTier(tier: string): DiskSize | null {
  return diskSizes.find((size) => size.tier === tier) ?? null;
}

export function diskSize(gib: number): DiskSize | null {
  return diskSizes.find((size) => size.gib === gib) ?? (gib === 4096 ? { gib, tier: "P50", iops: 7500 } : null);
}

/** The size after this one; null at the end and across 4,096 GiB, which automatic growth does not cross. */
export function nextDisk(gib: number): DiskSize | null {
  const next = diskSizes.find((size) => size.gib > gib);
  return next && !(gib < 4096 && next.gib > 4096) ? next : null;
}
