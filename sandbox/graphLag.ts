import type { Resource, State, World } from "./types.ts";

/** What the graph still shows of a resource: the copy from before a change, or null when there was none. */
interface Shadow {
  before: Resource | null;
  until: number;
}

/** `state.services.graphLag`, by ARM id in lower case. */
function shadows(state: State): Record<string, Shadow[]> {
  return (state.services["graphLag"] ??= {}) as Record<string, Shadow[]>;
}

/**
 * Resource Graph is eventually consistent: a change shows only after a while. The figure, 30 s plus up to 30 s that depend
 * on the id, is ours (features-and-corrections.md lists the real lag as unknown).
 */
export function graphLagOf(id: string): number {
  let sum = 0;
  for (const character of id.toLowerCase()) sum = (sum * 31 + character.charCodeAt(0)) % 30_000;
  return 30_000 + sum;
}

function keep(world: World, id: string, before: Resource | null): void {
  const key = id.toLowerCase();
  const now = world.now();
  const waiting = (shadows(world.state)[key] ?? []).filter((each) => each.until > now);
  shadows(world.state)[key] = [...waiting, { before, until: now + graphLagOf(id) }];
  world.changed();
}

/** Runs something that may change a resource; what it changes shows in the graph only after the lag. */
export function withGraphLag<T>(world: World, id: string, run: () => T): T {
  const key = id.toLowerCase();
  const current = world.state.resources[key];
  const before = JSON.stringify(current ?? null);
  const result = run();
  if (JSON.stringify(world.state.resources[key] ?? null) !== before)
    keep(world, id, JSON.parse(before) as Resource | null);
  return result;
}

/** The resource that an ARM write speaks about: the path without a trailing action such as `/stop`. */
export function targetOf(path: string): string {
  const match = /^(\/subscriptions\/[^/]+\/resourceGroups\/[^/]+)(\/providers\/[^/]+\/[^/]+\/[^/]+)?/i.exec(path);
  return match?.[0] ?? path;
}

/** Every resource as the graph shows it now, and forgets copies that no longer matter. */
export function graphView(world: World): Resource[] {
  const now = world.now();
  const store = shadows(world.state);
  const view = new Map(Object.entries(world.state.resources));
  for (const [key, waiting] of Object.entries(store)) {
    const shown = waiting.find((each) => each.until > now);
    if (!shown) delete store[key];
    else if (shown.before) view.set(key, shown.before);
    else view.delete(key);
  }
  return [...view.values()];
}
