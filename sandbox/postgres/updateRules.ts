import { armError } from "../types.ts";
import type { SandboxResponse, World } from "../types.ts";
import { quotaExceeded } from "./quota.ts";
import { hasHighAvailability, isReplica, primaryOf, replicasOf } from "./server.ts";
import type { Server, ServerProperties } from "./server.ts";
import { computeSize, diskOf, diskOfTier, diskSize } from "./sizes.ts";
import type { ComputeSize } from "./sizes.ts";

/** What a PATCH asks for, cut to what a server can change. */
export interface ServerChanges {
  sku?: { name?: string; tier?: string };
  tags?: Record<string, string>;
  identity?: Record<string, unknown>;
  properties: Partial<ServerProperties>;
}

type Rule = (world: World, server: Server, changes: ServerChanges) => string | null;

/**
 * What a PATCH may not ask for. The rules have sources, given at each; Azure documents neither code nor text for any of
 * them, so `InvalidParameterValue` and the sentences are ours.
 */
export function refuseUpdate(world: World, server: Server, changes: ServerChanges): SandboxResponse | null {
  for (const rule of rules) {
    const problem = rule(world, server, changes);
    if (problem !== null) return armError(400, "InvalidParameterValue", problem);
  }
  return quotaExceeded(world, server, changes.sku?.name);
}

const rules: readonly Rule[] = [
  skuExists,
  tierFits,
  storageGrowsOnly,
  storageListed,
  performanceTier,
  replicaOrder,
  highAvailability,
  backup,
  encryption,
  window,
  version,
];

function skuExists(_world: World, _server: Server, { sku }: ServerChanges): string | null {
  if (!sku?.name || computeSize(sku.name)) return null;
  return `The value '${sku.name}' for sku.name is not supported in this location.`;
}

function tierFits(_world: World, server: Server, { sku }: ServerChanges): string | null {
  if (!sku?.tier) return null;
  const size = computeSize(sku.name ?? server.sku.name);
  return size?.tier === sku.tier
    ? null
    : `The tier '${sku.tier}' does not fit the SKU '${sku.name ?? server.sku.name}'.`;
}

/** "Storage only grows": scale/concepts-scaling-resources.md@1012b59. */
function storageGrowsOnly(_world: World, server: Server, { properties }: ServerChanges): string | null {
  const wanted = properties.storage?.storageSizeGB;
  const today = server.properties.storage.storageSizeGB;
  return wanted !== undefined && wanted < today
    ? `Storage cannot be reduced: it has ${today} GiB, ${wanted} GiB were asked for.`
    : null;
}

/** Premium SSD comes in listed sizes, Premium SSD v2 in steps of 1 GiB; one does not become the other in place. */
function storageListed(_world: World, server: Server, { properties }: ServerChanges): string | null {
  const { storage } = properties;
  if (!storage) return null;
  const today = server.properties.storage;
  if (storage.type !== undefined && storage.type !== (today.type ?? "Premium_LRS"))
    return "The storage type of a server cannot be changed.";
  if (storage.autoGrow !== undefined && !/^(Enabled|Disabled)$/.test(storage.autoGrow))
    return "storage.autoGrow is Enabled or Disabled.";
  const size = storage.storageSizeGB ?? today.storageSizeGB;
  if (today.type === "PremiumV2_LRS")
    return Number.isInteger(size) && size <= 65_536 ? null : `${size} GiB is not a size of Premium SSD v2.`;
  return diskSize(size) || size === today.storageSizeGB ? null : `${size} GiB is not a size of Premium SSD.`;
}

/** A tier that exists and does no less than the size's own; the second half is unverified. */
function performanceTier(_world: World, server: Server, { properties }: ServerChanges): string | null {
  const asked = properties.storage?.tier;
  if (asked === undefined || asked === server.properties.storage.tier) return null;
  const tier = diskOfTier(asked);
  const own = diskOf(properties.storage?.storageSizeGB ?? server.properties.storage.storageSizeGB);
  return tier && tier.gib >= Math.min(own.gib, 4095)
    ? null
    : `The performance tier ${asked} does not fit ${own.gib} GiB.`;
}

/** Primary compute and storage stay at or below the smallest replica (read-replica/concepts-read-replicas.md@441b9c8). */
function replicaOrder(world: World, server: Server, { sku, properties }: ServerChanges): string | null {
  const compute = computeSize(sku?.name ?? server.sku.name);
  const storage = properties.storage?.storageSizeGB ?? server.properties.storage.storageSizeGB;
  const small = replicasOf(world.state, server).find(
    (one) => smaller(computeSize(one.sku.name), compute) || one.properties.storage.storageSizeGB < storage,
  );
  if (small) return `Scale up the read replica ${small.name} before its primary server ${server.name}.`;
  const primary = primaryOf(world.state, server);
  const below =
    primary && (smaller(compute, computeSize(primary.sku.name)) || storage < primary.properties.storage.storageSizeGB);
  return below ? `Scale down the primary server ${primary.name} before its read replica ${server.name}.` : null;
}

function smaller(left: ComputeSize | null, right: ComputeSize | null): boolean {
  if (!left || !right) return false;
  return left.vCores < right.vCores || left.memoryGiB < right.memoryGiB;
}

/**
 * No zone-redundant HA on Burstable (reliability-postgresql-flexible-server.md@00767b9). The page does not speak of
 * same-zone HA there; the compute page says B-series cannot use HA (concepts-compute.md@2d8d56e), so both are refused.
 */
function highAvailability(_world: World, server: Server, { sku, properties }: ServerChanges): string | null {
  const mode = properties.highAvailability?.mode;
  if (mode !== undefined && !/^(Disabled|SameZone|ZoneRedundant)$/.test(mode))
    return `'${mode}' is not a mode of high availability.`;
  const on = mode === undefined ? hasHighAvailability(server) : mode !== "Disabled";
  if (!on) return null;
  const size = computeSize(sku?.name ?? server.sku.name);
  if (size && !size.highAvailability) return "High availability is not supported on the Burstable tier.";
  return isReplica(server) ? "High availability is not supported on read replicas." : null;
}

/** 7 to 35 days (concepts-scaling-resources.md@1012b59); geo-redundancy is chosen when the server is created. */
function backup(_world: World, server: Server, { properties }: ServerChanges): string | null {
  const days = properties.backup?.backupRetentionDays;
  if (days !== undefined && !(Number.isInteger(days) && days >= 7 && days <= 35))
    return "backup.backupRetentionDays is 7 to 35.";
  const geo = properties.backup?.geoRedundantBackup;
  const today = server.properties.backup?.geoRedundantBackup ?? "Disabled";
  return geo !== undefined && geo !== today
    ? "Geo-redundant backup can only be chosen when the server is created."
    : null;
}

/** Chosen at creation only; a PATCH carries all of it (security/security-data-encryption.md@1012b59). */
function encryption(_world: World, server: Server, { properties }: ServerChanges): string | null {
  const wanted = properties.dataEncryption;
  if (!wanted) return null;
  const today = server.properties.dataEncryption ?? { type: "SystemManaged" };
  if ((wanted.type ?? "") !== today.type)
    return `The type of data encryption cannot be changed after the server is created; it is ${today.type ?? "SystemManaged"}.`;
  if (today.type !== "AzureKeyVault") return null;
  if (!wanted.primaryKeyURI || !wanted.primaryUserAssignedIdentityId)
    return "dataEncryption needs primaryKeyURI and primaryUserAssignedIdentityId together.";
  const geo =
    today.geoBackupKeyURI !== undefined ||
    wanted.geoBackupKeyURI !== undefined ||
    wanted.geoBackupUserAssignedIdentityId !== undefined;
  const complete = Boolean(wanted.geoBackupKeyURI && wanted.geoBackupUserAssignedIdentityId);
  return geo && !complete ? "dataEncryption needs geoBackupKeyURI and geoBackupUserAssignedIdentityId together." : null;
}

function window(_world: World, _server: Server, { properties }: ServerChanges): string | null {
  const wanted = properties.maintenanceWindow;
  if (!wanted) return null;
  const inside = (name: string, most: number) =>
    wanted[name] === undefined ||
    (Number.isInteger(wanted[name]) && Number(wanted[name]) >= 0 && Number(wanted[name]) <= most);
  return inside("dayOfWeek", 6) && inside("startHour", 23) && inside("startMinute", 59)
    ? null
    : "maintenanceWindow is out of range.";
}

/** A major version goes up only. */
function version(_world: World, server: Server, { properties }: ServerChanges): string | null {
  const wanted = properties.version;
  if (wanted === undefined || wanted === server.properties.version) return null;
  return Number(wanted) > Number(server.properties.version) && Number(wanted) <= 18
    ? null
    : `Version ${server.properties.version} cannot become ${wanted}.`;
}
