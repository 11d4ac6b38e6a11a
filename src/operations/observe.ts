import type { Azure, Change } from "../azure/ports.ts";
import type { Server, StorageAccount } from "../environments/model.ts";
import { stableJson } from "./hash.ts";

/** Facts of one resource by name, for instance `{ "state": "Ready", "sku.name": "Standard_D4ds_v5" }`. */
export type Observed = Readonly<Record<string, unknown>>;

/** A fresh read of what a step changes, cut down to the facts asked for. */
export async function observe(azure: Azure, change: Change, names: readonly string[]): Promise<Observed> {
  if (change.kind === "backup") return pick({ backup: await backupState(azure, change) }, names);
  if (isAccount(change.id)) return pick(tagFacts(await azure.accounts.get(change.id)), names);
  return pick(serverFacts(await azure.servers.get(change.id)), names);
}

export function serverFacts(server: Server): Observed {
  return {
    state: server.state,
    "sku.name": server.sku?.name ?? null,
    "sku.tier": server.sku?.tier ?? null,
    "storage.sizeGiB": server.storage?.sizeGiB ?? null,
    "storage.autoGrow": server.storage?.autoGrow ?? null,
    "backup.retentionDays": server.backup?.retentionDays ?? null,
    "highAvailability.mode": server.highAvailability.mode,
    maintenanceWindow: server.maintenanceWindow,
    ...tagFacts(server),
  };
}

export function tagFacts({ tags }: Pick<Server | StorageAccount, "tags">): Observed {
  // Tag names are case-insensitive in Azure.
  return Object.fromEntries(Object.entries(tags).map(([name, value]) => [`tags.${name.toLowerCase()}`, value]));
}

export function pick(facts: Observed, names: readonly string[]): Observed {
  return Object.fromEntries(names.map((name) => [name, Object.hasOwn(facts, name) ? facts[name] : null]));
}

/** Whether every fact asked for is as asked; names of sizes and states are compared without letter case. */
export function shows(observed: Observed, expected: Observed): boolean {
  return Object.entries(expected).every(([name, value]) => same(observed[name], value));
}

function same(left: unknown, right: unknown): boolean {
  if (typeof left === "string" && typeof right === "string") return left.toLowerCase() === right.toLowerCase();
  return stableJson(left ?? null) === stableJson(right ?? null);
}

async function backupState(azure: Azure, change: { readonly id: string; readonly name: string }): Promise<string> {
  const backups = await azure.servers.backups(change.id);
  const own = backups.find(({ name }) => name.toLowerCase() === change.name.toLowerCase());
  if (own === undefined) return "absent";
  return own.completed === null ? "running" : "completed";
}

function isAccount(id: string): boolean {
  return /\/microsoft\.storage\/storageaccounts\//i.test(id);
}
