import { pathToFileURL } from "node:url";
import * as vscode from "vscode";

/** Imports a built ES module of the extension when it is first needed; nothing of it is in the entry bundle. */
export async function loadModule<T>(extensionUri: vscode.Uri, path: string): Promise<T> {
  const address = pathToFileURL(vscode.Uri.joinPath(extensionUri, path).fsPath).href;
  return (await import(address)) as T;
}
