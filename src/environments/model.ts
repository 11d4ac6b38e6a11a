/**
 * The environment: a PostgreSQL Flexible Server (Recall plane), a storage account (Record plane) and the key that
 * encrypts both. Plain data, read from Azure by `src/azure` and judged by the pure functions beside this file.
 * Unknown is said: what Azure did not answer is `null`, never a default.
 */
export interface Environment {
  /** `<subscription id>/<resource group>/<name>`, lower case: stable across refreshes, unique in one cloud. */
  readonly id: string;
  readonly name: string;
  readonly class: EnvironmentClass;
  /** How the environment was recognised (design decision 5) and where its class comes from. */
  readonly recognisedBy: "tags" | "file" | "sharedKey" | "resourceGroup";
  readonly classFrom: "tag" | "file" | "none";
  readonly subscription: Subscription;
  readonly resourceGroup: string;
  readonly location: string;
  /** The primary server; null when the environment has only a Record plane. */
  readonly server: Server | null;
  /** Read replicas of `server`, by name. */
  readonly replicas: readonly Server[];
  readonly account: StorageAccount | null;
  /** What was doubtful while recognising it: an odd class tag, an account that was a guess. Absent: nothing. */
  readonly findings?: readonly Finding[];
}

/** `unknown` counts as prod in every guard. */
export type EnvironmentClass = "dev" | "test" | "uat" | "prod" | "unknown";

export interface Subscription {
  /** The GUID. */
  readonly id: string;
  readonly name: string;
  readonly tenantId: string;
  /** Who reads it, for instance `kim@contoso.com`; null in the command line's headless modes. */
  readonly account: string | null;
}

/** One ARM resource's common part. `id` keeps Azure's letter case; ids are compared in lower case. */
export interface ResourceHead {
  readonly id: string;
  readonly name: string;
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly location: string;
  readonly tags: Readonly<Record<string, string>>;
}

export interface Server extends ResourceHead {
  readonly kind: "server";
  /** A state of api-version 2025-08-01 (KnownServerState: Ready, Stopped, …), another word of Azure's, or null without one. */
  readonly state: string | null;
  /** ARM name, for instance `Standard_D4ds_v5`, and tier. */
  readonly sku: { readonly name: string; readonly tier: string } | null;
  readonly version: string | null;
  readonly hostName: string | null;
  readonly storage: ServerStorage | null;
  readonly backup: ServerBackup | null;
  readonly highAvailability: HighAvailability;
  /** Null: Azure picks the time (system-managed). Hours and minutes in UTC. */
  readonly maintenanceWindow: {
    readonly dayOfWeek: number;
    readonly startHour: number;
    readonly startMinute: number;
  } | null;
  /** `Primary`, `AsyncReplica`, `GeoAsyncReplica`, `None` or null. */
  readonly replicationRole: string | null;
  readonly sourceServerId: string | null;
  readonly encryption: ServerEncryption;
  readonly publicNetworkAccess: boolean | null;
  readonly availabilityZone: string | null;
}

export interface ServerStorage {
  readonly sizeGiB: number;
  /** `Premium_LRS`, `PremiumV2_LRS`, `UltraSSD_LRS` or null for Premium SSD of older answers. */
  readonly type: string | null;
  /** Performance tier, P4…P80. */
  readonly tier: string | null;
  readonly iops: number | null;
  readonly autoGrow: boolean | null;
}

export interface ServerBackup {
  readonly retentionDays: number | null;
  readonly geoRedundant: boolean | null;
  /** ISO 8601: how far back a point-in-time restore reaches. */
  readonly earliestRestore: string | null;
}

export interface HighAvailability {
  readonly mode: "none" | "sameZone" | "zoneRedundant" | "unknown";
  /** Azure's own word, for instance `Healthy`; null without HA. */
  readonly state: string | null;
}

export type KeyOwner = "customerKey" | "serviceKey" | "unknown";

export interface ServerEncryption {
  readonly owner: KeyOwner;
  /** `https://VAULT/keys/NAME` (versionless) or `…/NAME/VERSION` (pinned). */
  readonly primaryKeyUri: string | null;
  readonly primaryIdentityId: string | null;
  readonly geoKeyUri: string | null;
  readonly geoIdentityId: string | null;
  /** `Valid`, `Invalid` or null. */
  readonly primaryStatus: string | null;
  readonly geoStatus: string | null;
}

export interface StorageAccount extends ResourceHead {
  readonly kind: "account";
  /** `Standard_ZRS` …: redundancy is the part behind the underscore. */
  readonly skuName: string | null;
  readonly accessTier: string | null;
  readonly encryption: AccountEncryption;
  readonly minimumTls: string | null;
  readonly httpsOnly: boolean | null;
  readonly publicNetworkAccess: boolean | null;
}

export interface AccountEncryption {
  readonly owner: KeyOwner;
  readonly vaultUri: string | null;
  readonly keyName: string | null;
  /** Null or empty: versionless, the account follows the newest version by a daily check. */
  readonly keyVersion: string | null;
  /** What the account really uses now. */
  readonly currentVersionedKeyUri: string | null;
  readonly lastKeyRotation: string | null;
  readonly currentKeyExpires: string | null;
}

export interface Vault extends ResourceHead {
  readonly kind: "vault";
  readonly uri: string;
  readonly purgeProtection: boolean | null;
  readonly rbac: boolean | null;
}

export type Resource = Server | StorageAccount | Vault;

/** One key a plane uses, as ARM's `vaults/keys` tells it. */
export interface VaultKey {
  /** Host part of the vault's address without suffix. */
  readonly vault: string;
  readonly name: string;
  /** The current (newest) version. */
  readonly version: string | null;
  readonly enabled: boolean | null;
  /** ISO 8601. */
  readonly created: string | null;
  readonly expires: string | null;
  /** When the rotation policy makes the next version; null without policy. */
  readonly nextRotation: string | null;
}

/** Measured use, each a fraction 0…1 of what there is; null is not measured (stopped, no access, no data yet). */
export interface ServerMetrics {
  readonly cpu: number | null;
  readonly memory: number | null;
  readonly storage: number | null;
  /** active ÷ (max − 15 reserved). */
  readonly connections: number | null;
  readonly activeConnections: number | null;
  readonly maxConnections: number | null;
  /** Burstable only. */
  readonly cpuCreditsRemaining: number | null;
  /** ISO 8601 time of the newest point. */
  readonly at: string | null;
  /** CPU over the last hours, oldest first, fractions; gaps are null. For the sparkline. */
  readonly cpuHistory: readonly (number | null)[];
}

export interface AccountMetrics {
  /** Decimal GB by access tier; null when not measured. */
  readonly tiersGB: {
    readonly hot: number;
    readonly cool: number;
    readonly cold: number;
    readonly archive: number;
  } | null;
  readonly at: string | null;
}

/** A pure detector's result: an advisory, or a finding of a plan. `source` names the document behind it. */
export interface Finding {
  readonly code: string;
  readonly severity: "error" | "warning" | "info";
  readonly message: string;
  readonly source: string | null;
}
