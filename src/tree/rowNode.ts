import type { Row } from "./row.ts";

/** A row in its place. One node object per id lives as long as the row is shown: VS Code keeps selection by it. */
export interface RowNode {
  readonly id: string;
  readonly parent: RowNode | null;
  row: Row;
}

/** Keeps the nodes of one tree by id and says which of them a change concerns. Knows nothing of VS Code. */
export class RowNodes {
  private readonly byId = new Map<string, RowNode>();
  private roots: readonly RowNode[] = [];

  get(id: string): RowNode | null {
    return this.byId.get(id) ?? null;
  }

  rootNodes(): readonly RowNode[] {
    return this.roots;
  }

  /** The present children of a node; asking again returns the same objects for the same ids. */
  childrenOf(node: RowNode): readonly RowNode[] {
    return (node.row.children?.() ?? []).map((row) => this.place(row, node));
  }

  /**
   * Takes the newly made rows. Answers `all` when the top level changed, else the nodes that look different or whose
   * content may have changed (`touched` ids), the highest only.
   */
  update(rows: readonly Row[], touched: (id: string) => boolean, same: (a: Row, b: Row) => boolean): "all" | RowNode[] {
    const before = this.roots.map(({ id }) => id).join("\n");
    const changed: RowNode[] = [];
    const roots = rows.map((row) => this.compare(row, null, { touched, same, changed }));
    this.roots = roots;
    this.forgetAllBut(roots);
    return before === roots.map(({ id }) => id).join("\n") ? changed : "all";
  }

  private compare(row: Row, parent: RowNode | null, context: Comparison): RowNode {
    const old = this.byId.get(row.id);
    const previous = old?.row;
    const node = this.place(row, parent);
    if (previous === undefined) return node;
    const moved = old?.parent !== parent || !context.same(previous, row);
    if (moved || context.touched(row.id)) context.changed.push(node);
    else if (isGroup(row)) this.compareGroup(node, previous, context);
    return node;
  }

  /** A group whose members are the same stays; only the members that changed are told. */
  private compareGroup(node: RowNode, previous: Row, context: Comparison): void {
    const before = (previous.children?.() ?? []).map(({ id }) => id).join("\n");
    const rows = node.row.children?.() ?? [];
    if (before !== rows.map(({ id }) => id).join("\n")) context.changed.push(node);
    else for (const row of rows) this.compare(row, node, context);
  }

  private place(row: Row, parent: RowNode | null): RowNode {
    const old = this.byId.get(row.id);
    if (old !== undefined && old.parent === parent) {
      old.row = row;
      return old;
    }
    const node = { id: row.id, parent, row };
    this.byId.set(row.id, node);
    return node;
  }

  private forgetAllBut(roots: readonly RowNode[]): void {
    const kept = new Set<RowNode>(roots);
    for (const [id, node] of this.byId) if (!kept.has(rootOf(node))) this.byId.delete(id);
  }
}

interface Comparison {
  readonly touched: (id: string) => boolean;
  readonly same: (left: Row, right: Row) => boolean;
  readonly changed: RowNode[];
}

function isGroup(row: Row): boolean {
  return row.tokens.includes("group");
}

function rootOf(node: RowNode): RowNode {
  let top = node;
  while (top.parent !== null) top = top.parent;
  return top;
}
