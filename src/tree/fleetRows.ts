import { bands } from "../environments/bands.ts";
import type { Environment } from "../environments/model.ts";
import { plainText } from "../environments/text.ts";
import { environmentRow } from "./environmentRow.ts";
import type { Display, Facts, Filter, Grouping } from "./facts.ts";
import { plural } from "./format.ts";
import { isOver } from "./levels.ts";
import { monthlyCost } from "./price.ts";
import { scopeRow } from "./problemRows.ts";
import { row, type Row } from "./row.ts";
import { isState } from "./states.ts";
import { classWord } from "./words.ts";

/** The whole view: the environments as the person wants them shown, below them what could not be read. */
export function fleetRows(facts: Facts, display: Display): readonly Row[] {
  const shown = sorted(shownEnvironments(facts, display), facts, display);
  // A tree without a row shows the welcome text, which says that the filters leave nothing and clears them.
  if (shown.length === 0 && display.filters.length > 0) return [];
  const problems = facts.problems.map(scopeRow);
  if (display.group === "none") return [...shown.map((one) => environmentRow(one, facts, display)), ...problems];
  return [...groups(shown, display.group).map((group) => groupRow(group, facts, display)), ...problems];
}

export function shownEnvironments(facts: Facts, display: Pick<Display, "filters">): readonly Environment[] {
  if (display.filters.length === 0) return facts.environments;
  return facts.environments.filter((one) => display.filters.some((filter) => tests[filter](one, facts)));
}

const tests: Readonly<Record<Filter, (environment: Environment, facts: Facts) => boolean>> = {
  stopped: ({ server }) => isState(server?.state ?? null, "Stopped"),
  noCustomerKey: ({ server, account }) =>
    [server?.encryption.owner, account?.encryption.owner].some((owner) => owner === "serviceKey"),
  overLevel: ({ server }, facts) =>
    server !== null && Object.values(bands(facts.serverMetrics(server.id))).some(isOver),
};

interface Group {
  readonly key: string;
  readonly label: string;
  readonly environments: readonly Environment[];
}

const classOrder: readonly string[] = ["prod", "uat", "test", "dev", "unknown"];

function groups(environments: readonly Environment[], by: Exclude<Grouping, "none">): readonly Group[] {
  const found = new Map<string, Environment[]>();
  for (const one of environments) {
    const key = groupKey(one, by);
    found.set(key, [...(found.get(key) ?? []), one]);
  }
  const list = [...found].map(([key, members]) => ({ key, label: groupLabel(members, by), environments: members }));
  return list.sort((left, right) =>
    by === "class"
      ? classOrder.indexOf(left.key) - classOrder.indexOf(right.key)
      : left.label.localeCompare(right.label, "en"),
  );
}

function groupKey(one: Environment, by: Exclude<Grouping, "none">): string {
  if (by === "class") return one.class;
  return by === "subscription" ? one.subscription.id.toLowerCase() : one.location.toLowerCase();
}

function groupLabel([first]: readonly Environment[], by: Exclude<Grouping, "none">): string {
  if (first === undefined) return "";
  if (by === "class") return classWord(first);
  return plainText(by === "subscription" ? first.subscription.name : first.location);
}

const groupIcons = { class: "tag", subscription: "azure", location: "globe" } as const;

function groupRow(group: Group, facts: Facts, display: Display): Row {
  const by = display.group === "none" ? "class" : display.group;
  const guarded = by === "class" && group.key === "unknown" ? "treated as prod" : null;
  const count = plural(group.environments.length, "environment");
  return row({
    id: `group|${by}|${group.key}`,
    label: group.label,
    description: guarded === null ? String(group.environments.length) : `${group.environments.length} · ${guarded}`,
    icon: { name: groupIcons[by], color: null },
    tokens: ["group"],
    spoken: `${by} ${group.label}, ${guarded === null ? count : `${count}, ${guarded}`}`,
    expand: "open",
    children: () => group.environments.map((one) => environmentRow(one, facts, display)),
  });
}

function sorted(environments: readonly Environment[], facts: Facts, { sort }: Display): readonly Environment[] {
  const price = (one: Environment): number => monthlyCost(one, facts)?.now ?? -1;
  return [...environments].sort((left, right) => {
    const byPrice = sort === "price" ? price(right) - price(left) : 0;
    return byPrice || left.name.localeCompare(right.name, "en", { numeric: true }) || left.id.localeCompare(right.id);
  });
}
