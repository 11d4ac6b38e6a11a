import { hexOf } from "../random.ts";
import { vaultStore } from "../keyVaultState.ts";
import type { KeyVersion } from "../keyVaultState.ts";
import { metricsState } from "../metricsState.ts";
import { sizeOf } from "../postgres/sizes.ts";
import { storageStore } from "../storageState.ts";
import type { Resource, State } from "../types.ts";
import { accountParts, accountResource } from "./account.ts";
import { identityIds, replicaResource, serverResource } from "./server.ts";
import type { Naming } from "./server.ts";
import { day, hour, iso, plainName } from "./spec.ts";
import type { EnvironmentSpec } from "./spec.ts";

/** Adds everything of one environment to the state: group, identity, vault and key, server, replicas, account, loads. */
export function addEnvironment(state: State, spec: EnvironmentSpec, now: number): void {
  const group = spec.group ?? `rg-${spec.stem}`;
  const names = nameAll(spec, group);
  addGroup(state, spec, group);
  if (spec.key) addKey(state, spec, { names, now });
  addServers(state, spec, { names, now });
  addAccount(state, spec, { names, now });
  addDeployment(state, spec, { names, now });
}

interface At {
  readonly names: Naming;
  readonly now: number;
}

/** Versions of a key that a policy has rotated every 90 days, each valid 270 (reference design: P90D, P270D). */
export function rotatedVersions(stem: string, count: number, newestAt: number): KeyVersion[] {
  return Array.from({ length: count }, (_, index) => {
    const created = newestAt - (count - 1 - index) * 90 * day;
    return keyVersion(`${stem}/${index}`, created, created + 270 * day);
  });
}

export function keyVersion(seed: string, created: number, expires: number | null): KeyVersion {
  const at = Math.floor(created / 1000) * 1000;
  const until = expires === null ? null : Math.floor(expires / 1000) * 1000;
  return {
    version: hexOf(`version/${seed}`, 32),
    enabled: true,
    created: at,
    updated: at,
    expires: until,
    notBefore: null,
    tags: {},
  };
}

function nameAll(spec: EnvironmentSpec, group: string): Naming {
  const groupId = `/subscriptions/${spec.subscriptionId}/resourceGroups/${group}`;
  return {
    groupId,
    serverName: `${spec.stem}-pg`,
    identityId: `${groupId}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${spec.stem}-cmk`,
    vaultName: `${spec.stem.slice(0, 21).replace(/-$/, "")}-kv`,
  };
}

function add(state: State, resource: Resource): void {
  state.resources[resource.id.toLowerCase()] = resource;
}

function addGroup(state: State, spec: EnvironmentSpec, group: string): void {
  const id = `/subscriptions/${spec.subscriptionId}/resourceGroups/${group}`;
  if (state.resources[id.toLowerCase()]) return;
  const type = "Microsoft.Resources/resourceGroups";
  const properties = { provisioningState: "Succeeded" };
  add(state, { id, name: group, type, location: spec.location, tags: { workload: spec.stem }, properties });
}

function addKey(state: State, spec: EnvironmentSpec, { names, now }: At): void {
  const key = spec.key;
  if (!key) return;
  add(state, identity(spec, names));
  const created = key.versions[0]?.created ?? now;
  add(state, vault(spec, names));
  vaultStore(state)[names.vaultName.toLowerCase()] = {
    keys: {
      [key.keyName]: {
        kty: "RSA",
        keySize: 3072,
        versions: [...key.versions],
        rotationPolicy: key.rotation && {
          created,
          updated: created,
          expiryTime: key.rotation.expiryTime,
          lifetimeActions: [
            { trigger: { timeAfterCreate: key.rotation.timeAfterCreate }, action: { type: "Rotate" } },
            { trigger: { timeBeforeExpiry: "P30D" }, action: { type: "Notify" } },
          ],
        },
      },
    },
  };
}

function identity(spec: EnvironmentSpec, names: Naming): Resource {
  return {
    id: names.identityId,
    name: `${spec.stem}-cmk`,
    type: "Microsoft.ManagedIdentity/userAssignedIdentities",
    location: spec.location,
    tags: {},
    properties: { tenantId: spec.tenantId, ...identityIds(spec), isolationScope: "None" },
  };
}

/** Vault with soft delete and purge protection, as customer-managed keys require. */
function vault(spec: EnvironmentSpec, names: Naming): Resource {
  return {
    id: `${names.groupId}/providers/Microsoft.KeyVault/vaults/${names.vaultName}`,
    name: names.vaultName,
    type: "Microsoft.KeyVault/vaults",
    location: spec.location,
    tags: { ...spec.tags },
    properties: {
      sku: { family: "A", name: "premium" },
      tenantId: spec.tenantId,
      accessPolicies: [],
      enabledForDeployment: false,
      enableSoftDelete: true,
      softDeleteRetentionInDays: 90,
      enablePurgeProtection: true,
      enableRbacAuthorization: true,
      vaultUri: `https://${names.vaultName}.vault.azure.net/`,
      networkAcls: { bypass: "AzureServices", defaultAction: "Allow", ipRules: [], virtualNetworkRules: [] },
      publicNetworkAccess: "Enabled",
      provisioningState: "Succeeded",
    },
  };
}

function addServers(state: State, spec: EnvironmentSpec, { names, now }: At): void {
  const server = serverResource(spec, names, now);
  add(state, server);
  const resources = [server];
  if (spec.server.replicas > 0) resources.push(replicaResource(spec, names, now));
  for (const each of resources.slice(1)) add(state, each);
  for (const each of resources) addServerProfile(state, spec, { id: each.id, now });
  if (spec.server.state === "Stopped") addStop(state, server.id, now - (spec.server.stoppedDays ?? 1) * day);
}

function addServerProfile(state: State, spec: EnvironmentSpec, at: { id: string; now: number }): void {
  const size = sizeOf(spec.server.sku);
  const { workload } = spec;
  metricsState(state).profiles[at.id.toLowerCase()] = {
    kind: "server",
    class: spec.class,
    vCores: size.vCores,
    memoryGiB: size.memoryGiB,
    cpu: workload.cpu,
    memory: workload.memory,
    connections: (workload.connections / 100) * size.maxConnections,
    maxConnections: size.maxConnections,
    storageUsedGiB: (workload.storageUsedPercent / 100) * spec.server.storageGiB,
    growthGiBPerDay: workload.growthGiBPerDay,
    credits: spec.server.tier === "Burstable" ? (workload.credits ?? 200) : null,
    at: at.now,
  };
}

/** The stop in the activity log, and the start that Azure does by itself after 7 days (how-to-stop-server.md@05e7fc0). */
function addStop(state: State, resourceId: string, at: number): void {
  const operationName = "Microsoft.DBforPostgreSQL/flexibleServers/stop/action";
  const correlationId = hexOf(resourceId, 8) + "-0000-4000-8000-000000000000";
  const caller = "dba@contoso.example";
  state.activity.push({ at: at - 150_000, operationName, resourceId, status: "Accepted", caller, correlationId });
  state.activity.push({ at, operationName, resourceId, status: "Succeeded", caller, correlationId });
  state.schedule.push({ at: at + 7 * day, kind: "postgres.autoStart", resourceId, data: { stoppedAt: at } });
}

function addAccount(state: State, spec: EnvironmentSpec, { names, now }: At): void {
  const name = plainName(spec.stem, "rec", 24);
  const id = `${names.groupId}/providers/Microsoft.Storage/storageAccounts/${name}`;
  const at = { id, name, now };
  add(state, accountResource(spec, names, at));
  storageStore(state)[id.toLowerCase()] = accountParts(spec, at);
  const gb = spec.account.tiersGB;
  // The growth is invented, as all loads of the fleets are.
  metricsState(state).profiles[id.toLowerCase()] = {
    kind: "account",
    bytes: { Hot: gb.hot * 1e9, Cool: gb.cool * 1e9, Cold: gb.cold * 1e9, Archive: gb.archive * 1e9 },
    growthPerDay: 0.002,
    at: now,
  };
  if (spec.key?.account && spec.key.pinned !== "account" && spec.key.pinned !== "both") {
    state.schedule.push({
      at: now + (6 + (name.length % 12)) * hour,
      kind: "storage.keyCheck",
      resourceId: id,
      data: null,
    });
  }
}

/** The deployment that made the environment, as the resource group remembers it; its figures (hash, duration, date) are invented. */
function addDeployment(state: State, spec: EnvironmentSpec, { names, now }: At): void {
  const deployments = (state.services["deployments"] ??= {}) as Record<string, unknown>;
  const id = `${names.groupId}/providers/Microsoft.Resources/deployments/engram-${spec.class}`;
  deployments[id.toLowerCase()] = {
    id,
    name: `engram-${spec.class}`,
    type: "Microsoft.Resources/deployments",
    properties: {
      templateHash: String(parseInt(hexOf(spec.stem, 12), 16)),
      parameters: { workload: { type: "String", value: spec.stem } },
      mode: "Incremental",
      provisioningState: "Succeeded",
      timestamp: iso(now - 90 * day),
      duration: "PT9M41.7S",
      correlationId: hexOf(`deployment/${spec.stem}`, 8) + "-0000-4000-8000-000000000001",
      providers: [],
      dependencies: [],
      outputResources: [
        { id: `${names.groupId}/providers/Microsoft.DBforPostgreSQL/flexibleServers/${names.serverName}` },
      ],
    },
  };
}
