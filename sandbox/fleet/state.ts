import type { State } from "../types.ts";

/** A state without resources whose virtual clock shows the real time and runs at its speed. */
export function emptyState({ seed, realNow }: { readonly seed: number; readonly realNow: number }): State {
  return {
    version: 1,
    seed,
    clock: { realEpoch: realNow, virtualEpoch: realNow, speed: 1 },
    tenants: [],
    subscriptions: [],
    resources: {},
    operations: {},
    schedule: [],
    activity: [],
    services: {},
    counter: 0,
  };
}

/** The order that the kernel and the activity log rely on. */
export function inOrder(state: State): State {
  state.schedule.sort((left, right) => left.at - right.at);
  state.activity.sort((left, right) => left.at - right.at);
  return state;
}
