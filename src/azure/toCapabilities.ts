import type { ServerCapabilities, ServerSize } from "./ports.ts";
import { list, number, text } from "./json.ts";

/** What `capabilitiesByServer.list` answers over its pages, as the sizes and disks the server may take. */
export function toCapabilities(pages: readonly unknown[]): ServerCapabilities {
  const editions = pages
    .flatMap((page) => list(page, "value"))
    .flatMap((each) => list(each, "supportedServerEditions"));
  const sizes = editions.flatMap((edition) =>
    list(edition, "supportedServerSkus").flatMap((sku) => toSize(sku, edition)),
  );
  const disks = editions.flatMap((edition) => list(edition, "supportedStorageEditions")).flatMap(toDisks);
  return {
    sizes: [...new Map(sizes.map((size) => [size.name.toLowerCase(), size])).values()],
    storageSizesGiB: [...new Set(disks)].sort((left, right) => left - right),
  };
}

/** Memory is told per vCore in MiB. A size without name or vCores cannot be offered. */
function toSize(sku: unknown, edition: unknown): readonly ServerSize[] {
  const name = text(sku, "name");
  const vCores = number(sku, "vCores");
  const memory = number(sku, "supportedMemoryPerVcoreMb");
  if (name === null || vCores === null || memory === null) return [];
  return [
    {
      name,
      tier: text(edition, "name") ?? "",
      vCores,
      memoryGiB: (memory * vCores) / 1024,
      maxIops: number(sku, "supportedIops"),
      highAvailability: haModes(sku),
      restriction: restriction(sku) ?? restriction(edition),
    },
  ];
}

function haModes(sku: unknown): ServerSize["highAvailability"] {
  const words = list(sku, "supportedHaMode").map((word) => String(word).toLowerCase());
  return (["sameZone", "zoneRedundant"] as const).filter((mode) => words.includes(mode.toLowerCase()));
}

/** Status is Visible, Available, Default or Disabled (KnownCapabilityStatus). */
function restriction(entry: unknown): string | null {
  const status = text(entry, "status");
  if (status !== null && /^disabled$/i.test(status))
    return text(entry, "reason") ?? "Azure does not offer this size here.";
  return text(entry, "reason");
}

/** `ManagedDisk` is Premium SSD; its successor has another name and other rules (reference/azure-api.md section 6). */
function toDisks(edition: unknown): readonly number[] {
  if (/v2|ultra/i.test(text(edition, "name") ?? "")) return [];
  return list(edition, "supportedStorageMb").flatMap((disk) => {
    const size = number(disk, "storageSizeMb");
    return size === null ? [] : [size / 1024];
  });
}
