/** What a column or an expression may hold: JSON, as Resource Graph answers it. */
export type Value = string | number | boolean | null | readonly Value[] | { readonly [name: string]: Value };
export type Row = Readonly<Record<string, Value>>;

export type Expression =
  | { readonly kind: "literal"; readonly value: Value }
  | { readonly kind: "column"; readonly name: string; readonly at: number }
  | { readonly kind: "member"; readonly of: Expression; readonly key: Expression }
  | { readonly kind: "unary"; readonly operator: "not" | "-"; readonly of: Expression }
  | { readonly kind: "binary"; readonly operator: string; readonly left: Expression; readonly right: Expression }
  | { readonly kind: "in"; readonly operator: string; readonly left: Expression; readonly list: readonly Expression[] }
  | { readonly kind: "call"; readonly name: string; readonly args: readonly Expression[]; readonly at: number };

/** A result column: its name, and what fills it. */
export interface Column {
  readonly name: string;
  readonly value: Expression;
}

export type Aggregate = Column & { readonly value: Expression & { readonly kind: "call" } };

export interface SortKey {
  readonly by: Expression;
  readonly order: "asc" | "desc";
  readonly nulls: "first" | "last";
}

export type Operator =
  | { readonly kind: "where"; readonly condition: Expression }
  | { readonly kind: "project"; readonly columns: readonly Column[] }
  | { readonly kind: "project-away"; readonly names: readonly string[] }
  | { readonly kind: "extend"; readonly columns: readonly Column[] }
  | { readonly kind: "sort"; readonly keys: readonly SortKey[] }
  | { readonly kind: "take"; readonly count: number }
  | { readonly kind: "top"; readonly count: number; readonly keys: readonly SortKey[] }
  | { readonly kind: "count" }
  | { readonly kind: "distinct"; readonly columns: readonly Column[] | "all" }
  | { readonly kind: "summarize"; readonly aggregates: readonly Aggregate[]; readonly by: readonly Column[] }
  | { readonly kind: "union"; readonly queries: readonly Query[] }
  | {
      readonly kind: "join";
      readonly join: "leftouter" | "inner";
      readonly query: Query;
      readonly on: readonly JoinKey[];
    };

export interface JoinKey {
  readonly left: string;
  readonly right: string;
}

export interface Query {
  readonly table: string;
  readonly operators: readonly Operator[];
}
