import { Arm } from "./arm.ts";
import type { Connection } from "./connection.ts";
import { createDirectory, type SubscriptionFilter } from "./directory.ts";
import { createKeys } from "./keys.ts";
import { createOperationReader } from "./operationReader.ts";
import { createPortal } from "./portal.ts";
import type { AccountReader, Azure, Directory, InventoryReader, MetricsReader, ServerReader, Writer } from "./ports.ts";
import { createPrices } from "./prices.ts";
import { createScopes } from "./scopes.ts";
import { Sessions } from "./sessions.ts";
import { describeChange } from "./changeRequest.ts";

/** Puts the adapters over a connection together. Each SDK is loaded with the first call that needs it. */
export function assemble(connection: Connection, filter: SubscriptionFilter): Azure {
  const arm = new Arm(connection);
  const directory: Directory = createDirectory({ connection, arm, sessions: () => sessions, filter });
  const sessions = new Sessions(() => drain(directory));
  const deps = { connection, arm, sessions };
  return {
    sandbox: connection.sandbox,
    clock: connection.clock,
    directory,
    inventory: lazyInventory(async () => (await import("./inventory.ts")).createInventory(deps)),
    servers: lazyServers(async () => (await import("./servers.ts")).createServers(connection, sessions)),
    accounts: lazyAccounts(async () => (await import("./accounts.ts")).createAccounts(connection, sessions)),
    keys: createKeys(arm, sessions),
    metrics: lazyMetrics(async () => (await import("./metrics.ts")).createMetrics(deps)),
    prices: createPrices(connection, arm),
    scopes: createScopes(arm, sessions),
    writer: lazyWriter(connection, async () => (await import("./writer.ts")).createWriter(deps)),
    operations: createOperationReader(deps),
    portal: createPortal(connection.cloud),
  };
}

async function drain(directory: Directory): Promise<void> {
  for await (const _each of directory.subscriptions());
}

/** Loads once; a load that failed is tried again. */
function once<T>(load: () => Promise<T>): () => Promise<T> {
  let loaded: Promise<T> | null = null;
  return () => {
    loaded ??= load().catch((error: unknown) => {
      loaded = null;
      throw error;
    });
    return loaded;
  };
}

function lazyInventory(load: () => Promise<InventoryReader>): InventoryReader {
  const ready = once(load);
  return {
    pages: async function* (subscriptions, signal) {
      yield* (await ready()).pages(subscriptions, signal);
    },
  };
}

function lazyServers(load: () => Promise<ServerReader>): ServerReader {
  const ready = once(load);
  return {
    get: async (id, signal) => (await ready()).get(id, signal),
    capabilities: async (id, signal) => (await ready()).capabilities(id, signal),
    replicas: async (id, signal) => (await ready()).replicas(id, signal),
    backups: async (id, signal) => (await ready()).backups(id, signal),
    parameters: async (id, names, signal) => (await ready()).parameters(id, names, signal),
    json: async (id, signal) => (await ready()).json(id, signal),
  };
}

function lazyAccounts(load: () => Promise<AccountReader>): AccountReader {
  const ready = once(load);
  return {
    get: async (id, signal) => (await ready()).get(id, signal),
    lifecycle: async (id, signal) => (await ready()).lifecycle(id, signal),
    immutability: async (id, signal) => (await ready()).immutability(id, signal),
    json: async (id, signal) => (await ready()).json(id, signal),
  };
}

function lazyMetrics(load: () => Promise<MetricsReader>): MetricsReader {
  const ready = once(load);
  return {
    batch: async (query, signal) => (await ready()).batch(query, signal),
    single: async (query, signal) => (await ready()).single(query, signal),
  };
}

function lazyWriter({ cloud }: Connection, load: () => Promise<Writer>): Writer {
  const ready = once(load);
  return {
    send: async (change, signal) => (await ready()).send(change, signal),
    describe: (change) => describeChange(change, cloud),
  };
}
