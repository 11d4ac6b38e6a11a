import * as vscode from "vscode";
import { isState } from "../tree/states.ts";
import type { CommandContext, Handler } from "./context.ts";
import { operate } from "./operate.ts";
import { environmentsFor } from "./targets.ts";

/** Starts one or several stopped servers. */
export function startServer(context: CommandContext): Handler {
  return async (...args) => {
    const session = await context.sessions.open();
    const environments = await environmentsFor(session, args, {
      title: vscode.l10n.t("Start Server"),
      fits: ({ server }) => isState(server?.state ?? null, "Stopped"),
      none: vscode.l10n.t("No server is stopped, so none can be started."),
    });
    await operate(context, session, {
      environments,
      work: { request: { operation: "start" }, verb: vscode.l10n.t("Start") },
    });
  };
}
