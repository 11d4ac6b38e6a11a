import { createHash } from "node:crypto";
import { virtualNow } from "./clock.ts";
import { withGraphLag } from "./graphLag.ts";
import type { EventHandler, ScheduledEvent, State, World } from "./types.ts";

/** The world with what only the kernel may do. */
export interface KernelWorld extends World {
  /** Applies what is due by now, each event at its own virtual time, in order. */
  runDue(): void;
  /** True once since the last call when something changed. */
  takeChanged(): boolean;
}

export interface WorldOptions {
  readonly state: State;
  readonly handlers: Readonly<Record<string, EventHandler>>;
  readonly realNow: () => number;
}

export function createWorld({ state, handlers, realNow }: WorldOptions): KernelWorld {
  let changed = false;
  let eventTime: number | null = null;
  const world: KernelWorld = {
    state,
    now: () => eventTime ?? virtualNow(state, realNow()),
    get speed() {
      return state.clock.speed;
    },
    changed: () => void (changed = true),
    takeChanged: () => {
      const was = changed;
      changed = false;
      return was;
    },
    newId: () => {
      changed = true;
      state.counter += 1;
      return guid(`${state.seed}:${state.counter}`);
    },
    schedule: (event) => {
      changed = true;
      insert(state.schedule, event);
    },
    retryAfter: (azureSeconds) => String(Math.max(1, Math.ceil(azureSeconds / state.clock.speed))),
    runDue: () => {
      const until = virtualNow(state, realNow());
      for (let next = state.schedule[0]; next && next.at <= until; next = state.schedule[0]) {
        state.schedule.shift();
        changed = true;
        eventTime = next.at;
        try {
          withGraphLag(world, next.resourceId, () => handlers[next.kind]?.(next, world));
        } finally {
          eventTime = null;
        }
      }
    },
  };
  return world;
}

/** Sorted by time; what was scheduled first at the same time happens first. */
function insert(schedule: ScheduledEvent[], event: ScheduledEvent): void {
  const later = schedule.findIndex((other) => other.at > event.at);
  schedule.splice(later < 0 ? schedule.length : later, 0, event);
}

function guid(source: string): string {
  const hex = createHash("sha256").update(source).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
