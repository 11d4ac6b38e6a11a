/** What the sandbox must know of a compute size to draw believable loads. */
export interface Size {
  readonly vCores: number;
  readonly memoryGiB: number;
  readonly maxConnections: number;
}

/**
 * Size from the SKU's name, e.g. `Standard_D4ds_v5`: vCores are in the name; D and B-ms sizes have 4 GiB a vCore, E 8.
 * Source: MicrosoftDocs/azure-databases-docs:articles/postgresql/compute-storage/concepts-compute.md@2d8d56e;
 * max_connections by memory: configure-maintain/concepts-limits.md@0200b8f.
 */
export function sizeOf(sku: string): Size {
  const match = /^Standard_([BDE])(\d+)(.*)$/.exec(sku);
  const vCores = Number(match?.[2] ?? 2);
  const memoryGiB = memoryOf(match?.[1] ?? "D", vCores, match?.[3] ?? "");
  return { vCores, memoryGiB, maxConnections: connectionsOf(sku, memoryGiB) };
}

/** Premium SSD sizes: GiB, performance tier, base IOPS. Source: concepts-storage-premium-ssd.md@0200b8f. */
const disks: readonly (readonly [number, string, number])[] = [
  [32, "P4", 120],
  [64, "P6", 240],
  [128, "P10", 500],
  [256, "P15", 1100],
  [512, "P20", 2300],
  [1024, "P30", 5000],
  [2048, "P40", 7500],
  [4096, "P50", 7500],
];

/** Performance tier and IOPS of the smallest disk that holds this many GiB. */
export function diskOf(gib: number): { readonly tier: string; readonly iops: number } {
  const disk = disks.find(([size]) => size >= gib) ?? disks[disks.length - 1];
  return { tier: disk?.[1] ?? "P4", iops: disk?.[2] ?? 120 };
}

function memoryOf(family: string, vCores: number, rest: string): number {
  if (family === "E") return vCores * 8;
  if (family === "B") return rest.startsWith("s") || vCores === 1 ? vCores * 2 : vCores * 4;
  return vCores * 4;
}

function connectionsOf(sku: string, memoryGiB: number): number {
  if (sku === "Standard_B1ms") return 50;
  if (memoryGiB <= 4) return 429;
  if (memoryGiB <= 8) return 859;
  if (memoryGiB <= 16) return 1718;
  return memoryGiB <= 32 ? 3437 : 5000;
}
