import * as vscode from "vscode";
import { isState } from "../tree/states.ts";
import type { CommandContext, Handler } from "./context.ts";
import { operate } from "./operate.ts";
import { environmentsFor } from "./targets.ts";

/** Stops one or several servers: compute is no longer billed, storage still is. */
export function stopServer(context: CommandContext): Handler {
  return async (...args) => {
    const session = await context.sessions.open();
    const environments = await environmentsFor(session, args, {
      title: vscode.l10n.t("Stop Server"),
      fits: ({ server }) => isState(server?.state ?? null, "Ready"),
      none: vscode.l10n.t("No server is running, so none can be stopped."),
    });
    await operate(context, session, {
      environments,
      work: { request: { operation: "stop" }, verb: vscode.l10n.t("Stop") },
    });
  };
}
