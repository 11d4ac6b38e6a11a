import type { Aggregate, Column, Expression, JoinKey, Operator, Query, Row, SortKey, Value } from "./ast.ts";
import { applyFunction, isAggregate, isBag, numberOf, textOf } from "./functions.ts";
import { KqlError } from "./lexer.ts";

/** Rows of a table, and the columns it has even when no row fills them. */
export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
}

export type Tables = (name: string) => Table;

/** Runs a parsed query. Throws KqlError for a column that no table of the query has. */
export function evaluate(query: Query, tables: Tables): Table {
  const start = tables(query.table);
  return query.operators.reduce((table, operator) => apply(operator, table, tables), start);
}

function apply(operator: Operator, table: Table, tables: Tables): Table {
  switch (operator.kind) {
    case "where":
      return { ...table, rows: table.rows.filter(truth(operator.condition, table)) };
    case "project":
      return projected(operator.columns, table);
    case "project-away":
      return without(operator.names, table);
    case "extend":
      return extended(operator.columns, table);
    case "sort":
      return { ...table, rows: sorted(operator.keys, table) };
    case "take":
      return { ...table, rows: table.rows.slice(0, operator.count) };
    case "top":
      return { ...table, rows: sorted(operator.keys, table).slice(0, operator.count) };
    case "count":
      return { columns: ["Count"], rows: [{ Count: table.rows.length }] };
    case "distinct":
      return distinct(operator.columns === "all" ? columnsOf(table) : operator.columns, table);
    case "summarize":
      return summarized(operator, table);
    case "union":
      return united([table, ...operator.queries.map((each) => evaluate(each, tables))]);
    case "join":
      return joined({ operator, left: table, right: evaluate(operator.query, tables) });
  }
}

function columnsOf(table: Table): Column[] {
  return table.columns.map((name) => ({ name, value: { kind: "column", name, at: 0 } }));
}

function truth(condition: Expression, table: Table): (row: Row) => boolean {
  check(condition, table);
  return (row) => value(condition, row) === true;
}

function projected(columns: readonly Column[], table: Table): Table {
  columns.forEach((column) => check(column.value, table));
  const project = (row: Row): Row => Object.fromEntries(columns.map((each) => [each.name, value(each.value, row)]));
  return { columns: columns.map((each) => each.name), rows: table.rows.map(project) };
}

function without(names: readonly string[], table: Table): Table {
  return projected(
    columnsOf(table).filter((column) => !names.includes(column.name)),
    table,
  );
}

function extended(columns: readonly Column[], table: Table): Table {
  columns.forEach((column) => check(column.value, table));
  const extend = (row: Row): Row => ({
    ...row,
    ...Object.fromEntries(columns.map((each) => [each.name, value(each.value, row)])),
  });
  const names = new Set([...table.columns, ...columns.map((each) => each.name)]);
  return { columns: [...names], rows: table.rows.map(extend) };
}

function sorted(keys: readonly SortKey[], table: Table): Row[] {
  keys.forEach((key) => check(key.by, table));
  const decorated = table.rows.map((row) => ({ row, by: keys.map((key) => value(key.by, row)) }));
  decorated.sort((left, right) => {
    for (const [index, key] of keys.entries()) {
      const order = ordered(left.by[index] ?? null, right.by[index] ?? null, key);
      if (order !== 0) return order;
    }
    return 0;
  });
  return decorated.map((each) => each.row);
}

function ordered(left: Value, right: Value, key: SortKey): number {
  if (left === null || right === null) {
    if (left === right) return 0;
    return (left === null) === (key.nulls === "first") ? -1 : 1;
  }
  const order = compare(left, right);
  return key.order === "asc" ? order : -order;
}

function compare(left: Value, right: Value): number {
  if (typeof left === "number" && typeof right === "number") return left - right;
  const [a, b] = [textOf(left), textOf(right)];
  return a < b ? -1 : a > b ? 1 : 0;
}

function distinct(columns: readonly Column[], table: Table): Table {
  const all = projected(columns, table);
  const seen = new Map(all.rows.map((row) => [JSON.stringify(row), row]));
  return { ...all, rows: [...seen.values()] };
}

function summarized(operator: Operator & { kind: "summarize" }, table: Table): Table {
  const { aggregates, by } = operator;
  by.forEach((column) => check(column.value, table));
  aggregates.forEach((each) => each.value.args.forEach((argument) => check(argument, table)));
  const groups = new Map<string, { key: Row; rows: Row[] }>();
  if (by.length === 0) groups.set("", { key: {}, rows: [] });
  for (const row of table.rows) {
    const key = Object.fromEntries(by.map((column) => [column.name, value(column.value, row)]));
    const name = by.length === 0 ? "" : JSON.stringify(key);
    const group = groups.get(name) ?? { key, rows: [] };
    group.rows.push(row);
    groups.set(name, group);
  }
  const rows = [...groups.values()].map(({ key, rows: inside }) => ({ ...key, ...aggregated(aggregates, inside) }));
  return { columns: [...by, ...aggregates].map((each) => each.name), rows };
}

function aggregated(aggregates: readonly Aggregate[], rows: readonly Row[]): Row {
  return Object.fromEntries(aggregates.map((each) => [each.name, aggregate(each, rows)]));
}

function aggregate({ value: call }: Aggregate, rows: readonly Row[]): Value {
  const argument = call.args[0];
  if (!argument) return rows.length;
  const values = rows.map((row) => value(argument, row));
  const filled = values.filter((each) => each !== null).sort(compare);
  switch (call.name) {
    case "countif":
      return values.filter((each) => each === true).length;
    case "dcount":
      return new Set(values.map(textOf)).size;
    case "sum":
      return filled.reduce((sum: number, each) => sum + (numberOf(each) ?? 0), 0);
    case "min":
      return filled[0] ?? null;
    default:
      return filled.at(-1) ?? null;
  }
}

function united(parts: readonly Table[]): Table {
  const columns = [...new Set(parts.flatMap((part) => part.columns))];
  const fill = (row: Row): Row => Object.fromEntries(columns.map((name) => [name, row[name] ?? null]));
  return { columns, rows: parts.flatMap((part) => part.rows.map(fill)) };
}

interface Join {
  readonly operator: Operator & { kind: "join" };
  readonly left: Table;
  readonly right: Table;
}

/** Columns of both sides; a name that is on the left already gets a `1`, as KQL does. */
function joined({ operator, left, right }: Join): Table {
  const names = new Map(right.columns.map((name) => [name, left.columns.includes(name) ? `${name}1` : name]));
  const rename = (row: Row | null): Row =>
    Object.fromEntries([...names].map(([name, shown]) => [shown, row?.[name] ?? null]));
  const index = new Map<string, Row[]>();
  for (const row of right.rows) pushTo(index, keyOf(operator.on, row, "right"), row);
  const rows = left.rows.flatMap((row) => {
    const matches = index.get(keyOf(operator.on, row, "left")) ?? [];
    if (matches.length === 0) return operator.join === "inner" ? [] : [{ ...row, ...rename(null) }];
    return matches.map((match) => ({ ...row, ...rename(match) }));
  });
  return { columns: [...left.columns, ...names.values()], rows };
}

function pushTo(index: Map<string, Row[]>, key: string, row: Row): void {
  const rows = index.get(key);
  if (rows) rows.push(row);
  else index.set(key, [row]);
}

function keyOf(on: readonly JoinKey[], row: Row, side: "left" | "right"): string {
  return JSON.stringify(on.map((key) => row[key[side]] ?? null));
}

/** Refuses columns that the table does not have, and aggregates outside summarize. */
function check(expression: Expression, table: Table): void {
  switch (expression.kind) {
    case "literal":
      return;
    case "column":
      if (table.columns.includes(expression.name)) return;
      throw new KqlError("UnresolvedName", { text: expression.name, at: expression.at });
    case "member":
      check(expression.of, table);
      return check(expression.key, table);
    case "unary":
      return check(expression.of, table);
    case "binary":
      check(expression.left, table);
      return check(expression.right, table);
    case "in":
      check(expression.left, table);
      return expression.list.forEach((item) => check(item, table));
    case "call":
      if (isAggregate(expression.name))
        throw new KqlError("InvalidQueryLanguage", { text: expression.name, at: expression.at });
      return expression.args.forEach((argument) => check(argument, table));
  }
}

function value(expression: Expression, row: Row): Value {
  switch (expression.kind) {
    case "literal":
      return expression.value;
    case "column":
      return row[expression.name] ?? null;
    case "member":
      return member(value(expression.of, row), value(expression.key, row));
    case "unary":
      return unary(expression.operator, value(expression.of, row));
    case "binary":
      return binary(expression, row);
    case "in":
      return isIn(expression, row);
    case "call":
      return applyFunction(
        expression.name,
        expression.args.map((argument) => value(argument, row)),
      );
  }
}

/** Names inside dynamic values are case-sensitive in KQL; negative indexes count from the end. */
function member(of: Value, key: Value): Value {
  if (Array.isArray(of)) return typeof key === "number" ? ((of as readonly Value[]).at(key) ?? null) : null;
  return isBag(of) && typeof key === "string" && Object.hasOwn(of, key) ? (of[key] ?? null) : null;
}

function unary(operator: "not" | "-", of: Value): Value {
  if (operator === "not") return of === null ? null : of !== true;
  const number = numberOf(of);
  return number === null ? null : -number;
}

function binary(expression: Expression & { kind: "binary" }, row: Row): Value {
  const left = value(expression.left, row);
  if (expression.operator === "and") return left === true && value(expression.right, row) === true;
  if (expression.operator === "or") return left === true || value(expression.right, row) === true;
  return operate(expression.operator, left, value(expression.right, row));
}

type Operate = (left: Value, right: Value) => Value;

const order =
  (test: (difference: number) => boolean): Operate =>
  (left, right) =>
    left === null || right === null ? false : test(comparable(left, right));

const arithmetic =
  (run: (left: number, right: number) => number): Operate =>
  (left, right) => {
    const [a, b] = [numberOf(left), numberOf(right)];
    return a === null || b === null ? null : run(a, b);
  };

const text =
  (test: (left: string, right: string) => boolean): Operate =>
  (left, right) =>
    test(textOf(left).toLowerCase(), textOf(right).toLowerCase());

const operations: Readonly<Record<string, Operate>> = {
  "==": equal,
  "!=": (left, right) => !equal(left, right),
  "=~": text((left, right) => left === right),
  "!~": text((left, right) => left !== right),
  "<": order((difference) => difference < 0),
  "<=": order((difference) => difference <= 0),
  ">": order((difference) => difference > 0),
  ">=": order((difference) => difference >= 0),
  has: text(hasWord),
  "!has": text((left, right) => !hasWord(left, right)),
  contains: text((left, right) => left.includes(right)),
  "!contains": text((left, right) => !left.includes(right)),
  startswith: text((left, right) => left.startsWith(right)),
  "!startswith": text((left, right) => !left.startsWith(right)),
  endswith: text((left, right) => left.endsWith(right)),
  "!endswith": text((left, right) => !left.endsWith(right)),
  "+": arithmetic((left, right) => left + right),
  "-": arithmetic((left, right) => left - right),
  "*": arithmetic((left, right) => left * right),
  "/": arithmetic((left, right) => left / right),
};

function operate(operator: string, left: Value, right: Value): Value {
  return (operations[operator] as Operate)(left, right);
}

function comparable(left: Value, right: Value): number {
  const [a, b] = [numberOf(left), numberOf(right)];
  return a !== null && b !== null ? a - b : compare(left, right);
}

function equal(left: Value, right: Value): boolean {
  if (left === null || right === null) return left === right;
  if (typeof left === "object" || typeof right === "object") return JSON.stringify(left) === JSON.stringify(right);
  return typeof left === typeof right ? left === right : textOf(left) === textOf(right);
}

/** A whole word: between characters that are neither letters nor digits (learn.microsoft.com/kusto/query/has-operator). */
function hasWord(left: string, right: string): boolean {
  if (right === "") return true;
  const isWordCharacter = (character: string | undefined): boolean => !!character && /[\p{L}\p{N}]/u.test(character);
  for (let at = left.indexOf(right); at >= 0; at = left.indexOf(right, at + 1))
    if (!isWordCharacter(left[at - 1]) && !isWordCharacter(left[at + right.length])) return true;
  return false;
}

function isIn(expression: Expression & { kind: "in" }, row: Row): boolean {
  const left = value(expression.left, row);
  const items = expression.list.flatMap((item) => {
    const one = value(item, row);
    return Array.isArray(one) ? (one as readonly Value[]) : [one];
  });
  const test = expression.operator.endsWith("~") ? (operations["=~"] as Operate) : equal;
  const found = items.some((item) => test(left, item) === true);
  return expression.operator.startsWith("!") ? !found : found;
}
