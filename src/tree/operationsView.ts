import type * as vscode from "vscode";
import { Disposables } from "../platform/disposable.ts";
import type { LazyTree } from "../platform/lazyTree.ts";
import { isOpen, operationRows } from "./operationRows.ts";
import type { Row } from "./row.ts";
import type { RowNode } from "./rowNode.ts";
import { RowTreeDataProvider } from "./rowTreeDataProvider.ts";
import type { Session } from "./session.ts";
import type { Sessions } from "./sessions.ts";

/** The view *Operations*: what is carried out and what was, also by other windows and the command line. */
export class OperationsView implements vscode.Disposable {
  private readonly owned = new Disposables();
  private readonly provider = this.owned.add(new RowTreeDataProvider({ rows: () => this.rows() }));
  readonly view: vscode.TreeView<RowNode>;
  private readonly sessions: Sessions;
  private following = new Disposables();
  private ticking: NodeJS.Timeout | null = null;

  constructor(sessions: Sessions, tree: LazyTree<RowNode>) {
    this.sessions = sessions;
    this.view = tree.show(this.provider);
    this.owned.add(sessions.onDidChange(() => this.follow()));
    this.owned.add(this.view.onDidChangeVisibility(() => this.render()));
    this.follow();
  }

  dispose(): void {
    this.stopTicking();
    this.following.dispose();
    this.owned.dispose();
  }

  private follow(): void {
    this.following.dispose();
    this.following = new Disposables();
    const session = this.sessions.current;
    if (session !== null) this.following.add(session.operations.onDidChange(() => this.render()));
    this.render();
  }

  private render(): void {
    const session = this.sessions.current;
    this.provider.changed();
    this.view.description = this.sessions.world === "sandbox" ? "SANDBOX" : "";
    this.tick(session);
  }

  private rows(): readonly Row[] {
    const session = this.sessions.current;
    return session === null ? [] : operationRows(session.operations.list(), session.now());
  }

  /** While somebody looks, timers of what runs move once a second; ages of what is done are good for a while. */
  private tick(session: Session | null): void {
    this.stopTicking();
    const records = this.view.visible ? (session?.operations.list() ?? []) : [];
    if (records.length === 0) return;
    this.ticking = setTimeout(() => this.render(), records.some(isOpen) ? 1000 : 15_000);
  }

  private stopTicking(): void {
    if (this.ticking !== null) clearTimeout(this.ticking);
    this.ticking = null;
  }
}
