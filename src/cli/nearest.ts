/** The candidate that was most likely meant by a misspelt word; null when none is near. Letter case is ignored. */
export function nearest(word: string, candidates: readonly string[]): string | null {
  const wanted = word.slice(0, longest).toLowerCase();
  const limit = Math.max(1, Math.floor(wanted.length / 3));
  const ranked = candidates
    .map((candidate) => ({ candidate, far: distance(wanted, candidate.slice(0, longest).toLowerCase()) }))
    .filter(({ far }) => far <= limit)
    .sort((left, right) => left.far - right.far);
  return ranked[0]?.candidate ?? null;
}

/** ` Did you mean "stop"?`, or nothing. */
export function didYouMean(word: string, candidates: readonly string[]): string {
  const found = nearest(word, candidates);
  return found === null ? "" : ` Did you mean "${found}"?`;
}

/** Names are short; a hostile one must not cost seconds. */
const longest = 80;

/** Levenshtein's distance, two neighbours swapped counting once (optimal string alignment). */
function distance(left: string, right: string): number {
  const rows: number[][] = [Array.from({ length: right.length + 1 }, (_, index) => index)];
  for (let at = 1; at <= left.length; at += 1) {
    const row = [at];
    for (let to = 1; to <= right.length; to += 1) row.push(cheapest({ left, right, at, to, row, rows }));
    rows.push(row);
  }
  return rows.at(-1)?.at(-1) ?? 0;
}

interface Cell {
  readonly left: string;
  readonly right: string;
  readonly at: number;
  readonly to: number;
  readonly row: readonly number[];
  readonly rows: readonly (readonly number[])[];
}

function cheapest({ left, right, at, to, row, rows }: Cell): number {
  const above = rows[at - 1] ?? [];
  const changed = (above[to - 1] ?? 0) + (left[at - 1] === right[to - 1] ? 0 : 1);
  const swapped =
    at > 1 && to > 1 && left[at - 1] === right[to - 2] && left[at - 2] === right[to - 1]
      ? (rows[at - 2]?.[to - 2] ?? 0) + 1
      : changed;
  return Math.min(changed, swapped, (above[to] ?? 0) + 1, (row[to - 1] ?? 0) + 1);
}
