import * as vscode from "vscode";
import type { Boundary } from "./boundary.ts";
import { Disposables } from "./disposable.ts";

export type CommandId = `engram.${string}`;

/** Every command of the extension by id: what the palette, menus and tests run. */
export type CommandTable = Readonly<Record<CommandId, (...args: readonly unknown[]) => unknown>>;

export type RunCommand = (id: string, args: readonly unknown[]) => Promise<unknown>;

/** Registers what the manifest contributes: the ids are in one place, and what they do is loaded when one is run. */
export function registerCommands(manifest: unknown, run: RunCommand): vscode.Disposable {
  const { contributes } = manifest as { readonly contributes: { readonly commands: readonly { command: string }[] } };
  const registered = new Disposables();
  for (const { command } of contributes.commands) {
    registered.add(vscode.commands.registerCommand(command, (...args) => run(command, args)));
  }
  return registered;
}

/** Runs commands of a table that is loaded when the first is run; each is inside the error boundary. */
export function commandRunner(load: () => Promise<CommandTable>, boundary: Boundary): RunCommand {
  return (id, args) =>
    boundary.run(id, async () => {
      const handler = new Map(Object.entries(await load())).get(id);
      if (handler === undefined) throw new Error(`Nobody handles ${id}.`);
      return handler(...args);
    });
}
