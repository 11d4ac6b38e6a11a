import * as vscode from "vscode";
import { defaultDisplay, type Display, type Filter, type Grouping, type Sorting } from "./facts.ts";

const key = "engram.display";

/** How the tree is shown in this workspace. What the memento holds is not believed unread. */
export class DisplayStore implements vscode.Disposable {
  private readonly memento: Pick<vscode.Memento, "get" | "update">;
  private readonly changed = new vscode.EventEmitter<Display>();
  readonly onDidChange = this.changed.event;
  private display: Display;

  constructor(memento: Pick<vscode.Memento, "get" | "update">) {
    this.memento = memento;
    this.display = valid(memento.get(key));
  }

  get current(): Display {
    return this.display;
  }

  async change(patch: Partial<Display>): Promise<void> {
    this.display = { ...this.display, ...patch };
    this.changed.fire(this.display);
    await this.memento.update(key, this.display);
  }

  dispose(): void {
    this.changed.dispose();
  }
}

const groupings: readonly Grouping[] = ["class", "subscription", "location", "none"];
const filters: readonly Filter[] = ["stopped", "noCustomerKey", "overLevel"];
const sortings: readonly Sorting[] = ["name", "price"];

function valid(stored: unknown): Display {
  if (typeof stored !== "object" || stored === null) return defaultDisplay;
  const { group, filters: chosen, sort } = stored as Readonly<Record<string, unknown>>;
  return {
    group: groupings.find((one) => one === group) ?? defaultDisplay.group,
    filters: Array.isArray(chosen) ? filters.filter((one) => chosen.includes(one)) : defaultDisplay.filters,
    sort: sortings.find((one) => one === sort) ?? defaultDisplay.sort,
  };
}
