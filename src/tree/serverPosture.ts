import type { Server } from "../environments/model.ts";
import { plainText } from "../environments/text.ts";
import { valueOf, type EnvironmentDetails } from "../inventory/details.ts";
import { age, joined, plural, until } from "./format.ts";
import { row, type Icon, type Row } from "./row.ts";
import { isState } from "./states.ts";

/** How a server is looked after: disk, high availability, backups, maintenance, vector, and when it starts by itself. */
export function postureRows(server: Server, details: EnvironmentDetails | null, now: Date): readonly Row[] {
  const facts: readonly (readonly [string, string, string, string | null])[] = [
    ["disk", "Disk", diskText(server), "server-process"],
    ["ha", "High availability", availabilityText(server), "layers"],
    ["backup", "Backups", backupText(server, now), "history"],
    ["maintenance", "Maintenance window", maintenanceText(server), "calendar"],
    ["vector", "vector", vectorText(server, details), "symbol-array"],
  ];
  const shown = facts.map(([key, label, description, icon]) => fact(server, { key, label, description, icon }));
  return [...restartRow(server, details, now), ...shown];
}

function fact(
  server: Server,
  { key, label, description, icon }: { key: string; label: string; description: string; icon: string | null },
): Row {
  const shown: Icon = { name: icon ?? "dash", color: null };
  return row({ id: `${server.id.toLowerCase()}|${key}`, label, description, icon: shown });
}

/** Azure starts a stopped server after seven days (how-to-stop-server); nobody should learn it from the bill. */
function restartRow(server: Server, details: EnvironmentDetails | null, now: Date): readonly Row[] {
  if (!isState(server.state, "Stopped")) return [];
  const stopped = valueOf(details?.stopped);
  const since = age(stopped?.stoppedSince ?? null, now);
  const restarts = stopped?.restartsAt ?? null;
  const text = joined([
    restarts === null ? "by itself, 7 days after it was stopped" : until(restarts, now),
    since === null ? null : `stopped ${since}`,
  ]);
  return [fact(server, { key: "restarts", label: "Azure starts it", description: text, icon: "watch" })];
}

function diskText({ storage }: Server): string {
  if (storage === null) return "unknown";
  const grow = storage.autoGrow === null ? null : storage.autoGrow ? "auto-grow on" : "auto-grow off";
  return joined([
    `${storage.sizeGiB.toLocaleString("en")} GiB`,
    plainText(storage.type ?? "Premium SSD").replace("_", " "),
    storage.tier && plainText(storage.tier),
    storage.iops === null ? null : `${storage.iops.toLocaleString("en")} IOPS`,
    grow,
  ]);
}

const availabilityWords = {
  none: "off",
  sameZone: "same zone",
  zoneRedundant: "zone-redundant",
  unknown: "unknown",
} as const;

function availabilityText({ highAvailability, availabilityZone }: Server): string {
  return joined([
    availabilityWords[highAvailability.mode],
    highAvailability.mode === "none" ? null : highAvailability.state && plainText(highAvailability.state),
    availabilityZone ? `zone ${plainText(availabilityZone)}` : null,
  ]);
}

function backupText({ backup }: Server, now: Date): string {
  if (backup === null) return "unknown";
  const back = age(backup.earliestRestore, now);
  return joined([
    backup.retentionDays === null ? null : `kept ${plural(backup.retentionDays, "day")}`,
    backup.geoRedundant === null ? null : backup.geoRedundant ? "geo-redundant" : "this location only",
    back === null ? null : `restorable from ${back}`,
  ]);
}

const days = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

function maintenanceText({ maintenanceWindow }: Server): string {
  if (maintenanceWindow === null) return "chosen by Azure";
  const { dayOfWeek, startHour, startMinute } = maintenanceWindow;
  const clock = [startHour, startMinute].map((part) => String(part).padStart(2, "0")).join(":");
  return `${days[dayOfWeek] ?? "day unknown"} ${clock} UTC`;
}

/** `azure.extensions` is the server's allow list; a stopped server does not answer for its parameters. */
function vectorText(server: Server, details: EnvironmentDetails | null): string {
  if (details === null) return "reading…";
  const allowed = valueOf(details.parameters)?.["azure.extensions"];
  if (allowed === undefined) return isState(server.state, "Ready") ? "not known" : "not known while it does not run";
  const listed = allowed.split(",").some((name) => name.trim().toLowerCase() === "vector");
  return listed ? "allow-listed" : "not allow-listed";
}
