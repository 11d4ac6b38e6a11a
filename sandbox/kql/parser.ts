import type { Aggregate, Column, Expression, JoinKey, Operator, Query, SortKey } from "./ast.ts";
import { parseExpression } from "./expression.ts";
import { isAggregate } from "./functions.ts";
import { KqlError, tokenize } from "./lexer.ts";
import { Tokens } from "./tokens.ts";

const tables = ["resources", "resourcecontainers"];

/**
 * Query := [Table] { "|" Operator }. A query without a table reads `resources`, as Azure does.
 * Throws KqlError for what is not in the subset: nothing is ever ignored.
 */
export function parseQuery(text: string): Query {
  const tokens = new Tokens(tokenize(text));
  const query = readQuery(tokens);
  tokens.takeSymbol(";");
  tokens.expectEnd();
  return query;
}

function readQuery(tokens: Tokens): Query {
  const first = tokens.peek();
  const table = readTable(tokens);
  const operators: Operator[] = [];
  if (table === null) operators.push(readOperator(tokens));
  while (tokens.takeSymbol("|")) operators.push(readOperator(tokens));
  if (table === null && first.kind === "end") throw new KqlError("ParserFailure", first);
  return { table: table ?? "resources", operators };
}

function readTable(tokens: Tokens): string | null {
  const token = tokens.peek();
  if (token.kind === "name" && token.text.toLowerCase() in operators) return null;
  const name = tokens.expectName();
  if (!tables.includes(name.text.toLowerCase())) throw new KqlError("InvalidQueryLanguage", name);
  return name.text.toLowerCase();
}

type ReadOperator = (tokens: Tokens) => Operator;

const sort: ReadOperator = (tokens) => {
  tokens.expectWord("by");
  return { kind: "sort", keys: readList(tokens, readSortKey) };
};

const take: ReadOperator = (tokens) => ({ kind: "take", count: readNumber(tokens) });

const operators: Readonly<Record<string, ReadOperator>> = {
  where: (tokens) => ({ kind: "where", condition: parseExpression(tokens) }),
  filter: (tokens) => ({ kind: "where", condition: parseExpression(tokens) }),
  project: (tokens) => ({ kind: "project", columns: readList(tokens, readColumn) }),
  "project-away": (tokens) => ({ kind: "project-away", names: readList(tokens, (each) => readPlainName(each)) }),
  extend: (tokens) => ({ kind: "extend", columns: readList(tokens, readColumn) }),
  sort,
  order: sort,
  take,
  limit: take,
  top: (tokens) => {
    const count = readNumber(tokens);
    tokens.expectWord("by");
    return { kind: "top", count, keys: [readSortKey(tokens)] };
  },
  count: () => ({ kind: "count" }),
  distinct: (tokens) => ({
    kind: "distinct",
    columns: tokens.takeSymbol("*") ? "all" : readList(tokens, readColumn),
  }),
  summarize: readSummarize,
  union: (tokens) => ({ kind: "union", queries: readList(tokens, readInner) }),
  join: readJoin,
};

function readOperator(tokens: Tokens): Operator {
  const name = tokens.expectName();
  const read = Object.hasOwn(operators, name.text.toLowerCase()) ? operators[name.text.toLowerCase()] : undefined;
  if (!read) throw new KqlError("InvalidQueryLanguage", name);
  return read(tokens);
}

function readList<T>(tokens: Tokens, read: (tokens: Tokens) => T): T[] {
  const items = [read(tokens)];
  while (tokens.takeSymbol(",")) items.push(read(tokens));
  return items;
}

function readNumber(tokens: Tokens): number {
  const token = tokens.next();
  if (token.kind !== "number") throw new KqlError("ParserFailure", token);
  return Number(token.text);
}

/** `name`, or `['any text']` where the name is a word of the language or has other characters. */
function readPlainName(tokens: Tokens): string {
  if (!tokens.takeSymbol("[")) return tokens.expectName().text;
  const token = tokens.next();
  if (token.kind !== "string") throw new KqlError("ParserFailure", token);
  tokens.expectSymbol("]");
  return token.text;
}

function readColumn(tokens: Tokens): Column {
  const named = tokens.attempt(() => {
    const name = readPlainName(tokens);
    return tokens.takeSymbol("=") ? name : null;
  });
  const value = parseExpression(tokens);
  return { name: named ?? nameOf(value, tokens), value };
}

/** Azure names an unnamed path by joining it with underscores, e.g. `properties.state` → `properties_state`. */
function nameOf(value: Expression, tokens: Tokens): string {
  if (value.kind === "column") return value.name;
  if (value.kind === "member" && value.key.kind === "literal")
    return `${nameOf(value.of, tokens)}_${String(value.key.value)}`;
  if (value.kind === "call") return nameOfCall(value, tokens);
  throw new KqlError("ParserFailure", tokens.peek());
}

/** `count_`, `dcount_location`; a conversion keeps the name of what it converts, as in Microsoft's example answers. */
function nameOfCall(call: Expression & { kind: "call" }, tokens: Tokens): string {
  const argument = call.args[0];
  const isPath = argument?.kind === "column" || argument?.kind === "member";
  const name = isPath ? nameOf(argument, tokens) : "";
  return name !== "" && !isAggregate(call.name) ? name : `${call.name}_${name}`;
}

function readSortKey(tokens: Tokens): SortKey {
  const by = parseExpression(tokens);
  const order = tokens.takeWord("asc") ? "asc" : (tokens.takeWord("desc"), "desc");
  if (!tokens.takeWord("nulls")) return { by, order, nulls: order === "asc" ? "first" : "last" };
  const nulls = tokens.takeWord("first") ? "first" : (tokens.expectWord("last"), "last");
  return { by, order, nulls };
}

function readSummarize(tokens: Tokens): Operator {
  const isBare = tokens.peekWord("by");
  const list = isBare ? [] : readList(tokens, readAggregate);
  const by = tokens.takeWord("by") ? readList(tokens, readColumn) : [];
  return { kind: "summarize", aggregates: list, by };
}

function readAggregate(tokens: Tokens): Aggregate {
  const start = tokens.peek();
  const column = readColumn(tokens);
  const { value } = column;
  if (value.kind !== "call" || !isAggregate(value.name)) throw new KqlError("InvalidQueryLanguage", start);
  return { name: column.name, value };
}

function readInner(tokens: Tokens): Query {
  if (!tokens.takeSymbol("(")) return { table: readTable(tokens) ?? "resources", operators: [] };
  const query = readQuery(tokens);
  tokens.expectSymbol(")");
  return query;
}

/** `join kind=leftouter (…) on key [, $left.a == $right.b]`. Azure's default kind, innerunique, is refused. */
function readJoin(tokens: Tokens): Operator {
  tokens.expectWord("kind");
  tokens.expectSymbol("=");
  const kind = tokens.expectName();
  if (kind.text !== "leftouter" && kind.text !== "inner") throw new KqlError("InvalidQueryLanguage", kind);
  const query = readInner(tokens);
  tokens.expectWord("on");
  return { kind: "join", join: kind.text, query, on: readList(tokens, readJoinKey) };
}

function readJoinKey(tokens: Tokens): JoinKey {
  const first = readSide(tokens);
  if (first.side === null) return { left: first.name, right: first.name };
  tokens.expectSymbol("==");
  const second = readSide(tokens);
  return first.side === "$left" ? { left: first.name, right: second.name } : { left: second.name, right: first.name };
}

function readSide(tokens: Tokens): { readonly side: string | null; readonly name: string } {
  const name = readPlainName(tokens);
  if (name !== "$left" && name !== "$right") return { side: null, name };
  tokens.expectSymbol(".");
  return { side: name, name: readPlainName(tokens) };
}
