import { shortName } from "../environments/guardsScale.ts";
import type { ScaleTarget } from "../environments/scaleTargets.ts";

/**
 * Sizes that every one of several servers may take, in the first one's order. Each server is priced by its own
 * location, disk and standby: the figures are the sums; not known as soon as one of them is not, or in two currencies.
 */
export function commonTargets(lists: readonly (readonly ScaleTarget[])[]): readonly ScaleTarget[] {
  const [first = [], ...others] = lists;
  if (others.length === 0) return first;
  return first.flatMap((target) => {
    const same = others.map((list) => list.find(({ size }) => shortName(size.name) === shortName(target.size.name)));
    const all = [target, ...same.flatMap((one) => one ?? [])];
    return all.length === lists.length ? [merged(target, all)] : [];
  });
}

function merged(target: ScaleTarget, all: readonly ScaleTarget[]): ScaleTarget {
  const comparable = new Set(all.map(({ currency }) => currency)).size === 1;
  return {
    ...target,
    current: all.every(({ current }) => current),
    monthly: comparable ? sum(all.map(({ monthly }) => monthly)) : null,
    change: comparable ? sum(all.map(({ change }) => change)) : null,
    neighbour: all.every(({ neighbour }) => neighbour === target.neighbour) ? target.neighbour : "none",
  };
}

/** Null as soon as one figure is not known. */
export function sum(figures: readonly (number | null)[]): number | null {
  return figures.reduce((total, figure) => (total === null || figure === null ? null : total + figure), 0);
}
