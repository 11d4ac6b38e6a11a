/** What the rest of the product may ask of Azure. One adapter a service implements each interface; tests bring their own. */
import type { SettingsPatch } from "../environments/receiptsConfigure.ts";
import type { PriceItem } from "../sizing/priceMeters.ts";
import type { Resource, Server, StorageAccount, Subscription, VaultKey } from "../environments/model.ts";

export interface Azure {
  /** True on the local sandbox: every title, row and line then says SANDBOX. */
  readonly sandbox: boolean;
  readonly clock: Clock;
  readonly directory: Directory;
  readonly inventory: InventoryReader;
  readonly servers: ServerReader;
  readonly accounts: AccountReader;
  readonly keys: KeyReader;
  readonly metrics: MetricsReader;
  readonly prices: PriceReader;
  readonly scopes: ScopeReader;
  readonly writer: Writer;
  readonly operations: OperationReader;
  readonly portal: Portal;
}

/** Azure's time. In the sandbox it runs `speed` times faster than the wall clock. */
export interface Clock {
  now(): Date;
  readonly speed: number;
  /** Waits milliseconds of Azure's time; rejects with the signal's reason when aborted. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>;
}

/** Who the caller is and what they may see. Nothing here opens a prompt. */
export interface Directory {
  /** Yields each subscription as it is found; a tenant or account that fails is a problem row, the rest goes on. */
  subscriptions(signal?: AbortSignal): AsyncIterable<Subscription | ScopeProblem>;
  /** Who acts in a tenant, for the confirmation, for instance `kim@contoso.com via VS Code`. */
  actor(tenantId: string): Promise<string>;
}

/** A part of Azure that could not be read: one warning row, never an empty tree. */
export interface ScopeProblem {
  readonly scope: string;
  readonly label: string;
  readonly tenantId: string | null;
  readonly code: string;
  readonly message: string;
  /** What would help: a sign-in to that tenant, a role. */
  readonly remedy: "signIn" | "role" | "retry" | "none";
}

export interface InventoryReader {
  /** Servers, storage accounts and vaults of the subscriptions, by one Resource Graph query, a page at a time. */
  pages(subscriptions: readonly Subscription[], signal?: AbortSignal): AsyncIterable<InventoryPage>;
}

export interface InventoryPage {
  readonly resources: readonly Resource[];
  readonly problems: readonly ScopeProblem[];
  /** False when a later page failed: what is missing must not be shown as deleted. */
  readonly complete: boolean;
}

export interface ServerReader {
  get(id: string, signal?: AbortSignal): Promise<Server>;
  /** Sizes this very server may take (capabilities by server), with storage and HA limits. */
  capabilities(id: string, signal?: AbortSignal): Promise<ServerCapabilities>;
  replicas(id: string, signal?: AbortSignal): Promise<readonly Server[]>;
  backups(id: string, signal?: AbortSignal): Promise<readonly Backup[]>;
  /** Server parameters by name, for instance `azure.extensions`, `max_connections`; absent names are left out. */
  parameters(id: string, names: readonly string[], signal?: AbortSignal): Promise<Readonly<Record<string, string>>>;
  /** The raw JSON as Azure answered, for *View JSON*. */
  json(id: string, signal?: AbortSignal): Promise<unknown>;
}

export interface ServerCapabilities {
  readonly sizes: readonly ServerSize[];
  /** Premium SSD sizes in GiB, ascending. */
  readonly storageSizesGiB: readonly number[];
}

export interface ServerSize {
  /** `Standard_D4ds_v5`. */
  readonly name: string;
  readonly tier: string;
  readonly vCores: number;
  readonly memoryGiB: number;
  readonly maxIops: number | null;
  readonly highAvailability: readonly ("sameZone" | "zoneRedundant")[];
  /** Why Azure restricts it here; null when it may be chosen. */
  readonly restriction: string | null;
}

export interface Backup {
  readonly name: string;
  readonly type: "Full" | "Customer On-Demand" | string;
  readonly completed: string | null;
}

export interface AccountReader {
  get(id: string, signal?: AbortSignal): Promise<StorageAccount>;
  lifecycle(id: string, signal?: AbortSignal): Promise<LifecycleSummary>;
  immutability(id: string, signal?: AbortSignal): Promise<ImmutabilitySummary>;
  json(id: string, signal?: AbortSignal): Promise<unknown>;
}

export interface LifecycleSummary {
  readonly rules: readonly {
    readonly name: string;
    readonly enabled: boolean;
    readonly prefixes: readonly string[];
    /** Days after which a base blob moves or goes; null: never. */
    readonly coolAfterDays: number | null;
    readonly coldAfterDays: number | null;
    readonly archiveAfterDays: number | null;
    readonly deleteAfterDays: number | null;
    readonly basis: "modified" | "lastAccess" | "created";
  }[];
}

export interface ImmutabilitySummary {
  readonly containers: readonly {
    readonly name: string;
    readonly legalHold: boolean;
    readonly policy: { readonly state: string; readonly days: number } | null;
  }[];
}

export interface KeyReader {
  /** Facts of a key from ARM (`vaults/keys`); the vault's data plane is never asked here. */
  get(vaultId: string, keyName: string, signal?: AbortSignal): Promise<VaultKey>;
}

export interface MetricsReader {
  /** One metrics:getBatch call: at most 50 resources of one subscription, location and type. */
  batch(
    query: MetricsQuery & { readonly resourceIds: readonly string[]; readonly location: string },
    signal?: AbortSignal,
  ): Promise<readonly ResourceSeries[]>;
  /** One resource's own metrics, for whoever may not call getBatch. */
  single(query: MetricsQuery & { readonly resourceId: string }, signal?: AbortSignal): Promise<ResourceSeries>;
}

export interface MetricsQuery {
  readonly namespace: string;
  readonly metrics: readonly string[];
  readonly aggregation: "Average" | "Maximum" | "Total";
  /** ISO 8601 duration, for instance `PT5M`. */
  readonly interval: string;
  readonly from: Date;
  readonly to: Date;
  /** For instance `Tier eq '*'`. */
  readonly filter?: string;
}

export interface ResourceSeries {
  readonly resourceId: string;
  readonly series: readonly MetricSeries[];
}

export interface MetricSeries {
  readonly metric: string;
  readonly unit: string;
  readonly dimensions: Readonly<Record<string, string>>;
  /** Oldest first; a gap has value null. */
  readonly points: readonly { readonly at: string; readonly value: number | null }[];
}

export interface PriceReader {
  /** Items of the Retail Prices API for an OData filter; public, no sign-in. */
  list(filter: string, currency: string, signal?: AbortSignal): Promise<readonly RetailPrice[]>;
}

export interface RetailPrice extends PriceItem {
  readonly reservationTerm?: string;
}

export interface ScopeReader {
  locks(resourceId: string, signal?: AbortSignal): Promise<readonly Lock[]>;
  /** Actions and notActions the caller holds on the resource (Microsoft.Authorization/permissions). */
  permissions(
    resourceId: string,
    signal?: AbortSignal,
  ): Promise<readonly { readonly actions: readonly string[]; readonly notActions: readonly string[] }[]>;
  /** Activity log entries of one resource, newest first. */
  activity(resourceId: string, since: Date, signal?: AbortSignal): Promise<readonly ActivityEvent[]>;
  /** Names of deployments of the resource group that run now. */
  runningDeployments(resourceGroupId: string, signal?: AbortSignal): Promise<readonly string[]>;
}

export interface Lock {
  readonly name: string;
  readonly level: "CanNotDelete" | "ReadOnly" | string;
  /** The scope it was set on. */
  readonly scope: string;
  readonly notes: string | null;
}

export interface ActivityEvent {
  readonly at: string;
  readonly operation: string;
  readonly status: string;
  readonly caller: string | null;
}

/**
 * The only way to change Azure. One call is one request, sent once: no retry, 30 s limit, origin pinned.
 * Resolves when Azure accepted (2xx); rejects with `AzureError`, whose `sent` says whether Azure may have acted.
 */
export interface Writer {
  send(change: Change, signal?: AbortSignal): Promise<Accepted>;
  /** What `send` would put on the wire, for the plan. No request is made. */
  describe(change: Change): RequestDescription;
}

/** Everything the product can change, as data: plans show it, the journal keeps it, the writer sends it. */
export type Change =
  | { readonly kind: "stop"; readonly id: string }
  | { readonly kind: "start"; readonly id: string }
  | { readonly kind: "restart"; readonly id: string; readonly failover: "PlannedFailover" | "ForcedFailover" | null }
  | { readonly kind: "updateServer"; readonly id: string; readonly patch: ServerPatch }
  | { readonly kind: "backup"; readonly id: string; readonly name: string }
  | { readonly kind: "mergeTags"; readonly id: string; readonly tags: Readonly<Record<string, string>> };

/** A minimal PATCH body: only what changes is named. */
export interface ServerPatch extends SettingsPatch {
  readonly sku?: { readonly name: string; readonly tier: string };
  readonly storageGiB?: number;
}

export interface RequestDescription {
  readonly method: string;
  readonly url: string;
  readonly body: unknown;
  /** The same change as an Azure CLI line, safe to paste. */
  readonly az: string;
}

export interface Accepted {
  readonly status: number;
  /** Where the long-running operation is followed; null when the answer named none (or one of another origin). */
  readonly operationUrl: string | null;
  /** Real milliseconds, as received; null without header. */
  readonly retryAfterMs: number | null;
  readonly correlationId: string | null;
}

export interface OperationReader {
  /** One poll of an operation URL, with the read client. A 404 or 410 is `gone`: the resource decides. */
  poll(operationUrl: string, signal?: AbortSignal): Promise<OperationState>;
}

export interface OperationState {
  /** Words of Azure other than these four count as running (reliability.md 1: decide by an allow-list). */
  readonly status: "running" | "succeeded" | "failed" | "canceled" | "gone";
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly retryAfterMs: number | null;
}

export interface Portal {
  /** Address of a resource in the portal of the configured cloud. */
  url(resourceId: string, tenantId: string): string;
}

/** Why a request failed, in the classes of reliability.md 3.3. */
export type AzureErrorKind =
  | "auth"
  | "rights"
  | "lock"
  | "policy"
  | "notFound"
  | "busy"
  | "notReady"
  | "conflict"
  | "changed"
  | "throttled"
  | "quota"
  | "invalid"
  | "unavailable"
  | "offline"
  | "timeout"
  | "malformed"
  | "origin"
  | "canceled";

/** The one error of this layer. `message` is a sentence for people; `code` and `status` are Azure's own. */
export class AzureError extends Error {
  override readonly name = "AzureError";

  /** By name: the extension's entry and the lazily loaded Azure bundle each carry their own copy of this class. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof Error && value.name === "AzureError";
  }

  readonly kind: AzureErrorKind;
  readonly code: string;
  readonly status: number | null;
  /** For a write: `no` when Azure certainly did not act, `unknown` when it may have (5xx, reset, timeout after sending). */
  readonly sent: "no" | "unknown";
  /** Real milliseconds Azure asks to wait. */
  readonly retryAfterMs: number | null;
  /** For `rights`: the missing action and the scope. */
  readonly missing: { readonly action: string; readonly scope: string; readonly role: string | null } | null;
  readonly correlationId: string | null;

  constructor(kind: AzureErrorKind, message: string, details: Partial<AzureErrorDetails> = {}) {
    super(message, details.cause === undefined ? {} : { cause: details.cause });
    this.kind = kind;
    this.code = details.code ?? kind;
    this.status = details.status ?? null;
    this.sent = details.sent ?? "no";
    this.retryAfterMs = details.retryAfterMs ?? null;
    this.missing = details.missing ?? null;
    this.correlationId = details.correlationId ?? null;
  }
}

export interface AzureErrorDetails {
  readonly code: string;
  readonly status: number | null;
  readonly sent: "no" | "unknown";
  readonly retryAfterMs: number | null;
  readonly missing: { readonly action: string; readonly scope: string; readonly role: string | null } | null;
  readonly correlationId: string | null;
  readonly cause: unknown;
}
