import * as vscode from "vscode";
import { contextValue, type Row } from "./row.ts";

const collapsible = {
  never: vscode.TreeItemCollapsibleState.None,
  closed: vscode.TreeItemCollapsibleState.Collapsed,
  open: vscode.TreeItemCollapsibleState.Expanded,
} as const;

/** VS Code's item for a row. The tooltip is left to `resolveTreeItem`: it is built when someone hovers. */
export function toTreeItem(row: Row): vscode.TreeItem {
  const item = new vscode.TreeItem(row.label, collapsible[row.expand]);
  item.id = row.id;
  item.description = row.description;
  item.iconPath = new vscode.ThemeIcon(
    row.icon.name,
    row.icon.color === null ? undefined : new vscode.ThemeColor(row.icon.color),
  );
  item.contextValue = contextValue(row.tokens);
  item.accessibilityInformation = { label: row.spoken };
  if (row.tooltip === null) item.tooltip = row.description === "" ? row.label : `${row.label}: ${row.description}`;
  return item;
}

/** Inert Markdown: no commands, no HTML, no icons. */
export function toTooltip(markdown: string): vscode.MarkdownString {
  const text = new vscode.MarkdownString(markdown);
  text.isTrusted = false;
  text.supportHtml = false;
  text.supportThemeIcons = false;
  return text;
}
