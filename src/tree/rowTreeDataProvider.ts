import * as vscode from "vscode";
import type { Row } from "./row.ts";
import type { RowNode } from "./rowNode.ts";
import { RowTree } from "./rowTree.ts";
import { toTooltip, toTreeItem } from "./treeItem.ts";

interface ProviderDeps {
  /** The rows as they are now; asked once for many changes. */
  readonly rows: () => readonly Row[];
  /** What is read before a row's children are shown for the first time, so that they come complete; null: nothing. */
  readonly prepare?: (row: Row) => Promise<unknown> | null;
}

/** Longer than this nobody waits for details: what is known is shown, the rest follows. */
const patience = 1500;

/** A thin provider: rows answer for themselves, and only what changed is told to VS Code. */
export class RowTreeDataProvider implements vscode.TreeDataProvider<RowNode>, vscode.Disposable {
  private readonly tree: RowTree;
  private readonly prepare: NonNullable<ProviderDeps["prepare"]>;
  private readonly repaint = new vscode.EventEmitter<RowNode[] | undefined>();
  readonly onDidChangeTreeData = this.repaint.event;

  constructor({ rows, prepare = () => null }: ProviderDeps) {
    this.prepare = prepare;
    this.tree = new RowTree({ rows });
    this.tree.onDidChange((changes) => this.repaint.fire(changes === "all" ? undefined : [...changes]));
  }

  /** The rows may be others now. */
  changed(): void {
    this.tree.changed();
  }

  async getChildren(node?: RowNode): Promise<RowNode[]> {
    if (node === undefined) return [...this.tree.roots()];
    const preparing = this.prepare(node.row);
    // Rows that stand there already are answered for at once: VS Code knows none of them until it has the answer.
    if (preparing !== null && node.shown === null) await this.tree.still(atMost(preparing, patience));
    return [...this.tree.childrenOf(node)];
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
    this.tree.dispose();
    this.repaint.dispose();
  }
}

/** Resolves when the work ended, well or not, or when the time is up. */
function atMost(work: Promise<unknown>, milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    const end = (): void => {
      clearTimeout(timer);
      resolve();
    };
    work.then(end, end);
  });
}
