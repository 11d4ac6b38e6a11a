import { isObject } from "./arm.ts";

const maximumRules = 100;
const tierActions = ["tierToCool", "tierToCold", "tierToArchive", "tierToHot", "delete"];
const ages = [
  "daysAfterModificationGreaterThan",
  "daysAfterLastAccessTimeGreaterThan",
  "daysAfterCreationGreaterThan",
  "daysAfterLastTierChangeGreaterThan",
];

/**
 * Why a lifecycle policy would be refused, or null. Shape: the document's ManagementPolicySchema; at most 100 rules and
 * unique names: azure-docs:articles/storage/blobs/lifecycle-management-overview.md. The wording is ours.
 */
export function lifecycleProblem(policy: unknown): string | null {
  const rules = isObject(policy) ? policy["rules"] : null;
  if (!Array.isArray(rules) || rules.length === 0) return "policy.rules must be a list with at least one rule.";
  if (rules.length > maximumRules) return `A policy has at most ${maximumRules} rules.`;
  const names = rules.map((rule) => (isObject(rule) ? String(rule["name"]) : ""));
  if (new Set(names.map((name) => name.toLowerCase())).size !== names.length) return "Rule names must be unique.";
  return rules.map(ruleProblem).find((problem) => problem !== null) ?? null;
}

function ruleProblem(rule: unknown): string | null {
  if (!isObject(rule)) return "A rule must be an object.";
  const name = String(rule["name"] ?? "");
  if (name === "") return "A rule must have a name.";
  if (rule["type"] !== "Lifecycle") return `Rule ${name}: type must be Lifecycle.`;
  const definition = isObject(rule["definition"]) ? rule["definition"] : {};
  const filters = isObject(definition["filters"]) ? definition["filters"] : {};
  if (!Array.isArray(filters["blobTypes"]) || filters["blobTypes"].length === 0)
    return `Rule ${name}: filters.blobTypes is required.`;
  const actions = isObject(definition["actions"]) ? definition["actions"] : {};
  const base = isObject(actions["baseBlob"]) ? actions["baseBlob"] : {};
  if (Object.keys(actions).length === 0) return `Rule ${name}: at least one action is required.`;
  return actionProblem(name, base);
}

function actionProblem(rule: string, base: Record<string, unknown>): string | null {
  const unknown = Object.keys(base).find((key) => !tierActions.includes(key) && key !== "enableAutoTierToHotFromCool");
  if (unknown) return `Rule ${rule}: '${unknown}' is no action.`;
  for (const action of tierActions) {
    const when = base[action];
    if (!isObject(when)) continue;
    const days = ages.map((age) => when[age]).filter((value) => value !== undefined);
    if (days.length === 0) return `Rule ${rule}: ${action} needs a number of days.`;
    if (days.some((value) => typeof value !== "number" || value < 0)) return `Rule ${rule}: days must not be negative.`;
  }
  return null;
}
