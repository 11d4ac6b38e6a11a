import type { AccountMetrics, Environment, ServerMetrics } from "../environments/model.ts";
import type { InventorySnapshot } from "../inventory/inventory.ts";
import type { EnvironmentDetails } from "../inventory/details.ts";
import type { OperationRecord } from "../operations/model.ts";
import type { PriceTable } from "../sizing/prices.ts";

/** What the rows are made of: the fleet as known now. Asking costs nothing and waits for nothing. */
export interface Facts {
  readonly sandbox: boolean;
  readonly environments: readonly Environment[];
  readonly problems: InventorySnapshot["problems"];
  /** Azure's time. */
  now(): Date;
  serverMetrics(serverId: string): ServerMetrics | null;
  accountMetrics(accountId: string): AccountMetrics | null;
  /** Null until read; reading starts when the environment is opened. */
  details(environmentId: string): EnvironmentDetails | null;
  prices(location: string): PriceTable | null;
  /** The operation that is being carried out on the environment now. */
  running(environmentId: string): OperationRecord | null;
}

/** How the fleet is shown; kept per workspace. */
export interface Display {
  readonly group: Grouping;
  /** An environment is shown when any of these is true for it; none: all are. */
  readonly filters: readonly Filter[];
  readonly sort: Sorting;
}

export type Grouping = "class" | "subscription" | "location" | "none";
export type Filter = "stopped" | "noCustomerKey" | "overLevel";
export type Sorting = "name" | "price";

export const defaultDisplay: Display = { group: "class", filters: [], sort: "name" };
