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

  /** Another window reads the old text or the new one, never half of it. */
  async write(text: string): Promise<void> {
    const draft = vscode.Uri.joinPath(this.folder, `${this.name}.${process.pid}.new`);
    await vscode.workspace.fs.createDirectory(this.folder);
    await vscode.workspace.fs.writeFile(draft, new TextEncoder().encode(text));
    await vscode.workspace.fs.rename(draft, this.uri(), { overwrite: true });
  }

  private uri(): vscode.Uri {
    return vscode.Uri.joinPath(this.folder, this.name);
  }
}
