import type * as vscode from "vscode";
import { plainText } from "../environments/text.ts";
import { ContextKey } from "../platform/contextKey.ts";
import { Disposables } from "../platform/disposable.ts";
import { errorText } from "../platform/errors.ts";
import type { LazyTree } from "../platform/lazyTree.ts";
import type { DisplayStore } from "./displayStore.ts";
import type { Facts } from "./facts.ts";
import { fleetRows, shownEnvironments } from "./fleetRows.ts";
import { age, joined, plural } from "./format.ts";
import { isOpen } from "./operationRows.ts";
import type { Row } from "./row.ts";
import type { RowNode } from "./rowNode.ts";
import { RowTreeDataProvider } from "./rowTreeDataProvider.ts";
import type { Session } from "./session.ts";
import { sessionFacts } from "./sessionFacts.ts";
import type { Sessions } from "./sessions.ts";
import { isState, lookOf } from "./states.ts";
import { freshness, isOld, viewState } from "./viewState.ts";

interface Deps {
  readonly tree: LazyTree<RowNode>;
  readonly sessions: Sessions;
  readonly display: DisplayStore;
  /** Runs what nobody waits for; its failures go to the log. */
  readonly quietly: (name: string, action: () => unknown) => void;
}

/** So many stopped servers are asked when they will start; the others when they are opened. */
const stopClocks = 20;

/** The view *Environments*: connects when it is first looked at, then follows the inventory by its events. */
export class EnvironmentsView implements vscode.Disposable {
  private readonly owned = new Disposables();
  private readonly provider = this.owned.add(
    new RowTreeDataProvider({ rows: () => this.rows(), prepare: (row) => this.details(row) }),
  );
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
    this.view = deps.tree.show(this.provider);
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
    this.following.add(inventory.onDidChange(() => this.render()));
    this.following.add(operations.onDidChange((id) => this.operationChanged(session, id)));
    this.deps.quietly("load", async () => {
      await inventory.load();
      await Promise.all([this.readPrices(session), this.readStopClocks(inventory)]);
    });
  }

  /** Prices are for tooltips and sorting: they come after everything else. */
  private async readPrices({ inventory, prices }: Session): Promise<void> {
    const locations = new Set(inventory.snapshot.environments.map(({ location }) => location));
    await Promise.all([...locations].map((location) => prices.table(location)));
    this.render();
  }

  private operationChanged({ operations, inventory }: Session, id: string): void {
    this.render();
    const record = operations.get(id);
    if (record === null) return;
    // What the operation changes is read from the resource itself: the graph lags.
    this.deps.quietly("read after operation", async () => {
      await inventory.refreshEnvironment(record.environmentId);
      await this.readStopClocks(inventory);
    });
  }

  /** When Azure will start what is stopped stands in the row itself; it costs one request a stopped server. */
  private async readStopClocks(inventory: Session["inventory"]): Promise<void> {
    const stopped = inventory.snapshot.environments.filter(({ server }) => isState(server?.state ?? null, "Stopped"));
    const unread = stopped.filter(({ id }) => inventory.detailsNow(id) === null).slice(0, stopClocks);
    await Promise.all(unread.map(({ id }) => inventory.details(id)));
  }

  private opened({ row, id }: RowNode): void {
    if (!row.tokens.includes("group")) return;
    this.closedGroups.delete(id);
    this.showMetrics();
  }

  /** Keys, lifecycle, parameters: read when the environment is opened, before its children are shown. */
  private details(row: Row): Promise<unknown> | null {
    const session = this.deps.sessions.current;
    const id = row.target?.environmentId;
    if (session === null || !id || !row.tokens.includes("environment")) return null;
    return session.inventory
      .details(id)
      .catch((error: unknown) => this.deps.quietly("details", () => Promise.reject(error)));
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

  private render(): void {
    this.provider.changed();
    this.moving();
    this.contexts();
    this.header();
  }

  private rows(): readonly Row[] {
    return this.facts === null ? [] : fleetRows(this.facts, this.deps.display.current);
  }

  /** Servers in motion are read every few seconds. */
  private moving(): void {
    const servers = (this.facts?.environments ?? []).flatMap(({ server, replicas }) => [server, ...replicas]);
    const moving = servers.flatMap((one) => (one !== null && lookOf(one.state).moving ? one.id : []));
    const session = this.deps.sessions.current;
    const operated =
      session?.operations
        .list()
        .filter(isOpen)
        .flatMap(({ resources }) => resources.map(({ id }) => id)) ?? [];
    session?.inventory.setMoving([...new Set([...moving, ...operated])]);
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
    const some = snapshot !== null && (snapshot.environments.length > 0 || snapshot.problems.length > 0);
    const asOf = some && snapshot.asOf !== null ? ageOf(snapshot.asOf) : null;
    const again = isOld(snapshot, session?.now() ?? new Date()) ? ", being read again…" : "";
    this.view.description = joined([
      sessions.world === "sandbox" && "SANDBOX",
      asOf === null ? null : `as of ${asOf}${again}`,
      display.current.filters.length > 0 && "filtered",
    ]);
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
