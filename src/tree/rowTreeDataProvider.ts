import * as vscode from "vscode";
import { sameRow, type Row } from "./row.ts";
import { RowNodes, type RowNode } from "./rowNode.ts";
import { toTooltip, toTreeItem } from "./treeItem.ts";

/** A thin provider: rows answer for themselves, and only what changed is told to VS Code. */
export class RowTreeDataProvider implements vscode.TreeDataProvider<RowNode>, vscode.Disposable {
  private readonly nodes = new RowNodes();
  private readonly changed = new vscode.EventEmitter<RowNode | undefined>();
  readonly onDidChangeTreeData = this.changed.event;

  /** Shows these rows from now on; `touched` names rows whose content changed though they look the same. */
  show(rows: readonly Row[], touched: (id: string) => boolean = () => false): void {
    const changes = this.nodes.update(rows, touched, sameRow);
    if (changes === "all") this.changed.fire(undefined);
    else for (const node of changes) this.changed.fire(node);
  }

  find(id: string): RowNode | null {
    return this.nodes.get(id);
  }

  getChildren(node?: RowNode): RowNode[] {
    return [...(node === undefined ? this.nodes.rootNodes() : this.nodes.childrenOf(node))];
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
