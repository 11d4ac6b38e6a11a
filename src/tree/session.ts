import type { Offered } from "../environments/guardsScale.ts";
import type { Disposable } from "../environments/event.ts";
import type { Inventory } from "../inventory/inventory.ts";
import type { PriceBook } from "../inventory/prices.ts";
import type { Operations } from "../operations/operations.ts";

/** One connection, to Azure or to the sandbox: the live list, what is being carried out, and what single commands ask. */
export interface Session extends Disposable {
  readonly sandbox: boolean;
  readonly inventory: Inventory;
  readonly operations: Operations;
  readonly prices: PriceBook;
  /** Azure's time. */
  now(): Date;
  readonly access: Access;
  readonly remote: Remote;
}

/** How far the sign-in reaches; counted while the subscriptions are read, null before. */
export interface Access {
  accounts(): number | null;
  subscriptions(): number | null;
}

/** What only single commands ask of Azure. Each rejects with one sentence for people. */
export interface Remote {
  /** Sends nothing. */
  portalUrl(resourceId: string, tenantId: string): string;
  /** The resource as Azure answers it. */
  json(resourceId: string): Promise<unknown>;
  /** Sizes this very server may take. */
  capabilities(serverId: string): Promise<Offered>;
  /** Lists what the accounts may see, selected or not. */
  subscriptions(): Promise<readonly SubscriptionChoice[]>;
  /** Asks for a session by a click; true when there is one afterwards. */
  signIn(tenantId: string | null): Promise<boolean>;
  /** Moves the sandbox's clock by an ISO 8601 duration; refused by Azure's. */
  advanceClock(duration: string): Promise<void>;
}

export interface SubscriptionChoice {
  readonly id: string;
  readonly name: string;
  readonly tenantId: string;
  readonly account: string | null;
}
