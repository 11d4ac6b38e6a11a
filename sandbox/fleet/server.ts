import { guidOf, hash } from "../random.ts";
import { diskOf } from "../postgres/sizes.ts";
import type { Resource } from "../types.ts";
import { day, hour, iso } from "./spec.ts";
import type { EnvironmentSpec } from "./spec.ts";

export interface Naming {
  readonly groupId: string;
  readonly serverName: string;
  readonly identityId: string;
  readonly vaultName: string;
}

/**
 * The server as GET answers it in api-version 2025-08-01 (azure-specs derived/…/postgresql/2025-08-01/openapi.json).
 * Azure's answer without high availability is mode `Disabled`, although the document's open enum does not list it
 * (2024-08-01's does).
 */
export function serverResource(spec: EnvironmentSpec, names: Naming, now: number): Resource {
  const { server } = spec;
  return {
    id: serverId(names),
    name: names.serverName,
    type: "Microsoft.DBforPostgreSQL/flexibleServers",
    location: spec.location,
    tags: { ...spec.tags },
    sku: { name: server.sku, tier: server.tier },
    ...(spec.key ? { identity: identityBlock(spec, names) } : {}),
    systemData: systemData(spec.stem, now),
    properties: {
      ...common(spec, names, now),
      dataEncryption: dataEncryption(spec, names),
      highAvailability: highAvailability(spec),
      replica: { role: "Primary", capacity: 5 - server.replicas },
      replicationRole: "Primary",
      replicaCapacity: 5 - server.replicas,
    },
  } as Resource;
}

/** A read replica: same size as its primary or larger; no backups and no high availability of its own. */
export function replicaResource(spec: EnvironmentSpec, names: Naming, now: number): Resource {
  const primary = serverResource(spec, names, now);
  const name = `${names.serverName}-replica1`;
  return {
    ...primary,
    id: serverId({ ...names, serverName: name }),
    name,
    properties: {
      ...common(spec, { ...names, serverName: name }, now),
      dataEncryption: dataEncryption(spec, names),
      highAvailability: { mode: "Disabled", state: "NotEnabled" },
      sourceServerResourceId: primary.id,
      availabilityZone: "3",
      replica: { role: "AsyncReplica", capacity: 0, replicationState: "Active" },
      replicationRole: "AsyncReplica",
      replicaCapacity: 0,
    },
  };
}

function serverId(names: Pick<Naming, "groupId" | "serverName">): string {
  return `${names.groupId}/providers/Microsoft.DBforPostgreSQL/flexibleServers/${names.serverName}`;
}

function common(spec: EnvironmentSpec, names: Naming, now: number): Record<string, unknown> {
  const { server } = spec;
  const disk = diskOf(server.storageGiB);
  return {
    administratorLogin: "engramadmin",
    version: server.version,
    minorVersion: String(3 + (hash(spec.stem) % 7)),
    state: server.state,
    fullyQualifiedDomainName: `${names.serverName}.postgres.database.azure.com`,
    availabilityZone: String(1 + (hash(names.serverName) % 2)),
    storage: {
      storageSizeGB: server.storageGiB,
      autoGrow: server.autoGrow ? "Enabled" : "Disabled",
      tier: disk.tier,
      iops: disk.iops,
      type: "Premium_LRS",
    },
    authConfig: { activeDirectoryAuth: "Enabled", passwordAuth: "Disabled", tenantId: spec.tenantId },
    backup: {
      backupRetentionDays: server.backupRetentionDays,
      geoRedundantBackup: server.geoRedundantBackup ? "Enabled" : "Disabled",
      earliestRestoreDate: iso(now - server.backupRetentionDays * day + hour),
    },
    network: { publicNetworkAccess: spec.class === "prod" ? "Disabled" : "Enabled" },
    maintenanceWindow: maintenance(spec),
    privateEndpointConnections: [],
  };
}

function maintenance(spec: EnvironmentSpec): Record<string, unknown> {
  const window = spec.server.maintenance;
  if (!window) return { customWindow: "Disabled", dayOfWeek: 0, startHour: 0, startMinute: 0 };
  return { customWindow: "Enabled", dayOfWeek: window.dayOfWeek, startHour: window.startHour, startMinute: 0 };
}

function highAvailability(spec: EnvironmentSpec): Record<string, unknown> {
  const mode = spec.server.highAvailability;
  if (mode === "Disabled") return { mode, state: "NotEnabled" };
  return { mode, state: "Healthy", standbyAvailabilityZone: mode === "SameZone" ? "1" : "3" };
}

/** The key's identifier names a version only where the fleet pins it. */
function dataEncryption(spec: EnvironmentSpec, names: Naming): Record<string, unknown> {
  const { key } = spec;
  if (!key) return { type: "SystemManaged" };
  const pinned = key.pinned === "server" || key.pinned === "both" ? `/${key.versions[0]?.version ?? ""}` : "";
  return {
    type: "AzureKeyVault",
    primaryKeyURI: `https://${names.vaultName}.vault.azure.net/keys/${key.keyName}${pinned}`,
    primaryUserAssignedIdentityId: names.identityId,
    primaryEncryptionKeyStatus: spec.server.state === "Inaccessible" ? "Invalid" : "Valid",
  };
}

export function identityBlock(spec: EnvironmentSpec, names: Naming): Record<string, unknown> {
  return { type: "UserAssigned", userAssignedIdentities: { [names.identityId]: identityIds(spec) } };
}

export function identityIds(spec: EnvironmentSpec): { principalId: string; clientId: string } {
  return { principalId: guidOf(`principal/${spec.stem}`), clientId: guidOf(`client/${spec.stem}`) };
}

function systemData(stem: string, now: number): Record<string, string> {
  const createdAt = iso(now - (200 + (hash(stem) % 300)) * day);
  const createdBy = "platform@contoso.example";
  return {
    createdBy,
    createdByType: "User",
    createdAt,
    lastModifiedBy: createdBy,
    lastModifiedByType: "User",
    lastModifiedAt: createdAt,
  };
}
