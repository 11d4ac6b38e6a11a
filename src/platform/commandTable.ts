import * as vscode from "vscode";
import type { Boundary } from "./boundary.ts";
import { Disposables } from "./disposable.ts";

export type CommandId = `engram.${string}`;

/** Every command of the extension by id: what the palette, menus and tests run. */
export type CommandTable = Readonly<Record<CommandId, (...args: readonly unknown[]) => unknown>>;

/** Registers the whole table inside one error boundary. */
export function registerCommands(table: CommandTable, boundary: Boundary): vscode.Disposable {
  const registered = new Disposables();
  for (const [id, handler] of Object.entries(table)) {
    registered.add(vscode.commands.registerCommand(id, (...args) => boundary.run(id, () => handler(...args))));
  }
  return registered;
}
