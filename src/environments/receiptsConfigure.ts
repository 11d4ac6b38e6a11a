import { citations } from "./citations.ts";
import type { Server } from "./model.ts";
import { haLabel, head, none, type Receipt, type ReceiptFacts } from "./receipts.ts";
import { money, type Billed } from "./receiptsMoney.ts";

/** The settings that change, and only those. */
export interface SettingsPatch {
  readonly autoGrow?: boolean;
  readonly backupRetentionDays?: number;
  readonly highAvailability?: "none" | "sameZone" | "zoneRedundant";
  /** Null: system-managed. */
  readonly maintenanceWindow?: {
    readonly dayOfWeek: number;
    readonly startHour: number;
    readonly startMinute: number;
  } | null;
}

export function configureReceipt(facts: ReceiptFacts, patch: SettingsPatch): Receipt {
  const { highAvailability } = patch;
  return {
    ...head(facts, `Configure ${facts.server.name}`),
    downtime: none(downtimeText(patch)),
    money: money(facts, [{ server: facts.server, billed: billedAs(highAvailability) }]),
    effects: configureEffects(facts.server, patch),
    cannotBeUndone: shorter(facts.server, patch) ? ["Backups older than the new retention are deleted."] : [],
    undo: "Configure the settings back to today's values.",
  };
}

/** Only for backup retention do the documents say it outright. */
function downtimeText(patch: SettingsPatch): string {
  const onlyBackups = Object.keys(patch).every((name) => name === "backupRetentionDays");
  if (onlyBackups) return `Nothing restarts: backup retention changes online (${citations.scaling}).`;
  return "Azure documents no restart for these settings; that there is none is not verified.";
}

function billedAs(mode: SettingsPatch["highAvailability"]): Billed {
  return { after: "asToday", ...(mode === undefined ? {} : { highAvailability: mode !== "none" }) };
}

function configureEffects(server: Server, patch: SettingsPatch): readonly string[] {
  const effects: string[] = [];
  const { highAvailability, autoGrow, backupRetentionDays, maintenanceWindow } = patch;
  if (highAvailability !== undefined) effects.push(highAvailabilityEffect(server, highAvailability));
  if (autoGrow === true) effects.push("Storage grows by itself when little is left, and never shrinks again.");
  if (autoGrow === false) effects.push("Storage no longer grows by itself: at 95 % used the server becomes read-only.");
  if (backupRetentionDays !== undefined)
    effects.push(
      `Backups are kept ${backupRetentionDays} days instead of ${server.backup?.retentionDays ?? "an unknown number of days"}.`,
    );
  if (maintenanceWindow === null) effects.push("Azure picks the time of maintenance.");
  if (maintenanceWindow) effects.push(`Maintenance starts on ${windowLabel(maintenanceWindow)}.`);
  return effects;
}

function highAvailabilityEffect(server: Server, mode: "none" | "sameZone" | "zoneRedundant"): string {
  if (mode === "none")
    return `The standby of ${server.name} is removed: a failure of the server is downtime until Azure repairs it.`;
  const today = server.highAvailability.mode;
  if (today === "sameZone" || today === "zoneRedundant")
    return `The standby changes from ${haLabel(today)} to ${haLabel(mode)}; compute and storage are billed twice as today.`;
  return `A standby (${haLabel(mode)}) is created; compute and storage are billed twice.`;
}

const days = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"] as const;

/** `Sunday 02:00 UTC`. */
export function windowLabel({ dayOfWeek, startHour, startMinute }: NonNullable<Server["maintenanceWindow"]>): string {
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${days[dayOfWeek] ?? `day ${dayOfWeek}`} ${two(startHour)}:${two(startMinute)} UTC`;
}

function shorter(server: Server, { backupRetentionDays }: SettingsPatch): boolean {
  const today = server.backup?.retentionDays ?? null;
  return backupRetentionDays !== undefined && today !== null && backupRetentionDays < today;
}
