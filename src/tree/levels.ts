import { thresholdOf, type Band, type Measure } from "../environments/bands.ts";
import { percent } from "./format.ts";
import type { Icon } from "./row.ts";

export const measureNames: Readonly<Record<Measure, string>> = {
  cpu: "CPU",
  memory: "Memory",
  storage: "Storage",
  connections: "Connections",
};

const icons: Readonly<Record<Band, Icon>> = {
  ok: { name: "pass", color: "charts.green" },
  warning: { name: "info", color: "charts.yellow" },
  alert: { name: "warning", color: "charts.orange" },
  critical: { name: "error", color: "charts.red" },
  unknown: { name: "dash", color: null },
};

export function bandIcon(band: Band): Icon {
  return icons[band];
}

/** `63 %`, `73 % alert`, `not measured`. */
export function measureText(value: number | null, band: Band): string {
  if (value === null) return "not measured";
  return isOver(band) ? `${percent(value)} ${band}` : percent(value);
}

/** `alert level is 70 %`; null where no level is crossed. */
export function levelText(measure: Measure, band: Band): string | null {
  const level = thresholdOf(measure, band);
  return level === null ? null : `${band} level is ${percent(level)}`;
}

export function isOver(band: Band): boolean {
  return band === "warning" || band === "alert" || band === "critical";
}
