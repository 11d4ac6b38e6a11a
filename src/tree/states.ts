import type { Icon } from "./row.ts";

export interface StateLook {
  /** As shown: `Stopped`. Words Azure may add later are shown as they are. */
  readonly word: string;
  readonly icon: Icon;
  /** Azure is at work on it; nothing else can be started. */
  readonly moving: boolean;
}

const moving = { icon: { name: "sync~spin", color: "charts.blue" }, moving: true };

/** Each of Azure's ten server states has its own shape or word; color only helps. */
const looks: Readonly<Record<string, StateLook>> = {
  ready: { word: "Ready", icon: { name: "vm-running", color: "charts.green" }, moving: false },
  stopped: { word: "Stopped", icon: { name: "vm-outline", color: null }, moving: false },
  starting: { word: "Starting", ...moving },
  stopping: { word: "Stopping", ...moving },
  updating: { word: "Updating", ...moving },
  restarting: { word: "Restarting", ...moving },
  provisioning: { word: "Provisioning", ...moving },
  dropping: { word: "Dropping", icon: { name: "trash", color: "charts.orange" }, moving: true },
  inaccessible: { word: "Inaccessible", icon: { name: "lock", color: "charts.red" }, moving: false },
  disabled: { word: "Disabled", icon: { name: "circle-slash", color: "charts.red" }, moving: false },
};

export function lookOf(state: string | null): StateLook {
  const known = state === null ? undefined : looks[state.toLowerCase()];
  return known ?? { word: state ?? "State unknown", icon: { name: "question", color: null }, moving: false };
}

export function isState(state: string | null, word: string): boolean {
  return state?.toLowerCase() === word.toLowerCase();
}
