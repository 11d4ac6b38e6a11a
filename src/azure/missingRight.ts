import type { AzureError } from "./ports.ts";

/** Said with every 403: the role may be there, only not switched on (issue: a 403 also suggests an eligible role). */
export const pimHint = "If you have an eligible role, activate it in Privileged Identity Management and try again.";

/** Action and scope out of ARM's AuthorizationFailed sentence, with the least built-in role that holds the action. */
export function missingRight(message: string): AzureError["missing"] {
  const match = /perform action '([^']{1,300})' over scope '([^']{1,2000})'/.exec(message);
  if (!match) return null;
  return { action: match[1]!, scope: match[2]!, role: leastRole(match[1]!) };
}

/**
 * Built-in roles by the actions they hold. Sources: reference/features-and-corrections.md (PostgreSQL has no narrower
 * built-in role that may change servers than Contributor) and reference/ecosystem.md 4.6.
 */
const roles: readonly (readonly [RegExp, string])[] = [
  [/^Microsoft\.Insights\/.*\/read$/i, "Monitoring Reader"],
  [/^Microsoft\.Authorization\/locks\//i, "Owner"],
  [/^Microsoft\.Storage\/storageAccounts\/(?!listkeys).*(write|delete|action)$/i, "Storage Account Contributor"],
  [/^Microsoft\.KeyVault\/vaults\/keys\/read$/i, "Reader"],
  [/^Microsoft\.Resources\/tags\/write$/i, "Tag Contributor"],
  [/\/read$/i, "Reader"],
  [/^Microsoft\.DBforPostgreSQL\//i, "Contributor"],
];

export function leastRole(action: string): string | null {
  return roles.find(([actions]) => actions.test(action))?.[1] ?? null;
}
