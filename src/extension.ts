import type * as vscode from "vscode";
import type { Main, Trees } from "./extension/main.ts";
import { registerCommands } from "./platform/commandTable.ts";
import { LazyTree } from "./platform/lazyTree.ts";

/**
 * Registers what the manifest promises and loads nothing: everything behind the commands and views is one graph of
 * modules, loaded when VS Code first runs a command or asks for rows.
 */
export function activate(context: vscode.ExtensionContext): void {
  const own = <T extends vscode.Disposable>(item: T): T => (context.subscriptions.push(item), item);
  let loading: Promise<Main> | null = null;
  const load = (): Promise<Main> =>
    (loading ??= import("./extension/main.ts").then(({ startMain }) => own(startMain(context, trees))));
  const trees: Trees = {
    environments: own(new LazyTree("engram.environments", { load, canSelectMany: true, showCollapseAll: true })),
    operations: own(new LazyTree("engram.operations", { load })),
  };
  own(registerCommands(context.extension.packageJSON, async (id, args) => (await load()).run(id, args)));
}
