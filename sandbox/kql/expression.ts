import type { Expression, Value } from "./ast.ts";
import { isFunction } from "./functions.ts";
import { KqlError } from "./lexer.ts";
import type { Token } from "./lexer.ts";
import type { Tokens } from "./tokens.ts";

/** Or := And { "or" And }; And := Comparison { "and" Comparison }; the rest below, in the order of binding. */
export function parseExpression(tokens: Tokens): Expression {
  let left = parseAnd(tokens);
  while (tokens.takeWord("or")) left = { kind: "binary", operator: "or", left, right: parseAnd(tokens) };
  return left;
}

function parseAnd(tokens: Tokens): Expression {
  let left = parseComparison(tokens);
  while (tokens.takeWord("and")) left = { kind: "binary", operator: "and", left, right: parseComparison(tokens) };
  return left;
}

const comparisons = ["==", "!=", "=~", "!~", "<", "<=", ">", ">="];
const words = ["has", "contains", "startswith", "endswith"].flatMap((word) => [word, `!${word}`]);
const lists = ["in", "in~", "!in", "!in~"];

function parseComparison(tokens: Tokens): Expression {
  const left = parseSum(tokens);
  const token = tokens.peek();
  const operator = token.text.toLowerCase();
  if (token.kind === "symbol" && comparisons.includes(token.text)) {
    tokens.next();
    return { kind: "binary", operator: token.text, left, right: parseSum(tokens) };
  }
  if (token.kind === "name" && words.includes(operator)) {
    tokens.next();
    return { kind: "binary", operator, left, right: parseSum(tokens) };
  }
  if (token.kind !== "name" || !lists.includes(operator)) return left;
  tokens.next();
  return { kind: "in", operator, left, list: parseArguments(tokens) };
}

function parseSum(tokens: Tokens): Expression {
  let left = parseProduct(tokens);
  for (let operator = takeOneOf(tokens, ["+", "-"]); operator; operator = takeOneOf(tokens, ["+", "-"]))
    left = { kind: "binary", operator, left, right: parseProduct(tokens) };
  return left;
}

function parseProduct(tokens: Tokens): Expression {
  let left = parseUnary(tokens);
  for (let operator = takeOneOf(tokens, ["*", "/"]); operator; operator = takeOneOf(tokens, ["*", "/"]))
    left = { kind: "binary", operator, left, right: parseUnary(tokens) };
  return left;
}

function takeOneOf(tokens: Tokens, symbols: readonly string[]): string | null {
  return symbols.find((symbol) => tokens.takeSymbol(symbol)) ?? null;
}

function parseUnary(tokens: Tokens): Expression {
  if (tokens.takeSymbol("-")) return { kind: "unary", operator: "-", of: parseUnary(tokens) };
  return parsePath(tokens);
}

/** Primary { "." name | "[" expression "]" } */
function parsePath(tokens: Tokens): Expression {
  let of = parsePrimary(tokens);
  for (;;) {
    if (tokens.takeSymbol(".")) of = { kind: "member", of, key: { kind: "literal", value: tokens.expectName().text } };
    else if (tokens.takeSymbol("[")) {
      of = { kind: "member", of, key: parseExpression(tokens) };
      tokens.expectSymbol("]");
    } else return of;
  }
}

function parsePrimary(tokens: Tokens): Expression {
  const token = tokens.next();
  if (token.kind === "string") return { kind: "literal", value: token.text };
  if (token.kind === "number") return { kind: "literal", value: Number(token.text) };
  if (token.kind === "name") return parseNamed(token, tokens);
  if (token.kind === "symbol" && token.text === "(") return closed(parseExpression(tokens), tokens);
  if (token.kind === "symbol" && token.text === "[") return parseQuotedColumn(tokens);
  throw new KqlError("ParserFailure", token);
}

function closed(inner: Expression, tokens: Tokens): Expression {
  tokens.expectSymbol(")");
  return inner;
}

/** `['a column']`, the way to name one that is a word of the language. */
function parseQuotedColumn(tokens: Tokens): Expression {
  const token = tokens.next();
  if (token.kind !== "string") throw new KqlError("ParserFailure", token);
  tokens.expectSymbol("]");
  return { kind: "column", name: token.text, at: token.at };
}

const constants: Readonly<Record<string, Value>> = { true: true, false: false, null: null };

function parseNamed(token: Token, tokens: Tokens): Expression {
  const lower = token.text.toLowerCase();
  if (tokens.peek().text !== "(" || tokens.peek().kind !== "symbol") {
    if (Object.hasOwn(constants, lower)) return { kind: "literal", value: constants[lower] as Value };
    return { kind: "column", name: token.text, at: token.at };
  }
  if (lower === "dynamic") return parseDynamic(tokens);
  const args = parseArguments(tokens);
  if (lower === "not" && args[0] && args.length === 1) return { kind: "unary", operator: "not", of: args[0] };
  if (!isFunction(lower, args.length)) throw new KqlError("InvalidQueryLanguage", token);
  return { kind: "call", name: lower, args, at: token.at };
}

function parseArguments(tokens: Tokens): Expression[] {
  tokens.expectSymbol("(");
  const args: Expression[] = [];
  if (tokens.takeSymbol(")")) return args;
  do args.push(parseExpression(tokens));
  while (tokens.takeSymbol(","));
  tokens.expectSymbol(")");
  return args;
}

/** `dynamic(…)` holds JSON; string keys and both quote kinds. */
function parseDynamic(tokens: Tokens): Expression {
  tokens.expectSymbol("(");
  const value = parseJson(tokens);
  tokens.expectSymbol(")");
  return { kind: "literal", value };
}

function parseJson(tokens: Tokens): Value {
  const token = tokens.next();
  if (token.kind === "string") return token.text;
  if (token.kind === "number") return Number(token.text);
  if (token.kind === "name" && Object.hasOwn(constants, token.text)) return constants[token.text] as Value;
  if (token.text === "-" && token.kind === "symbol") return -Number(tokens.next().text);
  if (token.text === "[" && token.kind === "symbol") return parseJsonList(tokens);
  if (token.text === "{" && token.kind === "symbol") return parseJsonObject(tokens);
  throw new KqlError("ParserFailure", token);
}

function parseJsonList(tokens: Tokens): Value {
  const items: Value[] = [];
  if (tokens.takeSymbol("]")) return items;
  do items.push(parseJson(tokens));
  while (tokens.takeSymbol(","));
  tokens.expectSymbol("]");
  return items;
}

function parseJsonObject(tokens: Tokens): Value {
  const entries: [string, Value][] = [];
  if (tokens.takeSymbol("}")) return {};
  do {
    const key = tokens.next();
    if (key.kind !== "string") throw new KqlError("ParserFailure", key);
    tokens.expectSymbol(":");
    entries.push([key.text, parseJson(tokens)]);
  } while (tokens.takeSymbol(","));
  tokens.expectSymbol("}");
  return Object.fromEntries(entries);
}
