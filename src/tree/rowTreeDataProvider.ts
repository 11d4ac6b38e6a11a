import * as vscode from "vscode";
import { sameRow, type Row } from "./row.ts";
import { RowNodes, type RowNode } from "./rowNode.ts";
import { toTooltip, toTreeItem } from "./treeItem.ts";

/** What is read before a row's children are shown, so that they come complete; null when nothing is. */
export type Prepare = (row: Row) => Promise<unknown> | null;

/** Longer than this nobody waits for details: what is known is shown, the rest follows. */
const patience = 1500;

/** A thin provider: rows answer for themselves, and only what changed is told to VS Code. */
export class RowTreeDataProvider implements vscode.TreeDataProvider<RowNode>, vscode.Disposable {
  private readonly nodes = new RowNodes(sameRow);
  private readonly prepare: Prepare;
  private readonly changed = new vscode.EventEmitter<RowNode | undefined>();
  readonly onDidChangeTreeData = this.changed.event;

  constructor(prepare: Prepare = () => null) {
    this.prepare = prepare;
  }

  /** Shows these rows from now on. */
  show(rows: readonly Row[]): void {
    const changes = this.nodes.update(rows);
    if (changes === "all") this.changed.fire(undefined);
    else for (const node of changes) this.changed.fire(node);
  }

  async getChildren(node?: RowNode): Promise<RowNode[]> {
    if (node === undefined) return [...this.nodes.rootNodes()];
    const preparing = this.prepare(node.row);
    if (preparing !== null) await atMost(preparing, patience);
    return [...this.nodes.childrenOf(node)];
  }

  getParent(node: RowNode): RowNode | undefined {
    return node.parent ?? undefined;
  }

  getTreeItem(node: RowNode): vscode.TreeItem {
    return toTreeItem(node.row);
  }

  resolveTreeItem(item: vscode.TreeItem, node: RowNode): vscode.TreeItem {
    if (node.row.tooltip !== null) item.tooltip = toTooltip(node.row.tooltip());
    return item;
  }

  dispose(): void {
    this.changed.dispose();
  }
}

/** Resolves when the work ended, well or not, or when the time is up. */
function atMost(work: Promise<unknown>, milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    const end = (): void => (clearTimeout(timer), resolve());
    work.then(end, end);
  });
}
