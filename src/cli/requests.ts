import type { EnvironmentClass } from "../environments/model.ts";
import {
  checkRequest,
  type ConfigureRequest,
  type MaintenanceWindow,
  type OperationRequest,
} from "../operations/request.ts";
import { UsageError } from "./exitCodes.ts";

export type OperationWord = OperationRequest["operation"];
/** Options as `node:util` parsed them. */
export type Values = Readonly<Record<string, string | boolean | undefined>>;

/** An operation's own options as a request; throws before anything is asked of Azure when no server could take it. */
export function requestOf(word: OperationWord, values: Values): OperationRequest {
  const request = read(word, values);
  checkRequest(request);
  return request;
}

function read(word: OperationWord, values: Values): OperationRequest {
  switch (word) {
    case "stop":
    case "start":
      return { operation: word };
    case "restart":
      return { operation: "restart", failover: values["failover"] === true };
    case "scale":
      return {
        operation: "scale",
        ...given("sku", text(values["sku"])),
        ...given("storageGiB", whole(values["storage"], "--storage")),
        ...(values["backup-first"] === true ? { backupFirst: true } : {}),
      };
    case "configure":
      return configure(values);
    case "tag":
      return {
        operation: "tag",
        ...given("name", text(values["name"])),
        ...given("class", text(values["class"]) as EnvironmentClass | undefined),
      };
  }
}

function configure(values: Values): ConfigureRequest {
  const mode = text(values["high-availability"]) as ConfigureRequest["highAvailability"];
  return {
    operation: "configure",
    ...given("highAvailability", mode),
    ...given("autoGrow", onOff(values["auto-grow"])),
    ...given("backupRetentionDays", whole(values["backup-retention"], "--backup-retention")),
    ...given("maintenanceWindow", window(values["maintenance-window"])),
  };
}

function given<K extends string, T>(key: K, value: T | undefined): Partial<Record<K, T>> {
  return value === undefined ? {} : ({ [key]: value } as Record<K, T>);
}

function text(value: string | boolean | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function whole(value: string | boolean | undefined, option: string): number | undefined {
  if (typeof value !== "string") return undefined;
  if (!/^\d{1,7}$/.test(value.trim())) throw new UsageError(`${option} is a whole number.`);
  return Number(value);
}

function onOff(value: string | boolean | undefined): boolean | undefined {
  if (typeof value !== "string") return undefined;
  if (value === "on") return true;
  if (value === "off") return false;
  throw new UsageError("--auto-grow is on or off.");
}

const days = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];

function window(value: string | boolean | undefined): MaintenanceWindow | null | undefined {
  if (typeof value !== "string") return undefined;
  if (value === "system") return null;
  const match = /^([a-z]{3,9})\s+(\d{1,2}):(\d{2})$/i.exec(value.trim());
  const [, word = "", hour = "", minute = ""] = match ?? [];
  const dayOfWeek = days.findIndex((day) => word !== "" && day.startsWith(word.toLowerCase()));
  if (match === null || dayOfWeek < 0)
    throw new UsageError('--maintenance-window is system or a day and a time in UTC: "sunday 02:00".');
  return { dayOfWeek, startHour: Number(hour), startMinute: Number(minute) };
}
