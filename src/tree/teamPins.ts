import * as vscode from "vscode";
import type { Pins } from "../environments/recognise.ts";
import { parseTeamFile, teamFileName } from "../inventory/teamFile.ts";
import { Disposables } from "../platform/disposable.ts";

/** The team's file of the trusted workspace, read again when it changes. A broken file pins nothing and says so in the log. */
export class TeamPins implements vscode.Disposable {
  private readonly owned = new Disposables();
  private readonly changed = this.owned.add(new vscode.EventEmitter<void>());
  readonly onDidChange = this.changed.event;
  private readonly log: (line: string) => void;
  private pins: Pins = [];

  constructor(log: (line: string) => void) {
    this.log = log;
    const watcher = this.owned.add(vscode.workspace.createFileSystemWatcher(`**/${teamFileName}`));
    for (const event of [watcher.onDidChange, watcher.onDidCreate, watcher.onDidDelete])
      this.owned.add(event(() => void this.read()));
    this.owned.add(vscode.workspace.onDidGrantWorkspaceTrust(() => void this.read()));
    void this.read();
  }

  get current(): Pins {
    return this.pins;
  }

  dispose(): void {
    this.owned.dispose();
  }

  private async read(): Promise<void> {
    const folders = vscode.workspace.isTrusted ? (vscode.workspace.workspaceFolders ?? []) : [];
    const found = await Promise.all(folders.map(({ uri }) => this.readOne(vscode.Uri.joinPath(uri, teamFileName))));
    this.pins = found.flat();
    this.changed.fire();
  }

  private async readOne(uri: vscode.Uri): Promise<Pins> {
    try {
      return parseTeamFile(new TextDecoder().decode(await vscode.workspace.fs.readFile(uri)));
    } catch (error) {
      if (!(error instanceof vscode.FileSystemError))
        this.log(`${uri.fsPath}: ${error instanceof Error ? error.message : String(error)}`);
      return [];
    }
  }
}
