import * as vscode from "vscode";

/**
 * A machine setting's value as the person set it. A workspace may not decide it: VS Code does not offer machine
 * settings there, and a value smuggled into a workspace file is dropped here too.
 */
export function machineSetting<T>(name: string, fallback: T): T {
  const found = vscode.workspace.getConfiguration("engram").inspect<T>(name);
  return found?.globalValue ?? found?.defaultValue ?? fallback;
}

/** An ordinary setting. */
export function setting<T>(name: string, fallback: T): T {
  return vscode.workspace.getConfiguration("engram").get<T>(name, fallback);
}

/** Calls the listener when one of the settings changed. */
export function onSettings(names: readonly string[], listener: () => void): vscode.Disposable {
  return vscode.workspace.onDidChangeConfiguration((event) => {
    if (names.some((name) => event.affectsConfiguration(name))) listener();
  });
}
