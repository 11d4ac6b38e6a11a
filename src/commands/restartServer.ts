import * as vscode from "vscode";
import type { Environment } from "../environments/model.ts";
import { pickOne } from "../platform/prompts.ts";
import { isState } from "../tree/states.ts";
import type { CommandContext, Handler } from "./context.ts";
import { operate } from "./operate.ts";
import { environmentsFor } from "./targets.ts";

/** Restarts servers; where a standby exists, by a planned failover when the person wants that. */
export function restartServer(context: CommandContext): Handler {
  return async (...args) => {
    const session = await context.sessions.open();
    const environments = await environmentsFor(session, args, {
      title: vscode.l10n.t("Restart Server"),
      fits: ({ server }) => isState(server?.state ?? null, "Ready"),
      none: vscode.l10n.t("No server is running, so none can be restarted."),
    });
    const failover = environments.every(hasStandby) && (await askFailover());
    const verb = failover ? vscode.l10n.t("Fail Over") : vscode.l10n.t("Restart");
    await operate(context, session, { environments, work: { request: { operation: "restart", failover }, verb } });
  };
}

function hasStandby({ server }: Environment): boolean {
  return (
    server !== null && (server.highAvailability.mode === "sameZone" || server.highAvailability.mode === "zoneRedundant")
  );
}

function askFailover(): Promise<boolean> {
  const items = [
    { label: vscode.l10n.t("Restart in place"), detail: vscode.l10n.t("The same node restarts."), value: false },
    {
      label: vscode.l10n.t("Planned failover"),
      detail: vscode.l10n.t("The standby takes over; primary and standby swap places."),
      value: true,
    },
  ];
  return pickOne(items, { title: vscode.l10n.t("Restart Server"), placeholder: vscode.l10n.t("How to restart") });
}
