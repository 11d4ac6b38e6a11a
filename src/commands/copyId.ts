import * as vscode from "vscode";
import type { CommandContext, Handler } from "./context.ts";
import { resourcesFor } from "./resources.ts";

/** Copies the ARM id, one a line for several. */
export function copyId(context: CommandContext): Handler {
  return async (...args) => {
    const session = await context.sessions.open();
    const resources = await resourcesFor(session, args, vscode.l10n.t("Copy Id"));
    await vscode.env.clipboard.writeText(resources.map(({ id }) => id).join("\n"));
    vscode.window.setStatusBarMessage(vscode.l10n.t("Copied"), 2000);
  };
}
