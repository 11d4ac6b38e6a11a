import { findResource, isObject, listResources } from "../arm.ts";
import type { Resource, State, World } from "../types.ts";

export const serverType = "Microsoft.DBforPostgreSQL/flexibleServers";

/** KnownServerState of @azure/arm-postgresql-flexible 9.0.0 (api-version 2025-08-01). */
export type ServerState =
  | "Ready"
  | "Dropping"
  | "Disabled"
  | "Starting"
  | "Stopping"
  | "Stopped"
  | "Updating"
  | "Restarting"
  | "Inaccessible"
  | "Provisioning";

export interface Storage {
  storageSizeGB: number;
  autoGrow?: string;
  tier?: string;
  iops?: number;
  throughput?: number;
  type?: string;
}

export interface DataEncryption {
  type?: string;
  primaryKeyURI?: string;
  primaryUserAssignedIdentityId?: string;
  primaryEncryptionKeyStatus?: string;
  geoBackupKeyURI?: string;
  geoBackupUserAssignedIdentityId?: string;
  geoBackupEncryptionKeyStatus?: string;
}

/** The part of a server's properties that the rules look at; all else is carried as it came. */
export interface ServerProperties extends Record<string, unknown> {
  state: ServerState;
  version: string;
  storage: Storage;
  backup?: { backupRetentionDays?: number; geoRedundantBackup?: string; earliestRestoreDate?: string };
  highAvailability?: { mode?: string; state?: string; standbyAvailabilityZone?: string };
  maintenanceWindow?: Record<string, unknown>;
  dataEncryption?: DataEncryption;
  availabilityZone?: string;
  replicationRole?: string;
  replica?: Record<string, unknown>;
  sourceServerResourceId?: string;
}

export interface Server extends Resource {
  sku: { name: string; tier: string };
  location: string;
  properties: ServerProperties;
}

/** What GET of the server does not show. `state.services.postgres`, by the server's id in lower case. */
export interface ServerParts {
  /** Virtual milliseconds of the stop; the start after 7 days counts from it. */
  stoppedAt?: number;
  /** Fixed when the server is created; scaling does not change it (concepts-limits.md@0200b8f). */
  defaultMaxConnections?: number;
  /** Values that differ from the default, by configuration name. */
  configurations?: Record<string, string>;
  /** Static parameters that were set and wait for a restart. */
  pendingRestart?: string[];
  /** On-demand backups, newest last. */
  backups?: { name: string; completedTime: string }[];
  /** Databases, firewall rules and administrators by kind and name, as GET answers them. */
  children?: Record<string, Resource>;
}

export function partsOf(state: State, serverId: string): ServerParts {
  const all = (state.services["postgres"] ??= {}) as Record<string, ServerParts>;
  return (all[serverId.toLowerCase()] ??= {});
}

export function dropParts(state: State, serverId: string): void {
  delete (state.services["postgres"] as Record<string, ServerParts> | undefined)?.[serverId.toLowerCase()];
}

export function isServer(resource: Resource | null): resource is Server {
  // the quick comparison first: this is asked of every resource every half hour of virtual time
  return resource !== null && (resource.type === serverType || sameType(resource.type));
}

function sameType(type: string): boolean {
  return type.length === serverType.length && type.toLowerCase() === serverType.toLowerCase();
}

export function findServer(state: State, id: string): Server | null {
  const found = findResource(state, id);
  return isServer(found) ? found : null;
}

/** In no order, and cheap: for what looks at every server every hour of virtual time. */
export function forEachServer(state: State, visit: (server: Server) => void): void {
  for (const id in state.resources) {
    const resource = state.resources[id]!;
    if (isServer(resource)) visit(resource);
  }
}

export function allServers(state: State, scope = "/subscriptions"): Server[] {
  return listResources(state, scope, serverType) as Server[];
}

export function setState(world: World, server: Server, state: ServerState): void {
  server.properties.state = state;
  world.changed();
}

export function replicasOf(state: State, primary: Server): Server[] {
  return allServers(state).filter(
    (one) => one.properties.sourceServerResourceId?.toLowerCase() === primary.id.toLowerCase() && isReplica(one),
  );
}

export function primaryOf(state: State, replica: Server): Server | null {
  const id = replica.properties.sourceServerResourceId;
  return id !== undefined && isReplica(replica) ? findServer(state, id) : null;
}

export function isReplica(server: Server): boolean {
  return /AsyncReplica$/.test(server.properties.replicationRole ?? "");
}

export function hasHighAvailability(server: Server): boolean {
  const mode = server.properties.highAvailability?.mode;
  return mode === "ZoneRedundant" || mode === "SameZone";
}

export function objectAt(body: unknown, name: string): Record<string, unknown> {
  const value = isObject(body) ? body[name] : undefined;
  return isObject(value) ? value : {};
}
