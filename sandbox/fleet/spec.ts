import type { KeyVersion } from "../keyVaultState.ts";

export const minute = 60_000;
export const hour = 60 * minute;
export const day = 24 * hour;

/** What one environment of a fleet looks like; the builders turn it into the resources that Azure would answer. */
export interface EnvironmentSpec {
  /** Stem of the names, e.g. `orders-prod`; letters, digits and hyphens. */
  readonly stem: string;
  readonly subscriptionId: string;
  readonly tenantId: string;
  readonly location: string;
  /** Name of the resource group; default `rg-<stem>`. */
  readonly group?: string;
  readonly class: "dev" | "test" | "uat" | "prod";
  /** Tags of server and account; the engram tags are left out when the environment is to be found by other means. */
  readonly tags: Readonly<Record<string, string>>;
  readonly server: ServerSpec;
  readonly account: AccountSpec;
  /** Null: both sides use the service's key. */
  readonly key: KeySpec | null;
  readonly workload: WorkloadSpec;
}

export interface ServerSpec {
  readonly sku: string;
  readonly tier: "Burstable" | "GeneralPurpose" | "MemoryOptimized";
  readonly storageGiB: number;
  readonly version: string;
  readonly state: "Ready" | "Stopped" | "Inaccessible" | "Updating";
  readonly highAvailability: "Disabled" | "SameZone" | "ZoneRedundant";
  readonly autoGrow: boolean;
  readonly backupRetentionDays: number;
  readonly geoRedundantBackup: boolean;
  readonly replicas: number;
  /** Days since the server was stopped; only with state Stopped. */
  readonly stoppedDays?: number;
  readonly maintenance?: { readonly dayOfWeek: number; readonly startHour: number };
}

export interface AccountSpec {
  readonly sku: string;
  readonly accessTier: "Hot" | "Cool";
  /** GB (10^9) by tier today. */
  readonly tiersGB: { readonly hot: number; readonly cool: number; readonly cold: number; readonly archive: number };
  readonly lifecycle: LifecycleSpec | null;
  /** Days of the container's immutability policy; null without one. */
  readonly immutabilityDays: number | null;
  readonly locked: boolean;
  readonly versioning: boolean;
}

export interface LifecycleSpec {
  readonly coolAfterDays: number | null;
  readonly coldAfterDays: number | null;
  readonly archiveAfterDays: number | null;
  readonly deleteAfterDays: number | null;
}

export interface KeySpec {
  readonly keyName: string;
  /** Newest last. */
  readonly versions: readonly KeyVersion[];
  /** Which sides name a version, instead of following the newest. */
  readonly pinned: "none" | "server" | "account" | "both";
  /** Whether the account is encrypted with the customer's key too. */
  readonly account: boolean;
  /** Null: the key has no rotation policy. */
  readonly rotation: { readonly timeAfterCreate: string; readonly expiryTime: string } | null;
}

/** Starting values of the workload model, see metricsModel.ts. */
export interface WorkloadSpec {
  /** Average CPU in percent at the busy time of a working day. */
  readonly cpu: number;
  readonly memory: number;
  /** Share of max_connections in percent at the busy time. */
  readonly connections: number;
  readonly storageUsedPercent: number;
  readonly growthGiBPerDay: number;
  /** Burstable only: credits left now. */
  readonly credits?: number;
}

/** ISO time as Azure writes it. */
export function iso(at: number): string {
  return new Date(at).toISOString();
}

/** Storage and vault names: lower case letters and digits, cut to the length. */
export function plainName(stem: string, suffix: string, length: number): string {
  return (
    stem
      .toLowerCase()
      .replace(/[^a-z0-9]/g, "")
      .slice(0, length - suffix.length) + suffix
  );
}
