import { error, info } from "./guards.ts";
import type { Finding, Server } from "./model.ts";
import { nearestSizes } from "./nearestSizes.ts";

/** A size as the server's own capabilities list names it. */
export interface OfferedSize {
  readonly name: string;
  readonly tier: string;
  readonly vCores: number;
  readonly memoryGiB: number;
  readonly maxIops: number | null;
  readonly highAvailability: readonly ("sameZone" | "zoneRedundant")[];
  readonly restriction: string | null;
}

export interface Offered {
  readonly sizes: readonly OfferedSize[];
  readonly storageSizesGiB: readonly number[];
}

/** The size a person meant: ARM name or short form, letter case ignored; null when this server is not offered it. */
export function offeredSize(offered: Offered, asked: string): OfferedSize | null {
  const wanted = shortName(asked);
  return offered.sizes.find(({ name }) => shortName(name) === wanted) ?? null;
}

export function sizeFindings(server: Server, offered: Offered, asked: string): readonly Finding[] {
  const size = offeredSize(offered, asked);
  if (size === null) {
    return [
      error(
        "unknownSku",
        `Azure does not offer ${server.name} the size ${plainSku(asked)}. ${suggestion(server, offered, asked)}`,
        capabilities,
      ),
    ];
  }
  if (size.restriction !== null) {
    return [error("skuRestricted", `Azure restricts ${size.name} here: ${size.restriction}`, capabilities)];
  }
  return highAvailabilityFindings(server, size, server.highAvailability.mode);
}

/** Zone-redundant HA is not on Burstable; for the rest the server's own list decides per size. */
export function highAvailabilityFindings(
  server: Server,
  size: OfferedSize | null,
  mode: "none" | "sameZone" | "zoneRedundant" | "unknown",
): readonly Finding[] {
  if (mode === "none" || mode === "unknown" || size === null) return [];
  if (size.tier === "Burstable") {
    const text = `${server.name} cannot have high availability on the Burstable size ${size.name}.`;
    return [error("burstableHighAvailability", text, "azure-docs: reliability-postgresql-flexible-server.md@00767b9")];
  }
  if (size.highAvailability.includes(mode)) return [];
  const what = mode === "sameZone" ? "same-zone" : "zone-redundant";
  return [
    error(
      "highAvailabilityNotOffered",
      `Azure does not offer ${what} high availability for ${size.name} here.`,
      capabilities,
    ),
  ];
}

/** Storage only grows, in the sizes Azure lists; a shrink is refused before anything is sent. */
export function storageFindings(server: Server, offered: Offered, askedGiB: number): readonly Finding[] {
  const today = server.storage?.sizeGiB ?? null;
  if (today !== null && askedGiB < today) {
    const text = `Storage cannot shrink: ${server.name} has ${today} GiB and ${askedGiB} GiB was asked. Only a restore into a new server makes it smaller.`;
    return [error("storageShrinks", text, storageSource)];
  }
  if (askedGiB === today || offered.storageSizesGiB.length === 0 || offered.storageSizesGiB.includes(askedGiB))
    return [];
  const larger = offered.storageSizesGiB.filter((size) => today === null || size > today).slice(0, 5);
  const sizes = larger.length === 0 ? "No larger size is offered." : `The next sizes are ${larger.join(", ")} GiB.`;
  return [
    error("unknownStorageSize", `${askedGiB} GiB is not a size Azure offers ${server.name}. ${sizes}`, capabilities),
  ];
}

export function alreadySo(text: string): Finding {
  return info("alreadySo", text, null);
}

/** `standard_d4ds_v5` and `D4ds_v5` are the same size. */
export function shortName(sku: string): string {
  return sku
    .trim()
    .toLowerCase()
    .replace(/^standard_/, "");
}

const capabilities = "Azure: capabilities by server";
const storageSource = "azure-databases-docs: concepts-storage-premium-ssd.md@450730c";

function plainSku(asked: string): string {
  return `"${asked.trim().slice(0, 60)}"`;
}

function suggestion(server: Server, { sizes }: Offered, asked: string): string {
  const { mode } = server.highAvailability;
  const open = sizes.filter(
    (size) => size.restriction === null && highAvailabilityFindings(server, size, mode).length === 0,
  );
  const names = nearestSizes(open, asked, server.sku?.name ?? null).map(({ name }) => name);
  if (names.length === 0) return "It offers no sizes at all right now.";
  return `The nearest it offers ${names.length === 1 ? "is" : "are"} ${names.join(", ")}.`;
}
