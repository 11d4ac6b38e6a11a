import type * as vscode from "vscode";
import type { Azure } from "../azure/ports.ts";
import { Inventory } from "../inventory/inventory.ts";
import { PriceBook } from "../inventory/prices.ts";
import { Operations } from "../operations/operations.ts";
import { CacheStore } from "../platform/cacheStore.ts";
import { Disposables } from "../platform/disposable.ts";
import type { Log } from "../platform/log.ts";
import type { Access, Remote, Session } from "../tree/session.ts";
import type { TeamPins } from "../tree/teamPins.ts";
import { countAccess } from "./access.ts";

export interface SessionParts {
  readonly azure: Azure;
  /** Where operations of this world are remembered. */
  readonly stateDir: string;
  readonly cacheFolder: vscode.Uri;
  readonly pins: TeamPins;
  readonly log: Log;
  readonly accounts: () => Promise<readonly unknown[]>;
  readonly signIn: Remote["signIn"];
  readonly advanceClock: Remote["advanceClock"];
}

/** Builds inventory, prices and operations over one connection and starts what runs by itself. */
export function createSession(parts: SessionParts): Session {
  const { azure, stateDir, cacheFolder, pins, log } = parts;
  const owned = new Disposables();
  const counted = countAccess(azure, parts.accounts);
  const line = (text: string): void => log.info(text);
  const cache = new CacheStore(cacheFolder, "environments.jsonl");
  const inventory = owned.add(new Inventory({ azure: counted.azure, cache, pins: () => pins.current, log: line }));
  const priceCache = new CacheStore(cacheFolder, "prices.json");
  const prices = new PriceBook({ prices: azure.prices, clock: azure.clock, cache: priceCache, log: line });
  const operations = owned.add(
    new Operations({
      azure,
      stateDir,
      prices: (location) => prices.table(location),
      findVault: (name) => inventory.findVault(name),
      findEnvironments: (name) => inventory.snapshot.environments.filter((one) => one.name === name),
      log: line,
    }),
  );
  owned.add(operations.watch());
  owned.add(pins.onDidChange(() => inventory.repin()));
  // What a closed window left unfinished is looked after first; it only reads.
  void operations.resume().catch((error: unknown) => log.warn(`resume: ${String(error)}`));
  return {
    sandbox: azure.sandbox,
    inventory,
    operations,
    prices,
    now: () => azure.clock.now(),
    access: counted.access satisfies Access,
    remote: remoteOf(azure, parts),
    dispose: () => owned.dispose(),
  };
}

function remoteOf(azure: Azure, { signIn, advanceClock }: SessionParts): Remote {
  return {
    portalUrl: (id, tenantId) => azure.portal.url(id, tenantId),
    json: (id) => (isServer(id) ? azure.servers.json(id) : azure.accounts.json(id)),
    capabilities: (id) => azure.servers.capabilities(id),
    subscriptions: async () => {
      const found = [];
      for await (const one of azure.directory.subscriptions()) if (!("scope" in one)) found.push(one);
      return found;
    },
    signIn,
    advanceClock,
  };
}

function isServer(id: string): boolean {
  return /\/providers\/Microsoft\.DBforPostgreSQL\/flexibleServers\/[^/]+$/i.test(id);
}
