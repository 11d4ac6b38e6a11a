import type { Value } from "./ast.ts";

type Apply = (args: readonly Value[]) => Value;

interface Function_ {
  readonly least: number;
  readonly most: number;
  readonly apply: Apply;
}

const one = (apply: (value: Value) => Value): Function_ => ({
  least: 1,
  most: 1,
  apply: ([value]) => apply(value ?? null),
});

/** Scalar functions of the subset, named as in learn.microsoft.com/kusto/query/scalar-functions. */
const scalars: Readonly<Record<string, Function_>> = {
  tolower: one((value) => textOf(value).toLowerCase()),
  toupper: one((value) => textOf(value).toUpperCase()),
  tostring: one(textOf),
  toint: one((value) => whole(numberOf(value))),
  tolong: one((value) => whole(numberOf(value))),
  toreal: one(numberOf),
  todouble: one(numberOf),
  tobool: one((value) => (typeof value === "boolean" ? value : textOf(value).toLowerCase() === "true")),
  strlen: one((value) => textOf(value).length),
  isnull: one((value) => value === null),
  isnotnull: one((value) => value !== null),
  isempty: one((value) => textOf(value) === ""),
  isnotempty: one((value) => textOf(value) !== ""),
  array_length: one((value) => (Array.isArray(value) ? value.length : null)),
  bag_keys: one((value) => (isBag(value) ? Object.keys(value) : null)),
  parse_json: one(parseJson),
  todynamic: one(parseJson),
  coalesce: { least: 1, most: 64, apply: (args) => args.find((value) => value !== null && value !== "") ?? null },
  strcat: { least: 1, most: 64, apply: (args) => args.map(textOf).join("") },
  iff: { least: 3, most: 3, apply: ([test, yes, no]) => (test === true ? (yes ?? null) : (no ?? null)) },
  iif: { least: 3, most: 3, apply: ([test, yes, no]) => (test === true ? (yes ?? null) : (no ?? null)) },
  split: { least: 2, most: 3, apply: split },
  replace_string: {
    least: 3,
    most: 3,
    apply: ([text, from, to]) => textOf(text ?? null).replaceAll(textOf(from ?? null), textOf(to ?? null)),
  },
  substring: { least: 2, most: 3, apply: ([text, start, length]) => cut(textOf(text ?? null), start, length) },
};

/** Aggregates are known here by name only; `evaluate` runs them over a group. */
const aggregates: Readonly<Record<string, readonly [least: number, most: number]>> = {
  count: [0, 0],
  countif: [1, 1],
  dcount: [1, 1],
  sum: [1, 1],
  min: [1, 1],
  max: [1, 1],
};

export function isFunction(name: string, count: number): boolean {
  const aggregate = Object.hasOwn(aggregates, name) ? aggregates[name] : undefined;
  if (aggregate) return count >= aggregate[0] && count <= aggregate[1];
  const scalar = Object.hasOwn(scalars, name) ? scalars[name] : undefined;
  return scalar !== undefined && count >= scalar.least && count <= scalar.most;
}

export function isAggregate(name: string): boolean {
  return Object.hasOwn(aggregates, name);
}

/** Call only with a name that `isFunction` accepts and that is no aggregate. */
export function applyFunction(name: string, args: readonly Value[]): Value {
  return (scalars[name] as Function_).apply(args);
}

/** As `tostring`: null is empty, objects are JSON. */
export function textOf(value: Value): string {
  if (value === null) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

export function numberOf(value: Value): number | null {
  const number = typeof value === "string" && value.trim() === "" ? NaN : Number(value);
  return value === null || typeof value === "object" || Number.isNaN(number) ? null : number;
}

export function isBag(value: Value): value is { readonly [name: string]: Value } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function whole(value: number | null): number | null {
  return value === null ? null : Math.trunc(value);
}

function parseJson(value: Value): Value {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value) as Value;
  } catch {
    return value;
  }
}

/** With an index, an array of that one part, as KQL's split does. */
function split([text, separator, index]: readonly Value[]): Value {
  const parts = textOf(text ?? null).split(textOf(separator ?? null));
  if (index === undefined) return parts;
  const part = parts[Number(index)];
  return part === undefined ? [] : [part];
}

function cut(text: string, start: Value | undefined, length: Value | undefined): string {
  const from = Number(start ?? 0);
  return length === undefined ? text.slice(from) : text.slice(from, from + Number(length));
}
