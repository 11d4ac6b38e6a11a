/** Tolerant readers of JSON that nobody here wrote: what is absent or of another type is null, never a default. */

/** A property by name; letter case matters only when two names differ in nothing else. */
export function part(value: unknown, name: string): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  const record = value as Record<string, unknown>;
  if (Object.hasOwn(record, name)) return record[name] ?? null;
  const wanted = name.toLowerCase();
  const found = Object.keys(record).find((key) => key.toLowerCase() === wanted);
  return found === undefined ? null : (record[found] ?? null);
}

/** A property deeper down: `at(server, "properties", "storage", "iops")`. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((current, name) => part(current, name), value);
}

export function text(value: unknown, ...path: readonly string[]): string | null {
  const found = at(value, ...path);
  return typeof found === "string" && found !== "" ? found : null;
}

/** Azure answers some numbers as strings (quota, storage sizes): those count too. */
export function number(value: unknown, ...path: readonly string[]): number | null {
  const found = at(value, ...path);
  if (typeof found === "number") return Number.isFinite(found) ? found : null;
  return typeof found === "string" && /^-?\d+(\.\d+)?$/.test(found) ? Number(found) : null;
}

/** `true`, `"Enabled"`, `"True"` and their opposites; null for any other word. */
export function flag(value: unknown, ...path: readonly string[]): boolean | null {
  const found = at(value, ...path);
  if (typeof found === "boolean") return found;
  if (typeof found !== "string") return null;
  if (/^(enabled|true)$/i.test(found)) return true;
  return /^(disabled|false)$/i.test(found) ? false : null;
}

/** An array, or an empty one. */
export function list(value: unknown, ...path: readonly string[]): readonly unknown[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? (found as readonly unknown[]) : [];
}

/** Names and texts; anything else inside is left out. `__proto__` stays an ordinary name. */
export function texts(value: unknown, ...path: readonly string[]): Readonly<Record<string, string>> {
  const found = at(value, ...path);
  if (typeof found !== "object" || found === null || Array.isArray(found)) return {};
  const pairs = Object.entries(found).filter((pair): pair is [string, string] => typeof pair[1] === "string");
  return Object.fromEntries(pairs);
}

/** ISO 8601 in any of the forms Azure writes, or null when it is no time. The text is kept as Azure wrote it. */
export function time(value: unknown, ...path: readonly string[]): string | null {
  const found = text(value, ...path);
  return found !== null && !Number.isNaN(Date.parse(found)) ? found : null;
}
