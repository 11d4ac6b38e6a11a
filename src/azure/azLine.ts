import { armId } from "./armId.ts";
import type { Change, ServerPatch } from "./ports.ts";

/**
 * The Azure CLI's line for a change, safe to paste into a POSIX shell: every value is quoted. Options are those of
 * `az postgres flexible-server` and `az tag update`.
 */
export function azLine(change: Change): string {
  const { subscriptionId, resourceGroup, name } = armId(change.id);
  const target = ["--subscription", subscriptionId, "--resource-group", resourceGroup, "--name", name];
  return ["az", ...words(change, target, name)].map(quoted).join(" ");
}

function words(change: Change, target: readonly string[], name: string): readonly string[] {
  const server = ["postgres", "flexible-server"];
  switch (change.kind) {
    case "stop":
    case "start":
      return [...server, change.kind, ...target];
    case "restart":
      return [
        ...server,
        "restart",
        ...target,
        ...(change.failover === null ? [] : ["--failover", failoverWord(change.failover)]),
      ];
    case "updateServer":
      return [...server, "update", ...target, ...patchWords(change.patch)];
    case "backup":
      return [...server, "backup", "create", ...target.slice(0, 4), "--name", name, "--backup-name", change.name];
    case "mergeTags":
      return ["tag", "update", "--resource-id", change.id, "--operation", "Merge", "--tags", ...pairs(change.tags)];
  }
}

function failoverWord(failover: "PlannedFailover" | "ForcedFailover"): string {
  return failover === "PlannedFailover" ? "Planned" : "Forced";
}

function pairs(tags: Readonly<Record<string, string>>): string[] {
  return Object.entries(tags).map(([name, value]) => `${name}=${value}`);
}

function patchWords(patch: ServerPatch): string[] {
  const words: (string | undefined)[][] = [
    ["--sku-name", patch.sku?.name],
    ["--tier", patch.sku?.tier],
    ["--storage-size", patch.storageGiB?.toString()],
    ["--storage-auto-grow", patch.autoGrow === undefined ? undefined : patch.autoGrow ? "Enabled" : "Disabled"],
    ["--backup-retention", patch.backupRetentionDays?.toString()],
    ["--high-availability", patch.highAvailability === undefined ? undefined : haWords[patch.highAvailability]],
    ["--maintenance-window", windowWord(patch.maintenanceWindow)],
  ];
  return words.flatMap(([option, value]) => (value === undefined ? [] : [option!, value]));
}

const haWords = { none: "Disabled", sameZone: "SameZone", zoneRedundant: "ZoneRedundant" } as const;
const days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"] as const;

function windowWord(window: ServerPatch["maintenanceWindow"]): string | undefined {
  if (window === undefined) return undefined;
  if (window === null) return "Disabled";
  return `${days[window.dayOfWeek] ?? "Sun"}:${window.startHour}:${window.startMinute}`;
}

/** Plain words as they are, everything else between single quotes; control characters would not survive a paste. */
function quoted(word: string): string {
  if (/^[A-Za-z0-9@%+=:,./_-]+$/.test(word)) return word;

  const clean = word.replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, " ");
  return `'${clean.replaceAll("'", `'\\''`)}'`;
}
