import type { Azure, Backup, Lock, ServerCapabilities } from "../azure/ports.ts";
import { AzureError } from "../azure/ports.ts";
import { parseKeyUri } from "../environments/keyUri.ts";
import type { Environment, Finding, Server, VaultKey } from "../environments/model.ts";
import { warning } from "../environments/guards.ts";
import type { PriceTable } from "../sizing/prices.ts";

/** Everything a plan is judged by, read now. What could not be read is null and a warning, never a default. */
export interface PlanFacts {
  readonly environment: Environment;
  readonly server: Server;
  readonly replicas: readonly Server[];
  readonly capabilities: ServerCapabilities | null;
  readonly locks: readonly Lock[];
  readonly permissions:
    readonly { readonly actions: readonly string[]; readonly notActions: readonly string[] }[] | null;
  readonly deployments: readonly string[];
  readonly backups: readonly Backup[];
  readonly maxConnections: number | null;
  readonly key: VaultKey | null;
  readonly prices: PriceTable | null;
  /** By location, of replicas that live elsewhere. */
  readonly replicaPrices: ReadonlyMap<string, PriceTable>;
  readonly actor: string;
  readonly now: Date;
  /** What could not be read. */
  readonly unread: readonly Finding[];
}

export interface FactDeps {
  readonly azure: Azure;
  prices(location: string): Promise<PriceTable>;
  /** ARM id of a vault by its name, from the inventory; null when it is not known. */
  findVault?(name: string): string | null;
  /** Environments of this name, from the inventory. */
  findEnvironments?(name: string): readonly Pick<Environment, "id">[];
}

export interface FactNeeds {
  readonly capabilities?: boolean;
  readonly backups?: boolean;
  readonly maxConnections?: boolean;
  readonly key?: boolean;
}

/** One round of reads, side by side. The server itself must answer; its error is the plan's error. */
export async function readFacts(deps: FactDeps, environment: Environment, needs: FactNeeds): Promise<PlanFacts> {
  const id = environment.server?.id;
  if (id === undefined) throw new Error("facts need a server");
  const { azure } = deps;
  const unread: Finding[] = [];
  const side = sideReads(unread);
  const server = await azure.servers.get(id);
  const group = `/subscriptions/${environment.subscription.id}/resourceGroups/${server.resourceGroup}`;
  const isReplica = /replica/i.test(server.replicationRole ?? "");
  const [replicas, capabilities, locks, permissions, deployments, backups, parameters, key, prices, actor] =
    await Promise.all([
      side("replicas", isReplica ? null : () => freshReplicas(azure, id), environment.replicas),
      side("sizes", needs.capabilities ? () => azure.servers.capabilities(id) : null, null),
      side("locks", () => azure.scopes.locks(id), []),
      side("permissions", () => azure.scopes.permissions(id), null),
      side("deployments", () => azure.scopes.runningDeployments(group), []),
      side("backups", needs.backups ? () => azure.servers.backups(id) : null, []),
      side("parameters", needs.maxConnections ? () => azure.servers.parameters(id, ["max_connections"]) : null, {}),
      side("key", needs.key ? () => readKey(deps, environment, server) : null, null),
      side("prices", () => deps.prices(server.location), null),
      azure.directory
        .actor(environment.subscription.tenantId)
        .catch(() => environment.subscription.account ?? "unknown"),
    ]);
  const elsewhere = new Set(replicas.map(({ location }) => location).filter((one) => one !== server.location));
  const tables = [...elsewhere].map(async (one) => [one, await side("prices", () => deps.prices(one), null)] as const);
  const replicaPrices = new Map((await Promise.all(tables)).flatMap(([one, table]) => (table ? [[one, table]] : [])));
  const maxConnections = toNumber(parameters["max_connections"]);
  const shared = { environment, server, replicas, capabilities, locks, permissions, deployments, backups };
  return { ...shared, maxConnections, key, prices, replicaPrices, actor, now: azure.clock.now(), unread };
}

async function freshReplicas(azure: Azure, id: string): Promise<readonly Server[]> {
  const found = await azure.servers.replicas(id);
  return [...found].sort((left, right) => left.name.localeCompare(right.name));
}

async function readKey(deps: FactDeps, environment: Environment, server: Server): Promise<VaultKey | null> {
  const uri = server.encryption.primaryKeyUri;
  const reference = uri === null ? null : parseKeyUri(uri);
  if (reference === null) return null;
  const vaultId =
    deps.findVault?.(reference.vaultName) ??
    `/subscriptions/${environment.subscription.id}/resourceGroups/${environment.resourceGroup}/providers/Microsoft.KeyVault/vaults/${reference.vaultName}`;
  return deps.azure.keys.get(vaultId, reference.keyName);
}

/** Reads that may fail: an expired sign-in ends the plan, any other refusal is one warning and the fallback. */
function sideReads(unread: Finding[]) {
  return async <T>(what: string, read: (() => Promise<T>) | null, fallback: T): Promise<T> => {
    if (read === null) return fallback;
    try {
      return await read();
    } catch (cause) {
      if (cause instanceof AzureError && cause.kind === "auth") throw cause;
      const reason = cause instanceof Error ? cause.message : String(cause);
      // The key guard has its own words for this.
      if (what !== "key") unread.push(warning("notRead", `Could not read the ${what}: ${reason}`, null));
      return fallback;
    }
  };
}

function toNumber(text: string | undefined): number | null {
  const value = Number(text);
  return text !== undefined && Number.isFinite(value) ? value : null;
}
