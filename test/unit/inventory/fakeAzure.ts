import {
  AzureError,
  type Azure,
  type InventoryPage,
  type MetricsReader,
  type ResourceSeries,
  type ScopeProblem,
} from "../../../src/azure/ports.ts";
import type { Resource, Server, StorageAccount, Subscription } from "../../../src/environments/model.ts";
import type { CacheStore } from "../../../src/inventory/cache.ts";
import { subscription } from "../environments/fixtures.ts";

/** Azure as a test sets it up: what is not set up throws. */
export class FakeAzure {
  now = new Date("2026-11-22T12:00:00Z");
  subscriptions: (Subscription | ScopeProblem)[] = [subscription];
  pages: (InventoryPage | Error)[] = [];
  /** Awaited before each page, so that a test can act in between. */
  beforePage: (index: number) => Promise<void> = async () => undefined;
  resources = new Map<string, Resource>();
  batch: MetricsReader["batch"] = async ({ resourceIds }) => resourceIds.map((id) => silent(id));
  single: MetricsReader["single"] = async ({ resourceId }) => silent(resourceId);
  readonly calls: string[] = [];
  overrides: Partial<Azure> = {};

  get azure(): Azure {
    const get = async (id: string): Promise<Resource> => {
      this.calls.push(`get ${id.split("/").at(-1)}`);
      const found = this.resources.get(id.toLowerCase());
      if (found === undefined) throw new AzureError("notFound", "There is no such resource.", { status: 404 });
      return found;
    };
    const fake = {
      sandbox: true,
      clock: { now: () => this.now, speed: 1, sleep: async () => undefined },
      directory: { subscriptions: () => this.#subscriptions(), actor: async () => "kim" },
      inventory: { pages: (_: unknown, signal?: AbortSignal) => this.#pages(signal) },
      servers: { get: (id: string) => get(id) as Promise<Server> },
      accounts: { get: (id: string) => get(id) as Promise<StorageAccount> },
      metrics: {
        batch: (query: Parameters<MetricsReader["batch"]>[0]) => {
          this.calls.push(`batch ${query.location} ${query.resourceIds.length} ${query.namespace.split("/").at(-1)}`);
          return this.batch(query);
        },
        single: (query: Parameters<MetricsReader["single"]>[0]) => {
          this.calls.push(`single ${query.resourceId.split("/").at(-1)}`);
          return this.single(query);
        },
      },
      ...this.overrides,
    };
    return fake as unknown as Azure;
  }

  list(...resources: readonly Resource[]): void {
    this.pages = [{ resources, problems: [], complete: true }];
  }

  async *#subscriptions(): AsyncIterable<Subscription | ScopeProblem> {
    this.calls.push("subscriptions");
    yield* this.subscriptions;
  }

  async *#pages(signal?: AbortSignal): AsyncIterable<InventoryPage> {
    for (const [index, page] of this.pages.entries()) {
      this.calls.push("page");
      await this.beforePage(index);
      signal?.throwIfAborted();
      if (page instanceof Error) throw page;
      yield page;
    }
  }
}

export function problem(scope: string): ScopeProblem {
  return { scope, label: scope, tenantId: null, code: "AuthorizationFailed", message: "No.", remedy: "role" };
}

/** A series of five-minute points that end now. */
export function measured(
  resourceId: string,
  now: Date,
  metrics: Readonly<Record<string, readonly (number | null)[]>>,
): ResourceSeries {
  const series = Object.entries(metrics).map(([metric, values]) => ({
    metric,
    unit: "Percent",
    dimensions: {},
    points: values.map((value, at) => ({
      at: new Date(now.getTime() - (values.length - 1 - at) * 300_000).toISOString(),
      value,
    })),
  }));
  return { resourceId, series };
}

export class MemoryCache implements CacheStore {
  text: string | null = null;
  async read(): Promise<string | null> {
    return this.text;
  }
  async write(text: string): Promise<void> {
    this.text = text;
  }
}

function silent(resourceId: string): ResourceSeries {
  return { resourceId, series: [] };
}

/** A promise that a test opens by hand. */
export function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}
