import type { Finding } from "../environments/model.ts";
import type { InventorySnapshot } from "../inventory/inventory.ts";
import { markdownText, plainText } from "../environments/text.ts";
import { noTarget, row, type Icon, type Row } from "./row.ts";

type ScopeProblem = InventorySnapshot["problems"][number];

const severityIcons: Readonly<Record<Finding["severity"], Icon>> = {
  error: { name: "error", color: "charts.red" },
  warning: { name: "warning", color: "charts.yellow" },
  info: { name: "info", color: null },
};

/** One thing that is wrong with an environment: a row of its own, its whole text in the tooltip. */
export function findingRow(finding: Finding, parentId: string): Row {
  const message = plainText(finding.message);
  return row({
    id: `${parentId}|finding|${finding.code}|${hash(message)}`,
    label: message,
    icon: severityIcons[finding.severity],
    tokens: ["finding"],
    spoken: `${finding.severity}: ${message}`,
    tooltip: () =>
      joinedLines([
        markdownText(finding.message),
        finding.source === null ? null : `Source: ${markdownText(finding.source)}`,
        `\`${finding.code.replace(/[^\w.-]/g, "")}\``,
      ]),
  });
}

/** A part of Azure that could not be read: one warning row, never an empty tree. */
export function scopeRow(problem: ScopeProblem): Row {
  const signIn = problem.remedy === "signIn";
  const label = plainText(problem.label);
  const message = plainText(problem.message, 1000);
  return row({
    id: `problem|${problem.scope.toLowerCase()}|${problem.code}`,
    label,
    description: shortly(problem),
    icon: signIn ? { name: "account", color: "charts.yellow" } : { name: "warning", color: "charts.yellow" },
    tokens: signIn ? ["problem", "signIn"] : ["problem"],
    spoken: `warning: ${label}, ${message}`,
    tooltip: () =>
      joinedLines([`**${markdownText(problem.label)}**`, markdownText(problem.message, 1000), remedyText(problem)]),
    target: { ...noTarget, tenantId: problem.tenantId, resourceId: problem.scope },
  });
}

/** A row has room for a few words; the sentence is in its tooltip and what a screen reader says. */
function shortly({ remedy, code, message }: ScopeProblem): string {
  if (remedy === "signIn") return "needs a sign-in";
  return brief[code] ?? plainText(message);
}

const brief: Readonly<Record<string, string>> = {
  AuthorizationFailed: "no access · Reader needed",
  SubscriptionDisabled: "disabled in Azure",
  insightsNotRegistered: "no utilization · Microsoft.Insights not registered",
  monitoringReaderMissing: "utilization one by one · Monitoring Reader missing",
  serversNotMeasured: "some servers not measured · Monitoring Reader missing",
  accountsNotMeasured: "some accounts not measured · Monitoring Reader missing",
  metricsThrottled: "utilization read less often · throttled",
};

function remedyText({ remedy }: ScopeProblem): string | null {
  if (remedy === "signIn") return "Sign in to this tenant from the row's button.";
  if (remedy === "role")
    return "Ask for the role, or activate it if you are eligible for it (Privileged Identity Management).";
  return remedy === "retry" ? "Refresh to try again." : null;
}

function joinedLines(lines: readonly (string | null)[]): string {
  return lines.filter((line) => line !== null).join("\n\n");
}

/** Keeps two findings of one code apart; not for security. */
function hash(text: string): string {
  let value = 0;
  for (const character of text) value = (Math.imul(value, 31) + (character.codePointAt(0) ?? 0)) | 0;
  return (value >>> 0).toString(36);
}
