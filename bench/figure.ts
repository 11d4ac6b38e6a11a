/** One measured figure. Every timing has a baseline measured in the same run, because machines and loads differ. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly baseline: number | null;
  /** value ÷ baseline. */
  readonly ratio: number | null;
  readonly goal: number | null;
  readonly goalOn: "value" | "ratio";
  /** Null without a goal. */
  readonly met: boolean | null;
}

interface Given {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly baseline?: number;
  readonly goal?: number;
  readonly goalOn?: "value" | "ratio";
  /** `least`: the goal is a lower bound. */
  readonly bound?: "most" | "least";
}

export function figure({ name, value, unit, baseline, goal, goalOn = "value", bound = "most" }: Given): Figure {
  const ratio = baseline === undefined || baseline === 0 ? null : value / baseline;
  const judged = goalOn === "value" ? value : ratio;
  const met = goal === undefined || judged === null ? null : bound === "most" ? judged <= goal : judged >= goal;
  return {
    name,
    value: tidy(value),
    unit,
    baseline: tidyOr(baseline),
    ratio: tidyOr(ratio),
    goal: goal ?? null,
    goalOn,
    met,
  };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((left, right) => left - right);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? Number.NaN)
    : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

/** Milliseconds of each of `rounds` runs; one more before them, to warm up, does not count. */
export async function timed(rounds: number, run: () => unknown): Promise<readonly number[]> {
  const times: number[] = [];
  for (let round = -1; round < rounds; round++) {
    const start = performance.now();
    await run();
    if (round >= 0) times.push(performance.now() - start);
  }
  return times;
}

function tidy(value: number): number {
  return Number(value.toPrecision(4));
}

function tidyOr(value: number | null | undefined): number | null {
  return value === null || value === undefined ? null : tidy(value);
}
