import * as vscode from "vscode";

/** One text in the extension's global storage: the last list of environments, the last prices. */
export class CacheStore {
  private readonly folder: vscode.Uri;
  private readonly name: string;

  constructor(folder: vscode.Uri, name: string) {
    this.folder = folder;
    this.name = name;
  }

  /** Null when there is none yet or it cannot be read: a cache is never a reason to fail. */
  async read(): Promise<string | null> {
    try {
      return new TextDecoder().decode(await vscode.workspace.fs.readFile(this.uri()));
    } catch {
      return null;
    }
  }

  async write(text: string): Promise<void> {
    await vscode.workspace.fs.createDirectory(this.folder);
    await vscode.workspace.fs.writeFile(this.uri(), new TextEncoder().encode(text));
  }

  private uri(): vscode.Uri {
    return vscode.Uri.joinPath(this.folder, this.name);
  }
}
