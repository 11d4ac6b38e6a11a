/** One line of a tree as plain data; `treeItem.ts` turns it into VS Code's item. Text in it is already harmless. */
export interface Row {
  /** Stable across refreshes: an environment's id, an ARM id, or one of these with a suffix. */
  readonly id: string;
  readonly label: string;
  readonly description: string;
  readonly icon: Icon;
  /** What the row is and may; menus match single words of it. */
  readonly tokens: readonly string[];
  /** The row as a sentence for screen readers. */
  readonly spoken: string;
  readonly expand: "never" | "closed" | "open";
  /** Markdown; built only when someone hovers. */
  readonly tooltip: (() => string) | null;
  readonly children: (() => readonly Row[]) | null;
  readonly target: Target | null;
}

export interface Icon {
  /** A codicon; `~spin` turns it. */
  readonly name: string;
  /** A theme color, never the only carrier of meaning. */
  readonly color: string | null;
}

/** What commands act on when they are started from a row. */
export interface Target {
  readonly environmentId: string | null;
  readonly resourceId: string | null;
  readonly operationId: string | null;
  readonly tenantId: string | null;
  readonly accountId: string | null;
}

export const noTarget: Target = {
  environmentId: null,
  resourceId: null,
  operationId: null,
  tenantId: null,
  accountId: null,
};

/** A row; what is not said is nothing. `spoken` falls back to the visible words. */
export function row(parts: Pick<Row, "id" | "label"> & Partial<Row>): Row {
  const description = parts.description ?? "";
  return {
    description,
    icon: { name: "dash", color: null },
    tokens: [],
    spoken: description === "" ? parts.label : `${parts.label}: ${description.replaceAll(" · ", ", ")}`,
    expand: parts.children ? "closed" : "never",
    tooltip: null,
    children: null,
    target: null,
    ...parts,
  };
}

/** `environment;ready;scalable`: sorted, so that the same facts make the same text. */
export function contextValue(tokens: readonly string[]): string {
  return [...new Set(tokens)].sort().join(";");
}

/** Whether two rows look and act the same; children are compared by whoever shows them. */
export function sameRow(left: Row, right: Row): boolean {
  return appearance(left) === appearance(right);
}

function appearance(value: Row): string {
  const { id, label, description, icon, tokens, spoken, expand, target } = value;
  return JSON.stringify([id, label, description, icon, contextValue(tokens), spoken, expand, target]);
}
