import * as vscode from "vscode";
import { plainText } from "../environments/text.ts";
import { Disposables } from "../platform/disposable.ts";
import { onSettings, setting } from "../platform/settings.ts";
import { isOpen } from "./operationRows.ts";
import type { Sessions } from "./sessions.ts";

/** One item: what runs, and that this is the sandbox. Nothing while neither is so. */
export class StatusBar implements vscode.Disposable {
  private readonly owned = new Disposables();
  private readonly item: vscode.StatusBarItem;
  private readonly sessions: Sessions;
  private following = new Disposables();

  constructor(sessions: Sessions) {
    this.sessions = sessions;
    this.item = this.owned.add(vscode.window.createStatusBarItem("engram.status", vscode.StatusBarAlignment.Left));
    this.item.name = "Engram";
    this.item.command = "engram.operations.focus";
    this.owned.add(sessions.onDidChange(() => this.follow()));
    this.owned.add(onSettings(["engram.view.statusBar"], () => this.render()));
    this.follow();
  }

  dispose(): void {
    this.following.dispose();
    this.owned.dispose();
  }

  private follow(): void {
    this.following.dispose();
    this.following = new Disposables();
    const operations = this.sessions.current?.operations;
    if (operations) this.following.add(operations.onDidChange(() => this.render()));
    this.render();
  }

  private render(): void {
    const sandbox = this.sessions.world === "sandbox";
    const open = this.sessions.current?.operations.list().filter(isOpen) ?? [];
    const first = open[0];
    const more = open.length > 1 ? ` +${open.length - 1}` : "";
    const work = first === undefined ? null : `${plainText(first.title)}${more}`;
    const words = ["Engram", sandbox ? "SANDBOX" : null, work].filter((word) => word !== null).join(" · ");
    this.item.text = `${work === null ? "$(beaker)" : "$(sync~spin)"} ${words}`;
    this.item.accessibilityInformation = { label: words.replaceAll(" · ", ", ") };
    this.item.tooltip =
      first === undefined ? vscode.l10n.t("A local Azure: nothing leaves this machine.") : plainText(first.phase);
    if ((work !== null || sandbox) && setting("view.statusBar", true)) this.item.show();
    else this.item.hide();
  }
}
