/** One price as the Retail Prices API answers it. */
export type PriceItem = Readonly<Record<string, string | number | boolean>>;

export type PriceTest = (item: PriceItem) => boolean;

/** Filters that the documentation names; `priceType` is the field `type`. */
const fields: Readonly<Record<string, string>> = {
  armRegionName: "armRegionName",
  location: "location",
  Location: "location",
  meterId: "meterId",
  meterName: "meterName",
  productId: "productId",
  productName: "productName",
  skuId: "skuId",
  skuName: "skuName",
  serviceId: "serviceId",
  serviceName: "serviceName",
  serviceFamily: "serviceFamily",
  priceType: "type",
  armSkuName: "armSkuName",
};

/**
 * The OData of the Retail Prices API's documentation: `eq`, `and`, `or`, parentheses and `contains(field, 'text')`; values
 * are compared with case, as since 2023-01-01-preview
 * (learn.microsoft.com/rest/api/cost-management/retail-prices/azure-retail-prices). Null for anything else.
 */
export function parsePriceFilter(text: string): PriceTest | null {
  const tokens = text.match(/'(?:[^']|'')*'|[(),]|[^\s(),']+/g) ?? [];
  const reader = { tokens, at: 0 };
  const test = readOr(reader);
  return test && reader.at === tokens.length ? test : null;
}

interface Reader {
  readonly tokens: readonly string[];
  at: number;
}

function readOr(reader: Reader): PriceTest | null {
  const tests = readChain(reader, "or", readAnd);
  return tests && ((item) => tests.some((test) => test(item)));
}

function readAnd(reader: Reader): PriceTest | null {
  const tests = readChain(reader, "and", readTerm);
  return tests && ((item) => tests.every((test) => test(item)));
}

function readChain(reader: Reader, word: string, read: (reader: Reader) => PriceTest | null): PriceTest[] | null {
  const tests: PriceTest[] = [];
  do {
    const test = read(reader);
    if (!test) return null;
    tests.push(test);
  } while (take(reader, word));
  return tests;
}

function readTerm(reader: Reader): PriceTest | null {
  if (take(reader, "(")) {
    const inner = readOr(reader);
    return take(reader, ")") ? inner : null;
  }
  if (take(reader, "contains")) return readContains(reader);
  const field = readField(reader);
  const value = field !== null && take(reader, "eq") ? readText(reader) : null;
  return value === null ? null : (item) => item[field as string] === value;
}

function readContains(reader: Reader): PriceTest | null {
  const field = take(reader, "(") ? readField(reader) : null;
  const value = field !== null && take(reader, ",") ? readText(reader) : null;
  if (value === null || !take(reader, ")")) return null;
  return (item) => String(item[field as string] ?? "").includes(value);
}

function readField(reader: Reader): string | null {
  const token = reader.tokens[reader.at++] ?? "";
  return Object.hasOwn(fields, token) ? (fields[token] ?? null) : null;
}

function readText(reader: Reader): string | null {
  const token = reader.tokens[reader.at++] ?? "";
  return token.startsWith("'") ? token.slice(1, -1).replaceAll("''", "'") : null;
}

function take(reader: Reader, token: string): boolean {
  if (reader.tokens[reader.at] !== token) return false;
  reader.at++;
  return true;
}
