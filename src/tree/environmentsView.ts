import * as vscode from "vscode";
import { plainText } from "../environments/text.ts";
import { ContextKey } from "../platform/contextKey.ts";
import { Disposables } from "../platform/disposable.ts";
import { errorText } from "../platform/errors.ts";
import type { InventoryChange } from "../inventory/inventory.ts";
import type { DisplayStore } from "./displayStore.ts";
import type { Facts } from "./facts.ts";
import { fleetRows, shownEnvironments } from "./fleetRows.ts";
import { age, plural } from "./format.ts";
import { isOpen } from "./operationRows.ts";
import type { RowNode } from "./rowNode.ts";
import { RowTreeDataProvider } from "./rowTreeDataProvider.ts";
import type { Session } from "./session.ts";
import { sessionFacts } from "./sessionFacts.ts";
import type { Sessions } from "./sessions.ts";
import { lookOf } from "./states.ts";
import { freshness, viewState } from "./viewState.ts";

interface Deps {
  readonly sessions: Sessions;
  readonly display: DisplayStore;
  /** Runs what nobody waits for; its failures go to the log. */
  readonly quietly: (name: string, action: () => unknown) => void;
}

/** The view *Environments*: connects when it is first looked at, then follows the inventory by its events. */
export class EnvironmentsView implements vscode.Disposable {
  private readonly owned = new Disposables();
  private readonly provider = this.owned.add(new RowTreeDataProvider());
  readonly view: vscode.TreeView<RowNode>;
  private readonly deps: Deps;
  private following = new Disposables();
  private facts: Facts | null = null;
  private readonly closedGroups = new Set<string>();
  private readonly state = new ContextKey<string>("engram.state");
  private readonly sandbox = new ContextKey<boolean>("engram.sandbox");
  private readonly filtered = new ContextKey<boolean>("engram.filtered");

  constructor(deps: Deps) {
    this.deps = deps;
    this.view = this.owned.add(
      vscode.window.createTreeView("engram.environments", {
        treeDataProvider: this.provider,
        canSelectMany: true,
        showCollapseAll: true,
      }),
    );
    this.owned.add(deps.sessions.onDidChange(() => this.follow()));
    this.owned.add(deps.display.onDidChange(() => this.render()));
    this.owned.add(this.view.onDidChangeVisibility(() => this.look()));
    this.owned.add(this.view.onDidExpandElement(({ element }) => this.opened(element)));
    this.owned.add(this.view.onDidCollapseElement(({ element }) => this.closed(element)));
    const timer = setInterval(() => this.header(), 10_000);
    this.owned.add({ dispose: () => clearInterval(timer) });
    this.look();
    this.render();
  }

  /** The node of an environment or resource, as far as it was shown. */
  find(id: string): RowNode | null {
    return this.provider.find(id);
  }

  dispose(): void {
    this.following.dispose();
    this.owned.dispose();
  }

  /** Nothing is connected, loaded or polled before somebody looks. */
  private look(): void {
    const { sessions, quietly } = this.deps;
    sessions.current?.inventory.setVisible(this.view.visible ? "visible" : "hidden");
    if (this.view.visible && sessions.connection.kind === "none") quietly("connect", () => sessions.open());
  }

  private follow(): void {
    this.following.dispose();
    this.following = new Disposables();
    const session = this.deps.sessions.current;
    this.facts = session === null ? null : sessionFacts(session);
    if (session !== null) this.followSession(session);
    this.render();
  }

  private followSession(session: Session): void {
    const { inventory, operations } = session;
    inventory.setVisible(this.view.visible ? "visible" : "hidden");
    this.following.add(inventory.onDidChange((change) => this.render(change)));
    this.following.add(operations.onDidChange((id) => this.operationChanged(session, id)));
    this.deps.quietly("load", async () => {
      await inventory.load();
      await this.readPrices(session);
    });
  }

  /** Prices are for tooltips and sorting: they come after everything else. */
  private async readPrices({ inventory, prices }: Session): Promise<void> {
    const locations = new Set(inventory.snapshot.environments.map(({ location }) => location));
    await Promise.all([...locations].map((location) => prices.table(location)));
    this.render();
  }

  private operationChanged(session: Session, id: string): void {
    const record = session.operations.get(id);
    this.render({ environments: record ? [record.environmentId] : [] });
    // What the operation changed is read from the resource itself: the graph lags.
    if (record && !isOpen(record))
      this.deps.quietly("refresh after operation", () => session.inventory.refreshEnvironment(record.environmentId));
  }

  private opened({ row, id }: RowNode): void {
    this.closedGroups.delete(id);
    const session = this.deps.sessions.current;
    const environmentId = row.target?.environmentId;
    if (row.tokens.includes("group")) this.showMetrics();
    else if (session !== null && environmentId)
      this.deps.quietly("details", () => session.inventory.details(environmentId));
  }

  private closed({ row, id }: RowNode): void {
    if (!row.tokens.includes("group")) return;
    this.closedGroups.add(id);
    this.showMetrics();
  }

  /** Utilization is billed per call: only what stands in open groups is measured. */
  private showMetrics(): void {
    const { facts } = this;
    if (facts === null) return;
    const groups = fleetRows(facts, this.deps.display.current).filter(({ tokens }) => tokens.includes("group"));
    const hidden = groups.filter(({ id }) => this.closedGroups.has(id));
    const all = hidden.length === 0 || this.deps.display.current.filters.includes("overLevel");
    const hiddenIds = new Set(hidden.flatMap(({ children }) => (children?.() ?? []).map(({ id }) => id)));
    const ids = facts.environments.map(({ id }) => id).filter((id) => !hiddenIds.has(id));
    this.deps.sessions.current?.inventory.setShown(all ? "all" : ids);
  }

  private render(change: InventoryChange = { environments: "all" }): void {
    const { facts } = this;
    const { environments } = change;
    const touched = environments === "all" ? () => true : (id: string) => environments.includes(id);
    if (facts === null) this.provider.show([]);
    else this.provider.show(fleetRows(facts, this.deps.display.current), touched);
    this.moving();
    this.contexts();
    this.header();
  }

  /** Servers in motion are read every few seconds. */
  private moving(): void {
    const servers = (this.facts?.environments ?? []).flatMap(({ server, replicas }) => [server, ...replicas]);
    const ids = servers.filter((one) => one !== null && lookOf(one.state).moving).map((one) => one?.id ?? "");
    this.deps.sessions.current?.inventory.setMoving(ids);
  }

  private contexts(): void {
    const { sessions, display } = this.deps;
    const session = sessions.current;
    const { connection } = sessions;
    this.sandbox.set(sessions.world === "sandbox");
    this.filtered.set(display.current.filters.length > 0);
    this.state.set(
      viewState({
        connection: connection.kind,
        failure: connection.kind === "failed" ? connection.error : null,
        snapshot: session?.inventory.snapshot ?? null,
        accounts: session?.access.accounts() ?? null,
        subscriptions: session?.access.subscriptions() ?? null,
        shown: this.facts === null ? 0 : shownEnvironments(this.facts, display.current).length,
      }),
    );
  }

  private header(): void {
    const { sessions, display } = this.deps;
    const session = sessions.current;
    const snapshot = session?.inventory.snapshot ?? null;
    const ageOf = (iso: string): string | null => age(iso, session?.now() ?? new Date());
    const asOf = snapshot?.asOf ? ageOf(snapshot.asOf) : null;
    const filters = display.current.filters.length > 0 ? "filtered" : null;
    const parts = [sessions.world === "sandbox" ? "SANDBOX" : null, asOf === null ? null : `as of ${asOf}`, filters];
    this.view.description = parts.filter((part) => part !== null).join(" · ");
    const { connection } = sessions;
    const failure = connection.kind === "failed" ? plainText(errorText(connection.error)) : null;
    this.view.message = failure ?? freshness(snapshot, ageOf) ?? "";
    this.badge(session);
  }

  private badge(session: Session | null): void {
    const count = session?.operations.list().filter(isOpen).length ?? 0;
    this.view.badge = count === 0 ? undefined : { value: count, tooltip: plural(count, "operation") };
  }
}
