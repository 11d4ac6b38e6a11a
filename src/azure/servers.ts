import type { PostgreSQLManagementFlexibleServerClient } from "@azure/arm-postgresql-flexible";
import type { Server } from "../environments/model.ts";
import { armId } from "./armId.ts";
import type { Connection } from "./connection.ts";
import { list, text, time } from "./json.ts";
import type { Backup, ServerReader } from "./ports.ts";
import { postgresClient } from "./postgres.ts";
import { oneJson, rawJson, type SdkOptions } from "./rawJson.ts";
import type { Sessions } from "./sessions.ts";
import { toCapabilities } from "./toCapabilities.ts";
import { toServer } from "./toServer.ts";
import { malformed } from "./transportErrors.ts";

/** Reads flexible servers through @azure/arm-postgresql-flexible. */
export function createServers(connection: Connection, sessions: Sessions): ServerReader {
  const json = (id: string, signal?: AbortSignal) =>
    one(id, signal, (client, { resourceGroup, name, options }) => client.servers.get(resourceGroup, name, options));

  async function open(id: string) {
    const { subscriptionId, resourceGroup, name } = armId(id);
    const identity = await sessions.identityFor(subscriptionId);
    return { client: postgresClient(connection, { subscriptionId, identity, access: "read" }), resourceGroup, name };
  }

  async function one(id: string, signal: AbortSignal | undefined, call: Call<unknown>): Promise<unknown> {
    const { client, ...target } = await open(id);
    return oneJson({ what: target.name, signal }, (options) => call(client, { ...target, options }));
  }

  async function all(id: string, signal: AbortSignal | undefined, call: Call<unknown>): Promise<readonly unknown[]> {
    const { client, ...target } = await open(id);
    return rawJson({ what: target.name, signal }, (options) => call(client, { ...target, options }));
  }

  return {
    json,
    get: async (id, signal) => server(await json(id, signal), id),
    capabilities: async (id, signal) =>
      toCapabilities(
        await all(id, signal, (client, { resourceGroup, name, options }) =>
          drain(client.capabilitiesByServer.list(resourceGroup, name, options)),
        ),
      ),
    replicas: async (id, signal) => {
      const pages = await all(id, signal, (client, { resourceGroup, name, options }) =>
        drain(client.replicas.listByServer(resourceGroup, name, options)),
      );
      return pages.flatMap((page) => list(page, "value")).flatMap((each) => toServer(each) ?? []);
    },
    backups: async (id, signal) => {
      const pages = await all(id, signal, (client, { resourceGroup, name, options }) =>
        drain(client.backupsAutomaticAndOnDemand.listByServer(resourceGroup, name, options)),
      );
      return pages.flatMap((page) => list(page, "value")).map(toBackup);
    },
    parameters: async (id, names, signal) => {
      const pages = await all(id, signal, (client, { resourceGroup, name, options }) =>
        drain(client.configurations.listByServer(resourceGroup, name, options)),
      );
      return toParameters(pages, names);
    },
  };
}

type Call<T> = (
  client: PostgreSQLManagementFlexibleServerClient,
  target: { readonly resourceGroup: string; readonly name: string; readonly options: SdkOptions },
) => Promise<T>;

/** The SDK follows the pages; their JSON is taken from `onResponse`, which also ends a loop. */
async function drain(pages: { byPage(): AsyncIterable<unknown> }): Promise<void> {
  for await (const _page of pages.byPage());
}

function server(json: unknown, id: string): Server {
  const found = toServer(json);
  if (found === null) throw malformed({ access: "read", what: armId(id).name }, "lacks the server's id");
  return found;
}

/** Times as in 2025-08-01 (`properties.completedTime`), types `Full` and `Customer On-Demand`. */
function toBackup(json: unknown): Backup {
  return {
    name: text(json, "name") ?? "",
    type: text(json, "properties", "backupType") ?? "",
    completed: time(json, "properties", "completedTime"),
  };
}

function toParameters(pages: readonly unknown[], names: readonly string[]): Readonly<Record<string, string>> {
  const wanted = new Set(names);
  const pairs = pages
    .flatMap((page) => list(page, "value"))
    .map((each) => [text(each, "name") ?? "", each] as const)
    .filter(([name]) => wanted.has(name))
    .map(([name, each]) => [name, text(each, "properties", "value") ?? ""] as const);
  return Object.fromEntries(pairs);
}
