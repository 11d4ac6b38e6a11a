/** One token of a query; `at` is its offset in the text. */
export interface Token {
  readonly kind: "name" | "string" | "number" | "symbol" | "end";
  readonly text: string;
  readonly at: number;
}

/** A query that cannot be read or run; `code` is the detail code Azure gives. */
export class KqlError extends Error {
  readonly code: "ParserFailure" | "InvalidQueryLanguage" | "UnresolvedName";
  readonly token: string;
  readonly at: number;

  constructor(code: KqlError["code"], token: Pick<Token, "text" | "at">) {
    super(`${code}: '${token.text}' at ${token.at}`);
    this.code = code;
    this.token = token.text;
    this.at = token.at;
  }
}

const symbols = [
  "=~",
  "!~",
  "==",
  "!=",
  "<=",
  ">=",
  "..",
  "|",
  "(",
  ")",
  "[",
  "]",
  "{",
  "}",
  ",",
  ".",
  ":",
  ";",
  "=",
  "<",
  ">",
  "+",
  "-",
  "*",
  "/",
  "%",
];
/** `in~` and the negations are one word each in KQL (learn.microsoft.com/kusto/query/in-operator). */
const nameOrOperator =
  /^(?:!?(?:in~|has_cs|has_any|in\b|has\b|contains_cs|contains|startswith_cs|startswith|endswith_cs|endswith)(?![\w-])|[A-Za-z_$][\w]*(?:-(?:away|keep|rename|reorder|expand|apply))?)/;

/** Splits a query into tokens; comments run from `//` to the end of the line. */
export function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = skipBlank(text, 0);
  while (at < text.length) {
    const token = readToken(text, at);
    tokens.push(token.token);
    at = skipBlank(text, token.end);
  }
  return [...tokens, { kind: "end", text: "<EOF>", at: text.length }];
}

interface Read {
  readonly token: Token;
  readonly end: number;
}

function skipBlank(text: string, from: number): number {
  const match = /^(?:\s+|\/\/[^\n]*(?:\n|$))*/.exec(text.slice(from));
  return from + (match?.[0].length ?? 0);
}

function readToken(text: string, at: number): Read {
  const character = text.charAt(at);
  const verbatim = character === "@" && /["']/.test(text.charAt(at + 1));
  if (character === '"' || character === "'" || verbatim) return readString(text, at);
  const rest = text.slice(at, at + 400);
  const number = /^\d+(?:\.\d+)?(?:[eE][-+]?\d+)?(?![\w])/.exec(rest)?.[0];
  if (number) return { token: { kind: "number", text: number, at }, end: at + number.length };
  const name = nameOrOperator.exec(rest)?.[0];
  if (name) return { token: { kind: "name", text: name, at }, end: at + name.length };
  const symbol = symbols.find((each) => rest.startsWith(each));
  if (!symbol) throw new KqlError("ParserFailure", { text: character, at });
  return { token: { kind: "symbol", text: symbol, at }, end: at + symbol.length };
}

const escapes: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", "0": "\0" };

/** Both quote kinds; a backslash escapes, except in verbatim strings (`@"…"`), where a doubled quote stands for one. */
function readString(text: string, at: number): Read {
  const verbatim = text.charAt(at) === "@";
  const quote = text.charAt(verbatim ? at + 1 : at);
  let value = "";
  for (let index = at + (verbatim ? 2 : 1); index < text.length; index++) {
    const character = text.charAt(index);
    if (verbatim && character === quote && text.charAt(index + 1) === quote) {
      value += quote;
      index++;
    } else if (character === quote) return { token: { kind: "string", text: value, at }, end: index + 1 };
    else if (character === "\n") break;
    else if (character === "\\" && !verbatim) {
      const next = text.charAt(++index);
      value += escapes[next] ?? next;
    } else value += character;
  }
  throw new KqlError("ParserFailure", { text: quote, at });
}
