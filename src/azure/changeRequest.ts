import { armId } from "./armId.ts";
import type { Cloud } from "./clouds.ts";
import { azLine } from "./azLine.ts";
import type { Change, RequestDescription, ServerPatch } from "./ports.ts";

/** Of @azure/arm-postgresql-flexible 9.0.0 (reference/azure-api.md section 1). */
export const postgresVersion = "2025-08-01";
/** Of Microsoft.Resources/tags, as @azure/arm-resources 7 sends it. */
export const tagsVersion = "2025-04-01";

/** What `Writer.send` puts on the wire for a change; a test holds it against what the sandbox received. */
export function describeChange(change: Change, cloud: Cloud): RequestDescription {
  const { subscriptionId, resourceGroup, name } = armId(change.id);
  const server = `/subscriptions/${subscriptionId}/resourceGroups/${encodeURIComponent(resourceGroup)}/providers/Microsoft.DBforPostgreSQL/flexibleServers/${encodeURIComponent(name)}`;
  const az = azLine(change);
  const postgres = (method: string, suffix: string, body: unknown): RequestDescription => ({
    method,
    url: `${cloud.arm}${server}${suffix}?api-version=${postgresVersion}`,
    body,
    az,
  });
  switch (change.kind) {
    case "stop":
    case "start":
      return postgres("POST", `/${change.kind}`, null);
    case "restart":
      return postgres("POST", "/restart", restartBody(change.failover) ?? null);
    case "updateServer":
      return postgres("PATCH", "", patchBody(change.patch));
    case "backup":
      return postgres("PUT", `/backups/${encodeURIComponent(change.name)}`, null);
    case "mergeTags":
      return { method: "PATCH", url: `${cloud.arm}${tagsPath(change.id)}`, body: tagsBody(change.tags), az };
  }
}

export function tagsPath(id: string): string {
  armId(id);
  return `${encodeURI(id)}/providers/Microsoft.Resources/tags/default?api-version=${tagsVersion}`;
}

/** `Merge` leaves every other tag alone (Tags_UpdateAtScope). */
export function tagsBody(tags: Readonly<Record<string, string>>): unknown {
  return { operation: "Merge", properties: { tags } };
}

/** Undefined: a plain restart, without a body. */
export function restartBody(failover: "PlannedFailover" | "ForcedFailover" | null): RestartBody | undefined {
  return failover === null ? undefined : { restartWithFailover: true, failoverMode: failover };
}

interface RestartBody {
  readonly restartWithFailover: true;
  readonly failoverMode: "PlannedFailover" | "ForcedFailover";
}

/** The parts of a PATCH as the SDK names them; only what changes is there (reliability.md 3.1: never PUT back a GET). */
export function patchParts(patch: ServerPatch): PatchParts {
  const storage = storagePart(patch);
  return {
    ...(patch.sku === undefined ? {} : { sku: { name: patch.sku.name, tier: patch.sku.tier } }),
    ...(storage === null ? {} : { storage }),
    ...(patch.backupRetentionDays === undefined ? {} : { backup: { backupRetentionDays: patch.backupRetentionDays } }),
    ...(patch.highAvailability === undefined ? {} : { highAvailability: { mode: modes[patch.highAvailability] } }),
    ...(patch.maintenanceWindow === undefined ? {} : { maintenanceWindow: windowPart(patch.maintenanceWindow) }),
  };
}

export interface PatchParts {
  readonly sku?: { name: string; tier: string };
  readonly storage?: { storageSizeGB?: number; autoGrow?: "Enabled" | "Disabled" };
  readonly backup?: { backupRetentionDays: number };
  readonly highAvailability?: { mode: string };
  readonly maintenanceWindow?: WindowPart;
}

interface WindowPart {
  customWindow: "Enabled" | "Disabled";
  dayOfWeek?: number;
  startHour?: number;
  startMinute?: number;
}

const modes = { none: "Disabled", sameZone: "SameZone", zoneRedundant: "ZoneRedundant" } as const;

function storagePart({ storageGiB, autoGrow }: ServerPatch): NonNullable<PatchParts["storage"]> | null {
  if (storageGiB === undefined && autoGrow === undefined) return null;
  return {
    ...(storageGiB === undefined ? {} : { storageSizeGB: storageGiB }),
    ...(autoGrow === undefined ? {} : { autoGrow: autoGrow ? "Enabled" : "Disabled" }),
  };
}

/** System-managed is `customWindow: Disabled` [example ServerGet.json: Disabled with zeros]. */
function windowPart(window: NonNullable<ServerPatch["maintenanceWindow"]> | null): WindowPart {
  if (window === null) return { customWindow: "Disabled" };
  const { dayOfWeek, startHour, startMinute } = window;
  return { customWindow: "Enabled", startHour, startMinute, dayOfWeek };
}

/** As the SDK serialises the parts: all but the SKU go under `properties`. */
function patchBody(patch: ServerPatch): unknown {
  const { sku, ...properties } = patchParts(patch);
  return { ...(sku ? { sku } : {}), ...(Object.keys(properties).length > 0 ? { properties } : {}) };
}
