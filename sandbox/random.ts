/** Deterministic numbers: the same seed and the same words always give the same answer, on every machine. */
export interface Random {
  /** In [0, 1). */
  next(): number;
  /** Whole number in [from, to]. */
  integer(from: number, to: number): number;
  pick<T>(items: readonly T[]): T;
  /** True with this probability. */
  chance(probability: number): boolean;
}

/** A stream of numbers from a seed (mulberry32, public domain). */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    return scramble(state);
  };
  return {
    next,
    integer: (from, to) => from + Math.floor(next() * (to - from + 1)),
    pick: (items) => items[Math.floor(next() * items.length)] as (typeof items)[number],
    chance: (probability) => next() < probability,
  };
}

/** FNV-1a, 32 bits. */
export function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  return value >>> 0;
}

/** A number in [0, 1) for one point, without a stream: for time series that are read in any order. */
export function noise(seed: number, index: number): number {
  return scramble((seed ^ Math.imul(index | 0, 0x9e3779b1)) >>> 0);
}

/** A GUID that depends on the words alone. */
export function guidOf(text: string): string {
  const hex = hexOf(text, 32);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
}

/** Hexadecimal digits, e.g. for the version of a key (32) or an ETag (16). */
export function hexOf(text: string, length: number): string {
  let hex = "";
  for (let part = 0; hex.length < length; part++) hex += digits(`${part}#${text}`);
  return hex.slice(0, length);
}

/** Eight digits; scrambled, because words that differ in one letter would otherwise look alike. */
function digits(text: string): string {
  return Math.floor(scramble(hash(text)) * 4294967296)
    .toString(16)
    .padStart(8, "0");
}

function scramble(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 15), value | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
}
