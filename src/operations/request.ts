import { classes } from "../environments/tags.ts";
import type { EnvironmentClass, HighAvailability } from "../environments/model.ts";

/** What a person asks for; `Operations.plan` turns it into a plan. */
export type OperationRequest =
  | { readonly operation: "stop" | "start" }
  | { readonly operation: "restart"; readonly failover: boolean }
  | ScaleRequest
  | ConfigureRequest
  | { readonly operation: "tag"; readonly name?: string; readonly class?: EnvironmentClass };

export interface ScaleRequest {
  readonly operation: "scale";
  /** ARM name or its short form, any letter case: `Standard_D4ds_v5`, `D4ds_v5`. */
  readonly sku?: string;
  readonly storageGiB?: number;
  /** An on-demand backup is made and verified first. */
  readonly backupFirst?: boolean;
}

export interface ConfigureRequest {
  readonly operation: "configure";
  readonly highAvailability?: "none" | "sameZone" | "zoneRedundant";
  readonly autoGrow?: boolean;
  readonly backupRetentionDays?: number;
  /** Null: Azure picks the time. */
  readonly maintenanceWindow?: MaintenanceWindow | null;
}

export interface MaintenanceWindow {
  /** 0 is Sunday. */
  readonly dayOfWeek: number;
  /** UTC. */
  readonly startHour: number;
  readonly startMinute: number;
}

/**
 * A plan that cannot be made or run. `usage`: the request itself is wrong (exit 2); `state`: Azure's state forbids it
 * (exit 1). Code `serverBusy` is exit 6 and `changedSincePlanned` exit 3.
 */
export class PlanRefused extends Error {
  override readonly name = "PlanRefused";
  readonly kind: "usage" | "state";
  readonly code: string;

  constructor(kind: "usage" | "state", code: string, message: string) {
    super(message);
    this.kind = kind;
    this.code = code;
  }
}

const haModes: readonly HighAvailability["mode"][] = ["none", "sameZone", "zoneRedundant"];

/** Refuses what no server could ever take; throws `PlanRefused` of kind `usage`. */
export function checkRequest(request: OperationRequest): void {
  if (request.operation === "scale") checkScale(request);
  if (request.operation === "configure") checkConfigure(request);
  if (request.operation === "tag") checkTag(request);
}

function checkScale(request: ScaleRequest): void {
  const { sku, storageGiB } = request;
  if (sku === undefined && storageGiB === undefined) refuse("nothingAsked", "Say a size, a storage size or both.");
  if (sku?.trim() === "") refuse("unknownSku", "The size is empty.");
  if (storageGiB !== undefined && !isPositiveInteger(storageGiB)) {
    refuse("unknownStorageSize", "Storage is a whole number of GiB above zero.");
  }
}

function checkConfigure(request: ConfigureRequest): void {
  const { highAvailability, backupRetentionDays, maintenanceWindow } = request;
  const asked = Object.entries(request).filter(([name, value]) => name !== "operation" && value !== undefined);
  if (asked.length === 0) refuse("nothingAsked", "Say at least one setting to change.");
  if (highAvailability !== undefined && !haModes.includes(highAvailability)) {
    refuse("unknownHighAvailability", "High availability is none, sameZone or zoneRedundant.");
  }
  // 7 to 35 days: azure-api.md section 6, "Scale".
  if (backupRetentionDays !== undefined && !isWhole(backupRetentionDays, 7, 35)) {
    refuse("backupRetentionOutOfRange", "Backups are kept 7 to 35 days, a whole number.");
  }
  if (maintenanceWindow) checkWindow(maintenanceWindow);
}

function checkWindow({ dayOfWeek, startHour, startMinute }: MaintenanceWindow): void {
  if (isWhole(dayOfWeek, 0, 6) && isWhole(startHour, 0, 23) && isWhole(startMinute, 0, 59)) return;
  refuse(
    "maintenanceWindowOutOfRange",
    "A maintenance window is a day (0 = Sunday to 6), an hour (0–23) and a minute.",
  );
}

function checkTag(request: { readonly name?: string; readonly class?: EnvironmentClass }): void {
  if (request.name === undefined && request.class === undefined) refuse("nothingAsked", "Say a name, a class or both.");
  if (request.class !== undefined && !(classes as readonly string[]).includes(request.class)) {
    refuse("unknownClass", `The class is one of ${classes.join(", ")}.`);
  }
  // Tag values hold up to 256 characters (azure-docs: tag-resources limitations); control characters are never a name.
  if (request.name !== undefined && !/^[^\p{Cc}\p{Cf}]{1,256}$/u.test(request.name)) {
    refuse("badName", "A name has 1 to 256 characters and no control characters.");
  }
}

function refuse(code: string, message: string): never {
  throw new PlanRefused("usage", code, message);
}

function isPositiveInteger(value: number): boolean {
  return Number.isSafeInteger(value) && value > 0;
}

function isWhole(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}
