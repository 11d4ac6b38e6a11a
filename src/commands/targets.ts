import * as vscode from "vscode";
import type { Environment } from "../environments/model.ts";
import { plainText } from "../environments/text.ts";
import { pickOne, type Choice } from "../platform/prompts.ts";
import { environmentRow } from "../tree/environmentRow.ts";
import type { Target } from "../tree/row.ts";
import type { Session } from "../tree/session.ts";
import { sessionFacts } from "../tree/sessionFacts.ts";

/** The rows a command was started from: all selected ones when the clicked one is among them. */
export function targetsOf(args: readonly unknown[]): readonly Target[] {
  const [clicked, selected] = args;
  const one = targetOf(clicked);
  const all = Array.isArray(selected) ? selected.map(targetOf) : [];
  const chosen = one !== null && !all.includes(one) ? [one] : all;
  return chosen.filter((target) => target !== null);
}

function targetOf(node: unknown): Target | null {
  const row = field(node, "row");
  const target = field(row, "target");
  return typeof target === "object" && target !== null && "environmentId" in target ? (target as Target) : null;
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && name in value ? (value as Record<string, unknown>)[name] : null;
}

export interface Wanted {
  readonly title: string;
  readonly fits: (environment: Environment) => boolean;
  /** Said when no environment fits. */
  readonly none: string;
}

/** The environments of the rows, of ids or names given as arguments, or one picked from a list. */
export async function environmentsFor(
  session: Session,
  args: readonly unknown[],
  wanted: Wanted,
): Promise<readonly Environment[]> {
  const named = args.filter((arg) => typeof arg === "string");
  if (named.length > 0) return named.map((name) => session.inventory.find(name));
  const ids = targetsOf(args).flatMap(({ environmentId }) => environmentId ?? []);
  if (ids.length > 0) return [...new Set(ids)].map((id) => session.inventory.find(id));
  return [await pickEnvironment(session, wanted)];
}

async function pickEnvironment(session: Session, { title, fits, none }: Wanted): Promise<Environment> {
  if (session.inventory.snapshot.environments.length === 0) await session.inventory.refresh();
  const facts = sessionFacts(session);
  const fitting = facts.environments.filter(fits);
  if (fitting.length === 0) throw new Error(none);
  const items = fitting
    .toSorted((left, right) => left.name.localeCompare(right.name, "en", { numeric: true }))
    .map((environment): Choice<Environment> => {
      const row = environmentRow(environment, facts, { group: "none" });
      return {
        label: row.label,
        description: row.description,
        detail: plainText(`${environment.subscription.name} / ${environment.resourceGroup}`),
        iconPath: new vscode.ThemeIcon(row.icon.name),
        value: environment,
      };
    });
  const placeholder = session.sandbox
    ? vscode.l10n.t("SANDBOX: choose an environment")
    : vscode.l10n.t("Choose an environment");
  return pickOne(items, { title, placeholder });
}
