import * as vscode from "vscode";
import type { CommandContext, Handler } from "./context.ts";
import { resourcesFor } from "./resources.ts";

/** Opens the resource in the portal of the configured cloud. The sandbox's resources exist in no portal. */
export function openInPortal(context: CommandContext): Handler {
  return async (...args) => {
    const session = await context.sessions.open();
    const resources = await resourcesFor(session, args, vscode.l10n.t("Open in Portal"));
    if (session.sandbox)
      throw new Error(
        vscode.l10n.t("The sandbox’s resources exist on this machine only; the portal does not know them."),
      );
    for (const { id, tenantId } of resources)
      await vscode.env.openExternal(vscode.Uri.parse(session.remote.portalUrl(id, tenantId), true));
  };
}
