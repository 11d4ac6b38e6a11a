import { activityLog } from "./activityLog.ts";
import { armResources } from "./arm.ts";
import { deployments } from "./deployments.ts";
import { keyVaultControl } from "./keyVault.ts";
import { keyVaultData } from "./keyVaultData.ts";
import { locks } from "./locks.ts";
import { longRunning } from "./longRunning.ts";
import { adoptPostgres, postgres, postgresEvents } from "./postgres/service.ts";
import { resourceGraph } from "./resourceGraph.ts";
import { metrics } from "./metrics.ts";
import { prices } from "./prices.ts";
import { permissions } from "./rights.ts";
import { storage } from "./storage.ts";
import { adoptStorage, storageEvents } from "./storageKeyCheck.ts";
import { subscriptions } from "./subscriptions.ts";
import { tags } from "./tags.ts";
import type { EventHandler, Service, World } from "./types.ts";

/** Tried in this order; the first that knows the request answers it. `armResources` takes what is left and comes last. */
export const services: readonly Service[] = [
  longRunning,
  subscriptions,
  tags,
  locks,
  permissions,
  metrics,
  postgres,
  resourceGraph,
  keyVaultControl,
  keyVaultData,
  storage,
  prices,
  activityLog,
  deployments,
  armResources,
];

/** What happens at a virtual time, by kind. */
export const eventHandlers: Readonly<Record<string, EventHandler>> = { ...postgresEvents, ...storageEvents };

/** Run once on every state that an owner loads, before the first request: what Azure keeps going by itself. */
export function adopt(world: World): void {
  adoptPostgres(world);
  adoptStorage(world);
}
