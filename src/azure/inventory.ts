import { ResourceGraphClient } from "@azure/arm-resourcegraph";
import { breather } from "../environments/breather.ts";
import type { Resource, Subscription } from "../environments/model.ts";
import type { Arm } from "./arm.ts";
import { oneJson } from "./rawJson.ts";
import { Readability } from "./readable.ts";
import type { Connection } from "./connection.ts";
import type { Identity } from "./credential.ts";
import { list, part, text } from "./json.ts";
import { merge } from "./merge.ts";
import { harden } from "./policies.ts";
import { AzureError, type InventoryPage, type InventoryReader, type ScopeProblem } from "./ports.ts";
import { problem } from "./directory.ts";
import type { Sessions } from "./sessions.ts";
import { toAccount } from "./toAccount.ts";
import { toServer } from "./toServer.ts";
import { toVault } from "./toVault.ts";
import { malformed } from "./transportErrors.ts";
import { wait } from "./wallClock.ts";
import { sdkOptions } from "./sdkOptions.ts";

/** One query for everything an environment is made of. Ordered by id, so that pages neither repeat nor skip rows. */
export const inventoryQuery = `resources
| where type in~ ('microsoft.dbforpostgresql/flexibleservers', 'microsoft.storage/storageaccounts', 'microsoft.keyvault/vaults')
| project id, name, type, location, tags, sku, properties
| order by id asc`;

/** Rows a page may have at most. */
const pageSize = 1000;

/** Reads the inventory by Azure Resource Graph: a request a page, per tenant, because a token is good for one tenant. */
export function createInventory(deps: InventoryDeps): InventoryReader {
  const { connection, arm, sessions } = deps;
  const readability = new Readability(arm, sessions);
  return {
    pages: async function* (subscriptions, signal) {
      const groups = await byIdentity(subscriptions, sessions);
      const readers = groups.map((group) => () => pagesOf(connection, group, signal));
      const seen = new Set<string>();
      const silent = new Map(subscriptions.map((each) => [each.id.toLowerCase(), each]));
      for await (const page of merge(readers, 6)) {
        page.resources.forEach(({ subscriptionId }) => silent.delete(subscriptionId.toLowerCase()));
        page.problems.forEach(({ scope }) => silent.delete(scope.split("/").at(-1)!.toLowerCase()));
        yield withoutDuplicates(page, seen);
      }
      const problems = await readability.problems([...silent.values()], signal);
      if (problems.length > 0) yield { resources: [], problems, complete: true };
    },
  };
}

interface InventoryDeps {
  readonly connection: Connection;
  readonly arm: Arm;
  readonly sessions: Sessions;
}

interface Group {
  readonly identity: Identity;
  readonly subscriptions: readonly Subscription[];
}

async function byIdentity(subscriptions: readonly Subscription[], sessions: Sessions): Promise<readonly Group[]> {
  const groups = new Map<string, { identity: Identity; subscriptions: Subscription[] }>();
  for (const subscription of subscriptions) {
    const known = await sessions.identityFor(subscription.id);
    const identity = { ...known, tenantId: known.tenantId ?? subscription.tenantId };
    const key = JSON.stringify(identity);
    const group = groups.get(key) ?? { identity, subscriptions: [] };
    group.subscriptions.push(subscription);
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** A page that fails ends the group: what came before stays, and the page says that more is missing. */
async function* pagesOf(connection: Connection, group: Group, signal?: AbortSignal): AsyncGenerator<InventoryPage> {
  const read = pageReader(connection, group, signal);
  const tokens = new Set<string>();
  let next: string | null = null;
  do {
    try {
      const { rows, skipToken } = await read(next);
      yield { resources: await toResources(rows), problems: [], complete: true };
      next = skipToken;
      if (next !== null && tokens.has(next))
        throw malformed({ access: "read", what: "the inventory" }, "repeats a page");
      if (next !== null) tokens.add(next);
    } catch (error) {
      if (error instanceof AzureError && error.kind === "canceled") throw error;
      return yield { resources: [], problems: failed(error, group), complete: false };
    }
  } while (next !== null);
}

interface Rows {
  readonly rows: readonly unknown[];
  readonly skipToken: string | null;
}

function pageReader(
  connection: Connection,
  group: Group,
  signal?: AbortSignal,
): (skipToken: string | null) => Promise<Rows> {
  const scopes = [connection.cloud.armScope];
  const client = new ResourceGraphClient(connection.credentials.asTokenCredential(group.identity), {
    endpoint: connection.cloud.arm,
    credentials: { scopes },
    ...sdkOptions(connection),
  });
  let pauseMs = 0;
  client.pipeline.addPolicy({
    name: "engramGraphQuota",
    sendRequest: async (request, next) => {
      const response = await next(request);
      pauseMs = quotaPause(
        response.headers.get("x-ms-user-quota-remaining"),
        response.headers.get("x-ms-user-quota-resets-after"),
      );
      return response;
    },
  });
  harden(client.pipeline, connection, { access: "read", scopes, identity: group.identity, expects: "object" });
  const subscriptions = group.subscriptions.map(({ id }) => id);
  return async (skipToken) => {
    if (pauseMs > 0) await wait(Math.min(pauseMs, connection.limits.maxWaitMs), signal);
    const options = {
      resultFormat: "objectArray",
      top: pageSize,
      ...(skipToken === null ? {} : { skipToken }),
    } as const;
    const body = await oneJson({ what: "the inventory", signal }, (sdk) =>
      client.resources({ subscriptions, query: inventoryQuery, options }, sdk),
    );
    if (!Array.isArray(part(body, "data"))) throw malformed({ access: "read", what: "the inventory" }, "has no rows");
    return { rows: list(body, "data"), skipToken: text(body, "$skipToken") };
  };
}

/** Milliseconds until the quota is back when it is used up (`hh:mm:ss`, guidance-for-throttled-requests). */
export function quotaPause(remaining: string | undefined, resetsAfter: string | undefined): number {
  if (remaining === undefined || Number(remaining) > 0) return 0;
  const [hours, minutes, seconds] = (/^(\d+):(\d+):(\d+)/.exec(resetsAfter ?? "") ?? []).slice(1).map(Number);
  return hours === undefined ? 0 : ((hours * 60 + minutes!) * 60 + seconds!) * 1000;
}

/** In slices, so that a page of a thousand rows never holds the event loop. */
async function toResources(rows: readonly unknown[]): Promise<readonly Resource[]> {
  const resources: Resource[] = [];
  const breathe = breather();
  for (const row of rows) {
    const resource = toResource(row);
    if (resource) resources.push(resource);
    await breathe();
  }
  return resources;
}

export function toResource(row: unknown): Resource | null {
  const type = (text(row, "type") ?? "").toLowerCase();
  if (type === "microsoft.dbforpostgresql/flexibleservers") return toServer(row);
  if (type === "microsoft.storage/storageaccounts") return toAccount(row);
  return type === "microsoft.keyvault/vaults" ? toVault(row) : null;
}

/** Ids that differ in letter case only are one resource. */
function withoutDuplicates(page: InventoryPage, seen: Set<string>): InventoryPage {
  const resources = page.resources.filter(({ id }) => {
    const key = id.toLowerCase();
    return seen.has(key) ? false : seen.add(key);
  });
  return { ...page, resources };
}

/** One row for each subscription that is now incomplete. */
function failed(error: unknown, group: Group): readonly ScopeProblem[] {
  return group.subscriptions.map(({ id, name, tenantId }) =>
    problem(error, { scope: `/subscriptions/${id}`, label: name, tenantId }),
  );
}
