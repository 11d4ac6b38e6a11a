import type { Azure, MetricsQuery, ResourceSeries, ScopeProblem } from "../azure/ports.ts";
import { breather } from "../environments/breather.ts";
import type { AccountMetrics, Environment, Server, ServerMetrics, StorageAccount } from "../environments/model.ts";
import { callsFor, onceEach, readMetrics, type Reading, type Target } from "./metrics.ts";
import { accountQuery, serverQuery, toAccountMetrics, toServerMetrics } from "./series.ts";

interface UtilizationDeps {
  readonly azure: Azure;
  readonly subscriptionName: (id: string) => string;
  readonly log: (line: string) => void;
}

export interface UtilizationReading {
  /** Ids of the environments whose figures changed. */
  readonly changed: readonly string[];
  /** Real milliseconds to slow down; null: no throttling. */
  readonly throttledMs: number | null;
}

/** After a throttled round without Retry-After: how long full refreshes rest, in real milliseconds. */
const restAfterThrottle = 120_000;

/** A refusal of getBatch is tried again after so many rounds: a role may have been granted. */
const roundsWithoutBatch = 30;

/** Measured use of the servers and accounts on screen. */
export class Utilization {
  readonly #deps: UtilizationDeps;
  readonly #servers = new Map<string, ServerMetrics>();
  readonly #accounts = new Map<string, AccountMetrics>();
  readonly #noBatch = new Set<string>();
  readonly #turns = new Set<string>();
  #rounds = 0;
  #shown: ReadonlySet<string> | "all" = "all";
  #problems: readonly ScopeProblem[] = [];

  constructor(deps: UtilizationDeps) {
    this.#deps = deps;
  }

  get problems(): readonly ScopeProblem[] {
    return this.#problems;
  }

  server(id: string): ServerMetrics | null {
    return this.#servers.get(id.toLowerCase()) ?? null;
  }

  account(id: string): AccountMetrics | null {
    return this.#accounts.get(id.toLowerCase()) ?? null;
  }

  setShown(ids: readonly string[] | "all"): void {
    this.#shown = ids === "all" ? "all" : new Set(ids);
  }

  calls(environments: readonly Environment[]): number {
    const shown = this.#of(environments);
    return callsFor(this.#serverTargets(shown)) + callsFor(this.#accountTargets(shown));
  }

  async read(environments: readonly Environment[], signal?: AbortSignal): Promise<UtilizationReading> {
    this.#rounds += 1;
    if (this.#rounds % roundsWithoutBatch === 0) this.#noBatch.clear();
    const shown = this.#of(environments);
    const servers = await this.#readServers(shown, signal);
    const accounts = servers.throttledMs === null ? await this.#readAccounts(shown, signal) : empty;
    this.#problems = onceEach([...servers.problems, ...accounts.problems]);
    const changed = new Set([...servers.changed, ...accounts.changed]);
    const throttled = servers.throttledMs ?? accounts.throttledMs;
    return {
      changed: shown.filter((one) => concerns(one, changed)).map((one) => one.id),
      throttledMs: throttled === null ? null : Math.max(throttled, restAfterThrottle),
    };
  }

  #readServers(shown: readonly Environment[], signal?: AbortSignal): Promise<Round> {
    const now = this.#deps.azure.clock.now();
    const targets = this.#serverTargets(shown);
    const owners = new Map(targets.map((target) => [target.id.toLowerCase(), target.owner as Server]));
    const keep = (found: ResourceSeries): readonly string[] => {
      const server = owners.get(found.resourceId.toLowerCase());
      return server ? put(this.#servers, server.id, toServerMetrics(found, server, now)) : [];
    };
    return this.#ask({ targets, query: serverQuery(now), keep }, signal);
  }

  #readAccounts(shown: readonly Environment[], signal?: AbortSignal): Promise<Round> {
    const now = this.#deps.azure.clock.now();
    const targets = this.#accountTargets(shown);
    const owners = new Map(targets.map((target) => [target.id.toLowerCase(), target.owner]));
    const keep = (found: ResourceSeries): readonly string[] => {
      const account = owners.get(found.resourceId.toLowerCase());
      return account ? put(this.#accounts, account.id, toAccountMetrics(found, now)) : [];
    };
    return this.#ask({ targets, query: accountQuery(now), keep }, signal);
  }

  /** Each resource's points become figures in slices as they come, and are let go. */
  async #ask({ targets, query, keep }: Question, signal?: AbortSignal): Promise<Round> {
    const changed: string[] = [];
    const breathe = breather();
    const take = async (series: readonly ResourceSeries[]): Promise<void> => {
      for (const found of series) {
        changed.push(...keep(found));
        await breathe();
      }
    };
    const request = { targets, query, take, noBatch: this.#noBatch, turns: this.#turns, signal };
    const reading = await readMetrics(this.#deps.azure.metrics, request);
    for (const { message } of reading.problems) this.#deps.log(message);
    return { ...reading, changed };
  }

  #of(environments: readonly Environment[]): readonly Environment[] {
    const shown = this.#shown;
    return shown === "all" ? environments : environments.filter((one) => shown.has(one.id));
  }

  #serverTargets(shown: readonly Environment[]): readonly Target[] {
    const servers = shown.flatMap(({ server, replicas }) => [...(server ? [server] : []), ...replicas]);
    return servers.map((owner) => this.#target(owner, owner.id));
  }

  #accountTargets(shown: readonly Environment[]): readonly Target[] {
    const accounts = shown.flatMap(({ account }) => account ?? []);
    return accounts.map((owner) => this.#target(owner, `${owner.id}/blobServices/default`));
  }

  #target(owner: Server | StorageAccount, id: string): Target {
    return { id, owner, subscriptionName: this.#deps.subscriptionName(owner.subscriptionId) };
  }
}

interface Question {
  readonly targets: readonly Target[];
  readonly query: MetricsQuery;
  /** Ids whose figures changed. */
  readonly keep: (found: ResourceSeries) => readonly string[];
}

interface Round extends Pick<Reading, "problems" | "throttledMs"> {
  readonly changed: readonly string[];
}

const empty: Round = { problems: [], throttledMs: null, changed: [] };

/** The id when the value differs from the one known, so that only changed rows are redrawn. */
function put<T>(known: Map<string, T>, id: string, value: T): readonly string[] {
  const key = id.toLowerCase();
  if (JSON.stringify(known.get(key)) === JSON.stringify(value)) return [];
  known.set(key, value);
  return [key];
}

function concerns({ server, account, replicas }: Environment, changed: ReadonlySet<string>): boolean {
  return [server, account, ...replicas].some((one) => one !== null && changed.has(one.id.toLowerCase()));
}
