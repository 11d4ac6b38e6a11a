import { computeSizes, diskSizes } from "./sizes.ts";
import type { ComputeSize, DiskSize } from "./sizes.ts";

/**
 * The list that a location and a server answer. Shape: Microsoft's example ServerCapabilities.json (2024-03-01-preview) and
 * the derived openapi 2025-08-01. Sizes: the compute page's table; every location of the sandbox offers all of them.
 */
export function capabilities(): Record<string, unknown> {
  return {
    name: "FlexibleServerCapabilities",
    supportedServerEditions: editions.map(edition),
    supportedServerVersions: versions.map((name) => ({
      name,
      supportedVersionsToUpgrade: versions.filter((other) => Number(other) > Number(name)),
    })),
    fastProvisioningSupported: "Disabled",
    geoBackupSupported: "Enabled",
    zoneRedundantHaSupported: "Enabled",
    zoneRedundantHaAndGeoBackupSupported: "Enabled",
    storageAutoGrowthSupported: "Enabled",
    onlineResizeSupported: "Enabled",
    restricted: "Disabled",
  };
}

const versions = ["13", "14", "15", "16", "17", "18"];

const editions = [
  { name: "Burstable", defaultSkuName: "Standard_B1ms" },
  { name: "GeneralPurpose", defaultSkuName: "Standard_D2ds_v5" },
  { name: "MemoryOptimized", defaultSkuName: "Standard_E2ds_v5" },
] as const;

function edition({ name, defaultSkuName }: (typeof editions)[number]): Record<string, unknown> {
  const supportedServerSkus = computeSizes.filter((size) => size.tier === name).map(sku);
  const disks = { name: "ManagedDisk", defaultStorageSizeMb: 32_768, supportedStorageMb: diskSizes.map(disk) };
  const v2 = name === "Burstable" ? [] : [premiumSsdV2];
  return { name, defaultSkuName, supportedStorageEditions: [disks, ...v2], supportedServerSkus };
}

/** B-series cannot use high availability (concepts-compute.md@2d8d56e), although Microsoft's 2024 example lists modes for it. */
function sku(size: ComputeSize): Record<string, unknown> {
  return {
    name: size.name,
    vCores: size.vCores,
    supportedIops: size.maxIops,
    supportedMemoryPerVcoreMb: Math.round((size.memoryGiB * 1024) / size.vCores),
    supportedZones: ["1", "2", "3"],
    supportedHaMode: size.highAvailability ? ["SameZone", "ZoneRedundant"] : [],
  };
}

/** Tiers from the size's own upwards, within the same side of 4,096 GiB (as in the example). */
function disk(size: DiskSize): Record<string, unknown> {
  const tiers = diskSizes.filter(
    (other) => other.iops >= size.iops && other.gib >= size.gib && other.gib > 4096 === size.gib > 4096,
  );
  return {
    supportedIops: size.iops,
    storageSizeMb: size.gib * 1024,
    defaultIopsTier: size.tier,
    supportedIopsTiers: tiers.map(({ tier, iops }) => ({ name: tier, iops })),
  };
}

/** concepts-storage-premium-ssd-v2.md@02bcee7, preview. */
const premiumSsdV2 = {
  name: "ManagedDiskV2",
  defaultStorageSizeMb: 32_768,
  supportedStorageMb: [
    {
      supportedIops: 3000,
      supportedMaximumIops: 80_000,
      storageSizeMb: 32_768,
      maximumStorageSizeMb: 67_108_864,
      supportedThroughput: 125,
      supportedMaximumThroughput: 1200,
      defaultIopsTier: "None",
      supportedIopsTiers: [{ name: "None", iops: 0 }],
    },
  ],
};
