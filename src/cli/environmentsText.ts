import { advisories } from "../environments/advisories.ts";
import { band, type Measure } from "../environments/bands.ts";
import { encryptionStatus } from "../environments/encryption.ts";
import type { AccountMetrics, Environment, Finding } from "../environments/model.ts";
import { monthlyCost } from "../environments/monthlyCost.ts";
import type { ReportFacts } from "../environments/report.ts";
import { terminalText } from "../environments/text.ts";
import { cellWidth, table } from "./table.ts";
import { wrapped } from "./wrap.ts";

export interface Reported {
  readonly environment: Environment;
  readonly facts: ReportFacts;
}

/** The table of the fleet and, below it, what needs somebody. `columns`: the terminal's, null in a pipe. */
export function environmentLines(reports: readonly Reported[], columns: number | null): readonly string[] {
  if (reports.length === 0) return [];
  const lines = fitting(reports, columns);
  const marked = lines.some((line) => /\d%[!*]/.test(line));
  const legend = marked ? ["* over the warning or alert level, ! over the critical level of the strategy"] : [];
  return [...lines, ...legend, ...needs(reports, columns)];
}

interface Column {
  readonly heading: string;
  readonly cell: (reported: Reported) => string;
  /** Left out of a terminal that is too narrow, the highest first; 0: always there. */
  readonly dropAt: number;
}

const columnsOf: readonly Column[] = [
  { heading: "NAME", cell: ({ environment }) => environment.name, dropAt: 0 },
  { heading: "CLASS", cell: ({ environment }) => environment.class, dropAt: 0 },
  { heading: "STATE", cell: ({ environment: { server } }) => server?.state ?? "–", dropAt: 0 },
  {
    heading: "SIZE",
    cell: ({ environment: { server } }) => server?.sku?.name.replace(/^Standard_/, "") ?? "–",
    dropAt: 0,
  },
  { heading: "GIB", cell: ({ environment: { server } }) => String(server?.storage?.sizeGiB ?? "–"), dropAt: 3 },
  measured("CPU", "cpu"),
  measured("MEM", "memory"),
  measured("DISK", "storage"),
  measured("CONN", "connections"),
  { heading: "BLOB", cell: ({ facts }) => bytes(facts.accountMetrics), dropAt: 4 },
  { heading: "KEYS", cell: owners, dropAt: 2 },
  { heading: "$/MONTH", cell: cost, dropAt: 1 },
  { heading: "LOCATION", cell: ({ environment }) => environment.location, dropAt: 5 },
];

function fitting(reports: readonly Reported[], columns: number | null): readonly string[] {
  for (let kept = 6; ; kept -= 1) {
    const chosen = columnsOf.filter(({ dropAt }) => dropAt < kept);
    const rows = reports.map((one) => chosen.map(({ cell }) => cell(one)));
    const lines = table([chosen.map(({ heading }) => heading), ...rows]);
    if (columns === null || kept === 1 || lines.every((line) => cellWidth(line) <= columns)) return lines;
  }
}

function measured(heading: string, measure: Measure): Column {
  const cell = ({ facts: { serverMetrics } }: Reported): string => {
    const value = serverMetrics?.[measure] ?? null;
    if (value === null) return "–";
    const level = band(measure, value);
    const mark = level === "critical" ? "!" : level === "ok" || level === "unknown" ? "" : "*";
    return `${Math.round(value * 100)}%${mark}`;
  };
  return { heading, cell, dropAt: 0 };
}

/** Decimal units, as Azure bills blobs. */
function bytes(metrics: AccountMetrics | null): string {
  if (!metrics?.tiersGB) return "–";
  const total = Object.values(metrics.tiersGB).reduce((sum, tier) => sum + tier, 0);
  return total >= 1000 ? `${(total / 1000).toFixed(1)} TB` : `${Math.round(total)} GB`;
}

function owners({ environment, facts }: Reported): string {
  const { server, account } = encryptionStatus(environment, facts.keys, facts.now);
  const word = { customerKey: "CMK", serviceKey: "svc", unknown: "?" };
  return `${word[server]}/${word[account]}`;
}

/** Server and replicas by list price; of another currency with its name. */
function cost({ environment, facts }: Reported): string {
  const month = monthlyCost(environment, () => facts.prices);
  if (month === null) return "–";
  const amount = String(Math.round(month.now)).replace(/\B(?=(\d{3})+$)/g, ",");
  return month.currency === "USD" ? amount : `${amount} ${month.currency}`;
}

/** Errors, then warnings; not every one of a large fleet. */
const shown = 12;

function needs(reports: readonly Reported[], columns: number | null): readonly string[] {
  const all = reports.flatMap((one) => findings(one).map((found) => ({ ...found, name: one.environment.name })));
  const order = { error: 0, warning: 1, info: 2 };
  const serious = all
    .filter(({ severity, code }) => severity === "error" || (severity === "warning" && pressing.has(code)))
    .sort((left, right) => order[left.severity] - order[right.severity]);
  if (serious.length === 0) return [];
  const rest = all.filter(({ severity }) => severity !== "info").length - Math.min(serious.length, shown);
  const lines = serious.slice(0, shown).map(({ severity, name, message }) => {
    const text = `${terminalText(name, 40)}: ${message}`;
    return `  ${severity === "error" ? "Error" : "Warning"}`.padEnd(11) + text;
  });
  const more = rest > 0 ? [`  ${rest} more with --json`] : [];
  return ["", "Needs attention", ...wrapped(lines, columns), ...more];
}

/** Warnings that grow worse by themselves; the others are in the JSON document and the extension. */
const pressing: ReadonlySet<string> = new Set([
  ...["keyExpires", "creditsLow", "startsByItself", "pinnedBehind", "autoGrowOff", "highAvailabilityNotHealthy"],
  ...["cpuAlert", "memoryAlert", "connectionsAlert", "storageAlert"],
]);

function findings({ environment, facts }: Reported): readonly Finding[] {
  const encryption = encryptionStatus(environment, facts.keys, facts.now).findings;
  return [...encryption, ...advisories(environment, { ...facts, metrics: facts.serverMetrics })];
}
