import * as vscode from "vscode";
import type { CommandContext, Handler } from "./context.ts";
import { resourcesFor } from "./resources.ts";

/** Shows a resource as Azure answers it, read-only. */
export function viewJson(context: CommandContext): Handler {
  return async (...args) => {
    const session = await context.sessions.open();
    for (const { id, name } of await resourcesFor(session, args, vscode.l10n.t("View JSON"))) {
      const json = await session.remote.json(id);
      await context.documents.show(`${name}.json`, `${JSON.stringify(json, null, 2)}\n`);
    }
  };
}
