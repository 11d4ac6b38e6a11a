import * as vscode from "vscode";
import type { ConfigureRequest, MaintenanceWindow } from "../operations/request.ts";
import { askText, pickOne } from "../platform/prompts.ts";
import { isState } from "../tree/states.ts";
import type { CommandContext, Handler } from "./context.ts";
import { operate } from "./operate.ts";
import { environmentsFor } from "./targets.ts";

type Setting = "highAvailability" | "autoGrow" | "backupRetentionDays" | "maintenanceWindow";

/** Changes one setting of a server: high availability, auto-grow, backup retention or the maintenance window. */
export function configureServer(context: CommandContext): Handler {
  return async (...args) => {
    const session = await context.sessions.open();
    const title = vscode.l10n.t("Configure Server");
    const environments = await environmentsFor(session, args, {
      title,
      fits: ({ server }) => isState(server?.state ?? null, "Ready"),
      none: vscode.l10n.t("No server is running; a stopped server cannot be configured."),
    });
    const setting = await pickOne<Setting>(
      [
        {
          label: vscode.l10n.t("High availability"),
          detail: vscode.l10n.t("A standby in the same or another zone; doubles compute and storage"),
          value: "highAvailability",
        },
        {
          label: vscode.l10n.t("Storage auto-grow"),
          detail: vscode.l10n.t("Grows the disk before it is full; it never shrinks"),
          value: "autoGrow",
        },
        {
          label: vscode.l10n.t("Backup retention"),
          detail: vscode.l10n.t("7 to 35 days"),
          value: "backupRetentionDays",
        },
        {
          label: vscode.l10n.t("Maintenance window"),
          detail: vscode.l10n.t("A weekday and hour in UTC, or Azure’s choice"),
          value: "maintenanceWindow",
        },
      ],
      { title, placeholder: vscode.l10n.t("What to change") },
    );
    const request = await ask[setting](title);
    await operate(context, session, { environments, work: { request, verb: vscode.l10n.t("Configure") } });
  };
}

const ask: Readonly<Record<Setting, (title: string) => Promise<ConfigureRequest>>> = {
  highAvailability: async (title) => ({
    operation: "configure",
    highAvailability: await pickOne<"none" | "sameZone" | "zoneRedundant">(
      [
        {
          label: vscode.l10n.t("Zone-redundant"),
          detail: vscode.l10n.t("Standby in another availability zone"),
          value: "zoneRedundant",
        },
        { label: vscode.l10n.t("Same zone"), detail: vscode.l10n.t("Standby beside the primary"), value: "sameZone" },
        { label: vscode.l10n.t("Off"), detail: vscode.l10n.t("No standby"), value: "none" },
      ],
      { title, placeholder: vscode.l10n.t("High availability") },
    ),
  }),
  autoGrow: async (title) => ({
    operation: "configure",
    autoGrow: await pickOne<boolean>(
      [
        { label: vscode.l10n.t("On"), value: true },
        { label: vscode.l10n.t("Off"), value: false },
      ],
      { title, placeholder: vscode.l10n.t("Storage auto-grow") },
    ),
  }),
  backupRetentionDays: async (title) => ({
    operation: "configure",
    backupRetentionDays: Number(
      await askText({ title, prompt: vscode.l10n.t("Days to keep backups, 7 to 35"), value: "14", check: checkDays }),
    ),
  }),
  maintenanceWindow: async (title) => ({ operation: "configure", maintenanceWindow: await askWindow(title) }),
};

function checkDays(text: string): string | null {
  const days = Number(text);
  return Number.isInteger(days) && days >= 7 && days <= 35 ? null : vscode.l10n.t("A whole number from 7 to 35.");
}

const weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

async function askWindow(title: string): Promise<MaintenanceWindow | null> {
  const dayOfWeek = await pickOne<number | null>(
    [{ label: vscode.l10n.t("Azure’s choice"), value: null }, ...weekdays.map((label, value) => ({ label, value }))],
    { title, placeholder: vscode.l10n.t("Day of maintenance") },
  );
  if (dayOfWeek === null) return null;
  const hours = Array.from({ length: 24 }, (_, hour) => ({
    label: `${String(hour).padStart(2, "0")}:00 UTC`,
    value: hour,
  }));
  const startHour = await pickOne(hours, { title, placeholder: vscode.l10n.t("Start of the window") });
  return { dayOfWeek, startHour, startMinute: 0 };
}
