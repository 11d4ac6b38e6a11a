import type { InventoryPage, ScopeProblem } from "../azure/ports.ts";
import type { Environment, Resource, Subscription, Vault } from "../environments/model.ts";
import { breather } from "../environments/breather.ts";
import { drain, nothingRecognised, recogniseSteps, type Pins, type Recognised } from "../environments/recognise.ts";

/** Names of the environments that changed; `all` when some came, went or moved. */
export type Changed = readonly string[] | "all";

/** Resource Graph lags behind the resource itself: for this long (Azure's time) a direct read counts more. */
const graphLag = 60_000;

/** One listing under way: what it saw decides, at its end, what is gone. */
export interface Listing {
  readonly startedAt: number;
  readonly subscriptions: readonly Subscription[];
  readonly seen: Set<string>;
  readonly problems: ScopeProblem[];
  complete: boolean;
}

/** The resources known now and the environments recognised from them. Unchanged resources keep their identity. */
export class ResourceStore {
  #resources = new Map<string, Resource>();
  #subscriptions: readonly Subscription[] = [];
  #environments: readonly Environment[] = [];
  #recognised: Recognised = nothingRecognised;
  /** Number of the newest grouping begun, and of the newest whose result counts. */
  #begun = 0;
  #settled = 0;
  readonly #readAt = new Map<string, number>();

  get environments(): readonly Environment[] {
    return this.#environments;
  }

  get subscriptions(): readonly Subscription[] {
    return this.#subscriptions;
  }

  get resources(): readonly Resource[] {
    return [...this.#resources.values()];
  }

  get vaults(): readonly Vault[] {
    return this.resources.filter((one): one is Vault => one.kind === "vault");
  }

  /** Adds what the cache knew, below whatever was read meanwhile. */
  seed(subscriptions: readonly Subscription[], resources: readonly Resource[]): void {
    this.#subscriptions = merged(subscriptions, this.#subscriptions);
    const cached = resources.map((one): [string, Resource] => [keyOf(one), one]);
    this.#resources = new Map([...cached, ...this.#resources]);
  }

  begin(subscriptions: readonly Subscription[], startedAt: number): Listing {
    // Names of subscriptions that cannot be listed now are kept: their environments still show.
    this.#subscriptions = merged(this.#subscriptions, subscriptions);
    return { startedAt, subscriptions, seen: new Set(), problems: [], complete: true };
  }

  /** Adds a page in slices; what a direct read told later than this listing began, or just now, is kept. */
  async add(listing: Listing, page: InventoryPage, now: () => number): Promise<void> {
    listing.problems.push(...page.problems);
    if (!page.complete) listing.complete = false;
    const breathe = breather();
    for (const resource of page.resources) {
      const key = keyOf(resource);
      listing.seen.add(key);
      const readAt = this.#readAt.get(key) ?? -Infinity;
      if (readAt <= listing.startedAt && now() - readAt > graphLag) this.#put(key, resource);
      await breathe();
    }
  }

  /**
   * Removes what a complete listing did not see. Nothing is removed from a subscription that had a problem, nor from
   * one that was not listed while some tenant had a problem: missing is not deleted.
   */
  finish(listing: Listing, unreadable: readonly ScopeProblem[]): void {
    if (!listing.complete) return;
    const listed = new Set(listing.subscriptions.map((one) => one.id.toLowerCase()));
    const doubtful = doubtfulScopes([...listing.problems, ...unreadable]);
    const keep = (subscriptionId: string): boolean =>
      listed.has(subscriptionId) ? doubtful.has(subscriptionId) : unreadable.length > 0;
    for (const [key, resource] of this.#resources) {
      const fresh = (this.#readAt.get(key) ?? -Infinity) > listing.startedAt;
      if (!listing.seen.has(key) && !fresh && !keep(resource.subscriptionId.toLowerCase())) this.#resources.delete(key);
    }
    this.#subscriptions = this.#subscriptions.filter(({ id }) => listed.has(id.toLowerCase()) || unreadable.length > 0);
  }

  /** Puts resources that were read themselves; null removes (the resource answered 404). */
  putRead(id: string, resource: Resource | null, readAt: number): void {
    const key = id.toLowerCase();
    this.#readAt.set(key, readAt);
    if (resource === null) this.#resources.delete(key);
    else this.#put(key, resource);
  }

  /** Groups anew, in slices, and tells what changed. An environment that is as before keeps its identity. */
  async recognise(pins: Pins): Promise<Changed> {
    const steps = this.#steps(pins);
    const breathe = breather();
    for (;;) {
      const step = steps.next();
      if (step.done) return step.value;
      await breathe();
    }
  }

  /** As `recognise`, at once: for a change of the team's file, which touches little. */
  recogniseNow(pins: Pins): Changed {
    return drain(this.#steps(pins));
  }

  /** A grouping begun later has seen more: once it has settled, an older one has nothing to say. */
  *#steps(pins: Pins): Generator<undefined, Changed> {
    const run = ++this.#begun;
    const given = { resources: this.resources, subscriptions: this.#subscriptions, pins };
    const recognised = yield* recogniseSteps(given, this.#recognised);
    if (run < this.#settled) return [];
    this.#settled = run;
    this.#recognised = recognised;
    return this.#adopt(recognised.environments);
  }

  #adopt(found: readonly Environment[]): Changed {
    const before = new Map(this.#environments.map((one) => [one.id, one]));
    const next = found.map((one) => {
      const old = before.get(one.id);
      return old !== undefined && (old === one || isSame(old, one)) ? old : one;
    });
    const moved =
      next.length !== this.#environments.length || next.some((one, at) => one.id !== this.#environments[at]?.id);
    const changed = next.filter((one) => before.get(one.id) !== one).map((one) => one.id);
    this.#environments = next;
    return moved ? "all" : changed;
  }

  #put(key: string, resource: Resource): void {
    const old = this.#resources.get(key);
    if (old === undefined || JSON.stringify(old) !== JSON.stringify(resource)) this.#resources.set(key, resource);
  }
}

/** Later ones win; one that reads the same keeps its identity, or every environment in it would count as changed. */
function merged(old: readonly Subscription[], news: readonly Subscription[]): readonly Subscription[] {
  const known = new Map(old.map((one) => [one.id.toLowerCase(), one]));
  for (const one of news) {
    const same = JSON.stringify(known.get(one.id.toLowerCase())) === JSON.stringify(one);
    if (!same) known.set(one.id.toLowerCase(), one);
  }
  return [...known.values()];
}

/** Ids of subscriptions a problem names; a scope may be a bare GUID or an ARM path. */
function doubtfulScopes(problems: readonly ScopeProblem[]): ReadonlySet<string> {
  return new Set(
    problems.map(
      ({ scope }) =>
        scope
          .toLowerCase()
          .replace(/^\/subscriptions\//, "")
          .split("/")[0] ?? "",
    ),
  );
}

function keyOf(resource: Resource): string {
  return resource.id.toLowerCase();
}

/** Shallow: unchanged resources keep their identity, so comparing references is enough. */
function isSame(left: Environment, right: Environment): boolean {
  return (
    left.name === right.name &&
    left.class === right.class &&
    left.server === right.server &&
    left.account === right.account &&
    left.subscription === right.subscription &&
    left.recognisedBy === right.recognisedBy &&
    left.replicas.length === right.replicas.length &&
    left.replicas.every((replica, at) => replica === right.replicas[at]) &&
    JSON.stringify(left.findings) === JSON.stringify(right.findings)
  );
}
