import * as vscode from "vscode";
import { Disposables } from "./disposable.ts";

interface LazyTreeOptions extends Pick<vscode.TreeViewOptions<unknown>, "canSelectMany" | "showCollapseAll"> {
  /** Loads what calls `show`; called when VS Code first asks for rows. */
  readonly load: () => Promise<unknown>;
}

/** A tree view that is there at once, while what fills it is loaded when somebody looks. */
export class LazyTree<T> implements vscode.TreeDataProvider<T>, vscode.Disposable {
  private readonly owned = new Disposables();
  private readonly changed = this.owned.add(new vscode.EventEmitter<T | T[] | undefined | null | void>());
  readonly onDidChangeTreeData = this.changed.event;
  private readonly load: () => Promise<unknown>;
  private readonly view: vscode.TreeView<T>;
  private provider: vscode.TreeDataProvider<T> | null = null;

  constructor(id: string, { load, ...options }: LazyTreeOptions) {
    this.load = load;
    this.view = this.owned.add(vscode.window.createTreeView(id, { ...options, treeDataProvider: this }));
  }

  /** Rows come from this provider from now on. The view stays this tree's own. */
  show(provider: vscode.TreeDataProvider<T>): vscode.TreeView<T> {
    this.provider = provider;
    const following = provider.onDidChangeTreeData?.((change) => this.changed.fire(change));
    if (following !== undefined) this.owned.add(following);
    return this.view;
  }

  async getChildren(node?: T): Promise<T[]> {
    await this.load();
    return (await this.provider?.getChildren(node)) ?? [];
  }

  /** Only the provider's own nodes come here, so it is loaded. */
  getTreeItem(node: T): vscode.TreeItem | Thenable<vscode.TreeItem> {
    return this.provider?.getTreeItem(node) ?? {};
  }

  getParent(node: T): vscode.ProviderResult<T> {
    return this.provider?.getParent?.(node);
  }

  resolveTreeItem(
    item: vscode.TreeItem,
    node: T,
    token: vscode.CancellationToken,
  ): vscode.ProviderResult<vscode.TreeItem> {
    return this.provider?.resolveTreeItem?.(item, node, token) ?? item;
  }

  dispose(): void {
    this.owned.dispose();
  }
}
