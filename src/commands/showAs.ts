import * as vscode from "vscode";
import { UserCancelledError } from "../platform/errors.ts";
import { pickOne, type Choice } from "../platform/prompts.ts";
import type { Filter, Grouping, Sorting } from "../tree/facts.ts";
import type { CommandContext, Handler } from "./context.ts";

/** How the tree is grouped in this workspace. */
export function groupBy({ display }: CommandContext): Handler {
  return async () => {
    const names: readonly (readonly [Grouping, string])[] = [
      ["class", vscode.l10n.t("Class")],
      ["subscription", vscode.l10n.t("Subscription")],
      ["location", vscode.l10n.t("Location")],
      ["none", vscode.l10n.t("No groups")],
    ];
    const group = await pickOne(marked(names, display.current.group), options(vscode.l10n.t("Group By")));
    await display.change({ group });
  };
}

/** In which order environments stand. */
export function sortBy({ display }: CommandContext): Handler {
  return async () => {
    const names: readonly (readonly [Sorting, string])[] = [
      ["name", vscode.l10n.t("Name")],
      ["price", vscode.l10n.t("Monthly list price, dearest first")],
    ];
    const sort = await pickOne(marked(names, display.current.sort), options(vscode.l10n.t("Sort By")));
    await display.change({ sort });
  };
}

/** Shows only environments for which one of the checked things is true. */
export function filter({ display }: CommandContext): Handler {
  return async () => {
    const names: readonly (readonly [Filter, string, string])[] = [
      ["stopped", vscode.l10n.t("Stopped"), vscode.l10n.t("The server does not run")],
      [
        "noCustomerKey",
        vscode.l10n.t("No customer key"),
        vscode.l10n.t("A plane is encrypted with the service’s own key"),
      ],
      [
        "overLevel",
        vscode.l10n.t("Over a level"),
        vscode.l10n.t("CPU, memory, storage or connections over warning, alert or critical"),
      ],
    ];
    const items = names.map(([value, label, detail]) => ({
      label,
      detail,
      value,
      picked: display.current.filters.includes(value),
    }));
    const picked = await vscode.window.showQuickPick(items, {
      ...options(vscode.l10n.t("Filter")),
      title: vscode.l10n.t("Filter"),
      placeHolder: vscode.l10n.t("Show only environments that are any of these; none checked shows all"),
      canPickMany: true,
    });
    if (picked === undefined) throw new UserCancelledError();
    await display.change({ filters: picked.map(({ value }) => value) });
  };
}

export function clearFilters({ display }: CommandContext): Handler {
  return () => display.change({ filters: [] });
}

function marked<T>(names: readonly (readonly [T, string])[], current: T): readonly Choice<T>[] {
  return names.map(([value, label]) => ({ label: value === current ? `$(check) ${label}` : label, value }));
}

function options(title: string): { readonly title: string; readonly placeholder: string } {
  return { title, placeholder: vscode.l10n.t("How the environments are shown in this workspace") };
}
