import type { Row } from "./row.ts";

/** A row in its place. One node object per id lives as long as the row is shown: VS Code keeps selection by it. */
export interface RowNode {
  readonly id: string;
  readonly parent: RowNode | null;
  row: Row;
  /** The children VS Code was given last; null while nobody opened the row. */
  shown: readonly RowNode[] | null;
}

/** Whether two rows look and act the same. */
export type SameRow = (left: Row, right: Row) => boolean;

/** Keeps the nodes of one tree by id and says which of them a change concerns. Knows nothing of VS Code. */
export class RowNodes {
  private readonly byId = new Map<string, RowNode>();
  private readonly same: SameRow;
  private roots: readonly RowNode[] = [];

  constructor(same: SameRow) {
    this.same = same;
  }

  rootNodes(): readonly RowNode[] {
    return this.roots;
  }

  /** The present children of a node; asking again returns the same objects for the same ids. */
  childrenOf(node: RowNode): readonly RowNode[] {
    node.shown = (node.row.children?.() ?? []).map((row) => this.place(row, node));
    return node.shown;
  }

  /**
   * Takes the newly made rows. Answers `all` when rows came, went or moved at the top level, else the nodes to refresh:
   * a row that looks different, or one whose children came, went or moved. What is not open is not made.
   */
  update(rows: readonly Row[]): "all" | readonly RowNode[] {
    const changed: RowNode[] = [];
    const before = this.roots;
    this.roots = this.compareList(before, rows, { parent: null, changed });
    if (sameIds(before, rows)) return changed;
    this.forgetTheRest();
    return "all";
  }

  private compareList(
    before: readonly RowNode[],
    rows: readonly Row[],
    { parent, changed }: { readonly parent: RowNode | null; readonly changed: RowNode[] },
  ): readonly RowNode[] {
    const kept = sameIds(before, rows);
    if (!kept && parent !== null) changed.push(parent);
    return rows.map((row) => {
      const old = this.byId.get(row.id);
      const previous = old?.parent === parent ? old.row : null;
      const node = this.place(row, parent);
      if (kept && previous !== null) this.compareNode(node, previous, changed);
      return node;
    });
  }

  private compareNode(node: RowNode, previous: Row, changed: RowNode[]): void {
    const different = !this.same(previous, node.row);
    if (different) changed.push(node);
    if (node.shown === null) return;
    // A refreshed row brings its children along: those below are only put in place.
    const below = different ? [] : changed;
    node.shown = this.compareList(node.shown, node.row.children?.() ?? [], { parent: node, changed: below });
  }

  private place(row: Row, parent: RowNode | null): RowNode {
    const old = this.byId.get(row.id);
    if (old?.parent === parent) {
      old.row = row;
      return old;
    }
    const node = { id: row.id, parent, row, shown: null };
    this.byId.set(row.id, node);
    return node;
  }

  private forgetTheRest(): void {
    const kept = new Set<RowNode>(this.roots);
    for (const [id, node] of this.byId) if (!kept.has(rootOf(node))) this.byId.delete(id);
  }
}

function sameIds(nodes: readonly RowNode[], rows: readonly Row[]): boolean {
  return nodes.length === rows.length && nodes.every(({ id }, index) => id === rows[index]?.id);
}

function rootOf(node: RowNode): RowNode {
  return node.parent === null ? node : rootOf(node.parent);
}
