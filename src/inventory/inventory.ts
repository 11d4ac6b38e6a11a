import { AzureError, type Azure, type ScopeProblem } from "../azure/ports.ts";
import { Emitter } from "../environments/event.ts";
import type { AccountMetrics, Environment, Server, ServerMetrics, Subscription } from "../environments/model.ts";
import type { Pins } from "../environments/recognise.ts";
import { readCache, writeCache, type CacheStore } from "./cache.ts";
import { loadDetails, type EnvironmentDetails } from "./details.ts";
import { findEnvironment } from "./find.ts";
import { Poller, realTimers, type Timers } from "./poller.ts";
import { SharedRun } from "./shared.ts";
import { ResourceStore, type Changed, type Listing } from "./store.ts";
import { Utilization } from "./utilization.ts";

export interface InventoryDeps {
  readonly azure: Azure;
  readonly cache: CacheStore;
  /** The team's file, read anew at every refresh. */
  readonly pins: () => Pins;
  /** One redacted line for the output channel. */
  readonly log: (line: string) => void;
  /** Real timers unless a test brings its own. */
  readonly timers?: Timers;
}

export interface InventorySnapshot {
  readonly environments: readonly Environment[];
  /** Parts of Azure that could not be read; one warning row each. */
  readonly problems: readonly ScopeProblem[];
  /** ISO 8601, Azure's time of the last whole reading; null before the first. */
  readonly asOf: string | null;
  readonly state: "empty" | "cached" | "loading" | "live" | "failed";
  readonly error: AzureError | null;
  /** Environments of subscriptions that the last refresh could not read: shown as they were. */
  readonly stale: ReadonlySet<string>;
}

/** Which environments changed; an empty list: only `state`, `problems` or `asOf`. */
export interface InventoryChange {
  readonly environments: Changed;
}

/** What the last refresh read, in subscriptions. */
export interface Coverage {
  /** Accounts, tenants and subscriptions that could not be read, or only in part. */
  readonly unread: readonly ScopeProblem[];
  /** How many subscriptions were read whole. */
  readonly read: number;
}

/** Details older than this (real milliseconds) are read again when asked for. */
const detailsAge = 60_000;

/** The one live list of environments: cache first, then Azure page by page, polled while somebody looks. */
export class Inventory {
  readonly #deps: InventoryDeps;
  readonly #store = new ResourceStore();
  readonly #changes = new Emitter<InventoryChange>();
  readonly #refreshing: SharedRun;
  readonly #poller: Poller;
  readonly #utilization: Utilization;
  readonly #details = new Map<string, { readonly details: EnvironmentDetails; readonly readAt: number }>();
  readonly #loadingDetails = new Map<string, Promise<EnvironmentDetails>>();
  #snapshot: InventorySnapshot;
  #listProblems: readonly ScopeProblem[] = [];

  readonly onDidChange = this.#changes.event;

  constructor(deps: InventoryDeps) {
    this.#deps = deps;
    this.#snapshot = { environments: [], problems: [], asOf: null, state: "empty", error: null, stale: new Set() };
    this.#refreshing = new SharedRun((signal) => this.#refresh(signal));
    this.#utilization = new Utilization({
      azure: deps.azure,
      subscriptionName: (id) => this.#subscriptionName(id),
      log: deps.log,
    });
    this.#poller = new Poller({
      now: () => performance.now(),
      timers: deps.timers ?? realTimers,
      refresh: () => this.refresh(),
      follow: (serverIds) => this.#follow(serverIds),
    });
  }

  get snapshot(): InventorySnapshot {
    return this.#snapshot;
  }

  /** First paint from the cache, then a refresh. Rejects as `refresh` does; the snapshot then says `failed`. */
  async load(signal?: AbortSignal): Promise<void> {
    await this.loadCache();
    await this.refresh(signal);
  }

  /** The cache alone, where nothing is known yet: no request is made. */
  async loadCache(): Promise<void> {
    if (this.#snapshot.asOf !== null) return;
    const cached = await readCache(this.#deps.cache, this.#deps.azure.sandbox);
    // A refresh may have ended while the file was read: what it found is newer and whole.
    if (cached === null || this.#snapshot.asOf !== null) return;
    this.#store.seed(cached.subscriptions, cached.resources);
    const changed = await this.#store.recognise(this.#deps.pins());
    if (this.#snapshot.asOf !== null) return this.#set(changed, {});
    const state = this.#snapshot.state === "empty" ? "cached" : this.#snapshot.state;
    this.#set(changed, { state, asOf: cached.asOf });
  }

  /**
   * Reads everything: subscriptions, resources (changes are told after each page), then utilization of what is
   * shown. Joins a refresh under way. Rejects with `AzureError` when nothing could be read, or the abort reason.
   */
  refresh(signal?: AbortSignal): Promise<void> {
    return this.#refreshing.join(signal);
  }

  /** Reads an environment's server, replicas and account themselves, because Resource Graph lags after a change. */
  async refreshEnvironment(id: string, signal?: AbortSignal): Promise<void> {
    const { azure } = this.#deps;
    const environment = this.find(id);
    const reads = [
      ...[environment.server, ...environment.replicas]
        .flatMap((one) => one ?? [])
        .map((one) => this.#readServer(one, signal)),
      ...(environment.account
        ? [this.#read(environment.account.id, () => azure.accounts.get(environment.account?.id ?? "", signal))]
        : []),
    ];
    const results = await Promise.allSettled(reads);
    this.#outdateDetails(environment.id);
    await this.#recognised();
    const failed = results.find((result) => result.status === "rejected");
    if (failed) throw failed.reason;
  }

  /** Last measured utilization; null before it was read. */
  serverMetrics(serverId: string): ServerMetrics | null {
    return this.#utilization.server(serverId);
  }

  accountMetrics(accountId: string): AccountMetrics | null {
    return this.#utilization.account(accountId);
  }

  /** Which environments are on screen: only these are measured. `all` (the default) measures every one. */
  setShown(environmentIds: readonly string[] | "all"): void {
    this.#utilization.setShown(environmentIds);
  }

  /** Reads utilization of what is shown, without reading the resources. */
  async refreshMetrics(signal?: AbortSignal): Promise<void> {
    const reading = await this.#utilization.read(this.#store.environments, signal);
    if (reading.throttledMs !== null) this.#poller.slowDown(reading.throttledMs);
    this.#set(reading.changed, { problems: [...this.#listProblems, ...this.#utilization.problems] });
  }

  /** How far the last refresh got: what could not be read, or not whole, may hold environments that nobody sees. */
  get coverage(): Coverage {
    const unread = this.#listProblems.filter(({ code }) => code !== "SubscriptionDisabled");
    const missing = new Set(unread.map(({ scope }) => scope.split("/").at(-1)?.toLowerCase()));
    const read = this.#store.subscriptions.filter(({ id }) => !missing.has(id.toLowerCase()));
    return { unread, read: read.length };
  }

  /** What one refresh of what is shown costs in metric calls. */
  metricCalls(): number {
    return this.#utilization.calls(this.#store.environments);
  }

  /** Keys, lifecycle, immutability, parameters, stop clock: read when asked for, kept for a minute. */
  async details(environmentId: string): Promise<EnvironmentDetails> {
    const environment = this.find(environmentId);
    const known = this.#details.get(environment.id);
    if (known && performance.now() - known.readAt < detailsAge) return known.details;
    const loading = this.#loadingDetails.get(environment.id) ?? this.#loadDetails(environment);
    this.#loadingDetails.set(environment.id, loading);
    return loading;
  }

  /** The details read last, whatever their age (`at` tells it); null before the first reading. */
  detailsNow(environmentId: string): EnvironmentDetails | null {
    return this.#details.get(environmentId)?.details ?? null;
  }

  /** By id or unique name. Throws `NotFound` or `NotUnique`. */
  find(idOrName: string): Environment {
    return findEnvironment(this.#store.environments, idOrName);
  }

  /** The environment a server (or replica) or account belongs to; null when it is not known. */
  environmentOf(resourceId: string): Environment | null {
    const id = resourceId.toLowerCase();
    const holds = ({ server, account, replicas }: Environment): boolean =>
      [server, account, ...replicas].some((one) => one?.id.toLowerCase() === id);
    return this.#store.environments.find(holds) ?? null;
  }

  /** ARM id of a vault by its name, wherever it lives; null when it is not among the vaults that may be read. */
  findVault(name: string): string | null {
    const wanted = name.toLowerCase();
    return this.#store.vaults.find((vault) => vault.name.toLowerCase() === wanted)?.id ?? null;
  }

  /** Groups anew after the team's file changed; no request is made. */
  repin(): void {
    this.#tell(this.#store.recogniseNow(this.#deps.pins()));
  }

  setVisible(visibility: "visible" | "hidden"): void {
    this.#poller.setVisible(visibility);
  }

  /** Servers in motion: read every 5 s while the view is visible. */
  setMoving(serverIds: readonly string[]): void {
    this.#poller.setMoving(serverIds);
  }

  dispose(): void {
    this.#poller.dispose();
    this.#refreshing.abort();
    this.#changes.dispose();
  }

  async #refresh(signal: AbortSignal): Promise<void> {
    this.#set([], { state: "loading", error: null });
    try {
      await this.#list(signal);
    } catch (error) {
      this.#fail(error, signal);
      throw error;
    } finally {
      this.#poller.refreshed();
    }
    await this.refreshMetrics(signal);
    await this.#saveCache();
  }

  async #list(signal: AbortSignal): Promise<void> {
    const { azure } = this.#deps;
    const now = (): number => azure.clock.now().getTime();
    const startedAt = now();
    const { subscriptions, unreadable } = await this.#subscriptions(signal);
    const listing = this.#store.begin(subscriptions, startedAt);
    for await (const page of subscriptions.length > 0 ? azure.inventory.pages(subscriptions, signal) : []) {
      signal.throwIfAborted();
      await this.#store.add(listing, page, now);
      await this.#recognised();
    }
    this.#store.finish(listing, unreadable);
    this.#listProblems = [...unreadable, ...listing.problems];
    const changed = await this.#store.recognise(this.#deps.pins());
    const patch = { state: "live", asOf: azure.clock.now().toISOString(), stale: this.#stale(listing) } as const;
    this.#set(changed, { ...patch, problems: [...this.#listProblems, ...this.#utilization.problems] });
  }

  async #subscriptions(
    signal: AbortSignal,
  ): Promise<{ readonly subscriptions: readonly Subscription[]; readonly unreadable: readonly ScopeProblem[] }> {
    const found = new Map<string, Subscription>();
    const unreadable: ScopeProblem[] = [];
    for await (const one of this.#deps.azure.directory.subscriptions(signal)) {
      if ("scope" in one) unreadable.push(one);
      // Two accounts may see one subscription: the first is kept.
      else if (!found.has(one.id.toLowerCase())) found.set(one.id.toLowerCase(), one);
    }
    return { subscriptions: [...found.values()], unreadable };
  }

  #stale(listing: Listing): ReadonlySet<string> {
    const unseen = this.#store.environments.filter(({ server, account }) =>
      [server, account].some((one) => one !== null && !listing.seen.has(one.id.toLowerCase())),
    );
    return new Set(unseen.map((one) => one.id));
  }

  #fail(error: unknown, signal: AbortSignal): void {
    const before = this.#snapshot.asOf === null ? "empty" : "cached";
    if (signal.aborted) return this.#set([], { state: before });
    const message = error instanceof Error ? error.message : String(error);
    this.#deps.log(`The environments could not be read: ${message}`);
    const known = error instanceof AzureError ? error : new AzureError("malformed", message, { cause: error });
    this.#set([], { state: "failed", error: known });
  }

  #readServer(server: Server, signal?: AbortSignal): Promise<void> {
    return this.#read(server.id, () => this.#deps.azure.servers.get(server.id, signal));
  }

  async #read(id: string, get: () => Promise<Parameters<ResourceStore["putRead"]>[1]>): Promise<void> {
    const readAt = this.#deps.azure.clock.now().getTime();
    try {
      this.#store.putRead(id, await get(), readAt);
    } catch (error) {
      if (!(error instanceof AzureError) || error.kind !== "notFound") throw error;
      this.#store.putRead(id, null, readAt);
    }
  }

  async #follow(serverIds: readonly string[]): Promise<void> {
    const moving = new Set(serverIds.flatMap((id) => this.environmentOf(id)?.id ?? []));
    await Promise.allSettled([...moving].map((id) => this.refreshEnvironment(id)));
  }

  async #loadDetails(environment: Environment): Promise<EnvironmentDetails> {
    try {
      const details = await loadDetails(this.#deps.azure, { environment, vaults: this.#store.vaults });
      this.#details.set(environment.id, { details, readAt: performance.now() });
      this.#set([environment.id], {});
      return details;
    } finally {
      this.#loadingDetails.delete(environment.id);
    }
  }

  /** Kept for views to show meanwhile, but read again when asked for. */
  #outdateDetails(id: string): void {
    const known = this.#details.get(id);
    if (known) this.#details.set(id, { ...known, readAt: -Infinity });
  }

  async #saveCache(): Promise<void> {
    const { asOf } = this.#snapshot;
    if (asOf === null) return;
    const { subscriptions, resources } = this.#store;
    const cached = { asOf, sandbox: this.#deps.azure.sandbox, subscriptions, resources };
    await writeCache(this.#deps.cache, cached).catch((error: unknown) =>
      this.#deps.log(`The list of environments could not be kept for the next start: ${String(error)}`),
    );
  }

  async #recognised(): Promise<void> {
    this.#tell(await this.#store.recognise(this.#deps.pins()));
  }

  #tell(changed: Changed): void {
    if (changed === "all" || changed.length > 0) this.#set(changed, {});
  }

  #subscriptionName(id: string): string {
    return this.#store.subscriptions.find((one) => one.id.toLowerCase() === id.toLowerCase())?.name ?? id;
  }

  #set(environments: Changed, patch: Partial<InventorySnapshot>): void {
    this.#snapshot = { ...this.#snapshot, ...patch, environments: this.#store.environments };
    this.#changes.fire({ environments });
  }
}
