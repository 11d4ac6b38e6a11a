import * as vscode from "vscode";
import type { CommandContext, Handler } from "./context.ts";
import { resourcesFor } from "./resources.ts";

/** Copies the name clients connect to. */
export function copyHostName(context: CommandContext): Handler {
  return async (...args) => {
    const session = await context.sessions.open();
    const resources = await resourcesFor(session, args, vscode.l10n.t("Copy Host Name"));
    const hosts = resources.flatMap(({ hostName }) => hostName ?? []);
    if (hosts.length === 0) throw new Error(vscode.l10n.t("Azure names no host for it."));
    await vscode.env.clipboard.writeText(hosts.join("\n"));
    vscode.window.setStatusBarMessage(vscode.l10n.t("Copied"), 2000);
  };
}
