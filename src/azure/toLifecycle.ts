import type { ImmutabilitySummary, LifecycleSummary } from "./ports.ts";
import { at, flag, list, number, part, text } from "./json.ts";

type Rule = LifecycleSummary["rules"][number];

/** A management policy as GET answers it (`properties.policy.rules`). */
export function toLifecycle(json: unknown): LifecycleSummary {
  return { rules: list(json, "properties", "policy", "rules").map(toRule) };
}

function toRule(rule: unknown): Rule {
  const base = at(rule, "definition", "actions", "baseBlob");
  return {
    name: text(rule, "name") ?? "",
    // `enabled` is optional and defaults to true [spec: ManagementPolicyRule].
    enabled: flag(rule, "enabled") ?? true,
    prefixes: list(rule, "definition", "filters", "prefixMatch").filter((prefix) => typeof prefix === "string"),
    coolAfterDays: days(part(base, "tierToCool")),
    coldAfterDays: days(part(base, "tierToCold")),
    archiveAfterDays: days(part(base, "tierToArchive")),
    deleteAfterDays: days(part(base, "delete")),
    basis: basis(base),
  };
}

const conditions = [
  ["daysAfterModificationGreaterThan", "modified"],
  ["daysAfterLastAccessTimeGreaterThan", "lastAccess"],
  ["daysAfterCreationGreaterThan", "created"],
] as const;

function days(action: unknown): number | null {
  for (const [name] of conditions) {
    const found = number(action, name);
    if (found !== null) return found;
  }
  return null;
}

function basis(base: unknown): Rule["basis"] {
  const actions = ["tierToCool", "tierToCold", "tierToArchive", "delete"].map((name) => part(base, name));
  return conditions.find(([name]) => actions.some((action) => number(action, name) !== null))?.[1] ?? "modified";
}

/** Pages of `blobContainers.list`, each container with its legal hold and immutability policy. */
export function toImmutability(pages: readonly unknown[]): ImmutabilitySummary {
  return { containers: pages.flatMap((page) => list(page, "value")).map(toContainer) };
}

function toContainer(json: unknown): ImmutabilitySummary["containers"][number] {
  const policy = at(json, "properties", "immutabilityPolicy", "properties");
  const state = text(policy, "state");
  return {
    name: text(json, "name") ?? "",
    legalHold:
      flag(json, "properties", "hasLegalHold") ?? flag(json, "properties", "legalHold", "hasLegalHold") ?? false,
    policy: state === null ? null : { state, days: number(policy, "immutabilityPeriodSinceCreationInDays") ?? 0 },
  };
}
