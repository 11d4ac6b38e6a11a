import { hash, hexOf } from "../random.ts";
import type { AccountParts, Container } from "../storageState.ts";
import type { Resource } from "../types.ts";
import { identityBlock } from "./server.ts";
import type { Naming } from "./server.ts";
import { day, iso } from "./spec.ts";
import type { EnvironmentSpec, LifecycleSpec } from "./spec.ts";

/** The account as GET answers it (azure-specs derived/…/storage/2025-08-01/openapi.json; the wire names are lower case). */
export function accountResource(spec: EnvironmentSpec, names: Naming, at: AccountAt): Resource {
  const created = iso(at.now - (200 + (hash(spec.stem) % 300)) * day);
  return {
    id: at.id,
    name: at.name,
    type: "Microsoft.Storage/storageAccounts",
    location: spec.location,
    tags: { ...spec.tags },
    sku: { name: spec.account.sku, tier: "Standard" },
    kind: "StorageV2",
    ...(usesCustomerKey(spec) ? { identity: identityBlock(spec, names) } : {}),
    properties: {
      provisioningState: "Succeeded",
      creationTime: created,
      keyCreationTime: { key1: created, key2: created },
      primaryLocation: spec.location,
      statusOfPrimary: "available",
      primaryEndpoints: endpoints(at.name),
      accessTier: spec.account.accessTier,
      supportsHttpsTrafficOnly: true,
      minimumTlsVersion: "TLS1_2",
      allowBlobPublicAccess: false,
      allowSharedKeyAccess: false,
      allowCrossTenantReplication: false,
      publicNetworkAccess: spec.class === "prod" ? "Disabled" : "Enabled",
      networkAcls: {
        bypass: "AzureServices",
        defaultAction: spec.class === "prod" ? "Deny" : "Allow",
        ipRules: [],
        virtualNetworkRules: [],
      },
      privateEndpointConnections: [],
      encryption: encryption(spec, names, created),
    },
  };
}

export interface AccountAt {
  readonly id: string;
  readonly name: string;
  readonly now: number;
}

/** Blob service, lifecycle policy and the container `records` of an account. */
export function accountParts(spec: EnvironmentSpec, at: AccountAt): AccountParts {
  const { account } = spec;
  return {
    blobService: blobService(spec, at),
    managementPolicy: account.lifecycle ? managementPolicy(account.lifecycle, at) : null,
    containers: { records: container(spec, at) },
    encryptionScopes: [],
  };
}

function usesCustomerKey(spec: EnvironmentSpec): boolean {
  return spec.key?.account === true;
}

function endpoints(name: string): Record<string, string> {
  const address = (service: string): string => `https://${name}.${service}.core.windows.net/`;
  return {
    blob: address("blob"),
    dfs: address("dfs"),
    queue: address("queue"),
    table: address("table"),
    file: address("file"),
    web: `https://${name}.z13.web.core.windows.net/`,
  };
}

function encryption(spec: EnvironmentSpec, names: Naming, since: string): Record<string, unknown> {
  const service = { enabled: true, lastEnabledTime: since, keyType: "Account" };
  const services = { blob: service, file: service };
  if (!usesCustomerKey(spec)) return { services, keySource: "Microsoft.Storage" };
  return {
    services,
    keySource: "Microsoft.Keyvault",
    requireInfrastructureEncryption: false,
    keyvaultproperties: keyProperties(spec, names),
    identity: { userAssignedIdentity: names.identityId },
  };
}

function keyProperties(spec: EnvironmentSpec, names: Naming): Record<string, unknown> {
  const key = spec.key;
  const pinned = key?.pinned === "account" || key?.pinned === "both";
  const used = pinned ? key?.versions[0] : key?.versions.at(-1);
  const vaultUri = `https://${names.vaultName}.vault.azure.net`;
  return {
    keyname: key?.keyName,
    keyversion: pinned ? used?.version : "",
    keyvaulturi: vaultUri,
    currentVersionedKeyIdentifier: `${vaultUri}/keys/${key?.keyName ?? ""}/${used?.version ?? ""}`,
    lastKeyRotationTimestamp: iso((used?.created ?? 0) + day / 2),
    ...(used?.expires ? { currentVersionedKeyExpirationTimestamp: iso(used.expires) } : {}),
  };
}

function blobService(spec: EnvironmentSpec, at: AccountAt): Record<string, unknown> {
  return {
    id: `${at.id}/blobServices/default`,
    name: "default",
    type: "Microsoft.Storage/storageAccounts/blobServices",
    sku: { name: spec.account.sku, tier: "Standard" },
    properties: {
      cors: { corsRules: [] },
      isVersioningEnabled: spec.account.versioning,
      deleteRetentionPolicy: { enabled: true, days: 14, allowPermanentDelete: false },
      containerDeleteRetentionPolicy: { enabled: true, days: 14 },
      changeFeed: { enabled: spec.account.versioning },
      lastAccessTimeTrackingPolicy: {
        enable: spec.account.lifecycle !== null,
        name: "AccessTimeTracking",
        trackingGranularityInDays: 1,
        blobType: ["blockBlob"],
      },
    },
  };
}

function managementPolicy(rules: LifecycleSpec, at: AccountAt): Record<string, unknown> {
  const after = (days: number | null): object | undefined =>
    days === null ? undefined : { daysAfterModificationGreaterThan: days };
  const actions = {
    tierToCool: after(rules.coolAfterDays),
    tierToCold: after(rules.coldAfterDays),
    tierToArchive: after(rules.archiveAfterDays),
    delete: after(rules.deleteAfterDays),
  };
  const baseBlob = Object.fromEntries(Object.entries(actions).filter(([, value]) => value !== undefined));
  return {
    id: `${at.id}/managementPolicies/default`,
    name: "DefaultManagementPolicy",
    type: "Microsoft.Storage/storageAccounts/managementPolicies",
    properties: {
      lastModifiedTime: iso(at.now - 90 * day),
      policy: {
        rules: [
          {
            enabled: true,
            name: "records-lifecycle",
            type: "Lifecycle",
            definition: { actions: { baseBlob }, filters: { blobTypes: ["blockBlob"], prefixMatch: ["records/"] } },
          },
        ],
      },
    },
  };
}

function container(spec: EnvironmentSpec, at: AccountAt): Container {
  const { account } = spec;
  const etag = `"0x8D${hexOf(at.id, 12).toUpperCase()}"`;
  const modified = iso(at.now - 90 * day);
  return {
    id: `${at.id}/blobServices/default/containers/records`,
    name: "records",
    type: "Microsoft.Storage/storageAccounts/blobServices/containers",
    etag,
    properties: {
      lastModifiedTime: modified,
      publicAccess: "None",
      leaseState: "Available",
      leaseStatus: "Unlocked",
      defaultEncryptionScope: "$account-encryption-key",
      denyEncryptionScopeOverride: false,
      hasLegalHold: false,
      hasImmutabilityPolicy: account.immutabilityDays !== null,
      ...(account.immutabilityDays === null ? {} : { immutabilityPolicy: immutability(spec, etag, modified) }),
    },
  };
}

function immutability(spec: EnvironmentSpec, etag: string, modified: string): Record<string, unknown> {
  const days = spec.account.immutabilityDays;
  const state = spec.account.locked ? "Locked" : "Unlocked";
  const step = (update: string): object => ({
    update,
    immutabilityPeriodSinceCreationInDays: days,
    timestamp: modified,
    tenantId: spec.tenantId,
  });
  return {
    etag,
    updateHistory: spec.account.locked ? [step("put"), step("lock")] : [step("put")],
    properties: { immutabilityPeriodSinceCreationInDays: days, state, allowProtectedAppendWrites: false },
  };
}
