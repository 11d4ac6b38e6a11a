import type {
  HighAvailability,
  KeyOwner,
  Server,
  ServerBackup,
  ServerEncryption,
  ServerStorage,
} from "../environments/model.ts";
import { at, flag, number, part, text, time } from "./json.ts";
import { toHead } from "./toHead.ts";

/** A flexible server as GET (api-version 2025-08-01) or a Resource Graph row tells it; null without a usable id. */
export function toServer(json: unknown): Server | null {
  const head = toHead(json);
  if (head === null) return null;
  const properties = part(json, "properties");
  return {
    ...head,
    kind: "server",
    state: text(properties, "state"),
    sku: toSku(part(json, "sku")),
    version: text(properties, "version"),
    hostName: text(properties, "fullyQualifiedDomainName"),
    storage: toStorage(part(properties, "storage")),
    backup: toBackup(part(properties, "backup")),
    highAvailability: toHighAvailability(part(properties, "highAvailability")),
    maintenanceWindow: toWindow(part(properties, "maintenanceWindow")),
    replicationRole: text(properties, "replicationRole") ?? text(properties, "replica", "role"),
    sourceServerId: text(properties, "sourceServerResourceId"),
    encryption: toEncryption(part(properties, "dataEncryption"), properties),
    publicNetworkAccess: flag(properties, "network", "publicNetworkAccess"),
    availabilityZone: text(properties, "availabilityZone"),
  };
}

function toSku(sku: unknown): Server["sku"] {
  const name = text(sku, "name");
  return name === null ? null : { name, tier: text(sku, "tier") ?? "" };
}

function toStorage(storage: unknown): ServerStorage | null {
  const sizeGiB = number(storage, "storageSizeGB");
  if (sizeGiB === null) return null;
  return {
    sizeGiB,
    type: text(storage, "type"),
    tier: text(storage, "tier"),
    iops: number(storage, "iops"),
    autoGrow: flag(storage, "autoGrow"),
  };
}

function toBackup(backup: unknown): ServerBackup | null {
  if (backup === null) return null;
  return {
    retentionDays: number(backup, "backupRetentionDays"),
    geoRedundant: flag(backup, "geoRedundantBackup"),
    earliestRestore: time(backup, "earliestRestoreDate"),
  };
}

/** `mode` is absent or `Disabled` without HA; any other word than the two known ones is unknown, never none. */
function toHighAvailability(highAvailability: unknown): HighAvailability {
  const word = text(highAvailability, "mode");
  const state = text(highAvailability, "state");
  if (highAvailability === null) return { mode: "unknown", state: null };
  if (word === null || /^disabled$/i.test(word)) return { mode: "none", state: null };
  if (/^zoneredundant$/i.test(word)) return { mode: "zoneRedundant", state };
  return { mode: /^samezone$/i.test(word) ? "sameZone" : "unknown", state };
}

function toWindow(window: unknown): Server["maintenanceWindow"] {
  if (flag(window, "customWindow") !== true) return null;
  return {
    dayOfWeek: number(window, "dayOfWeek") ?? 0,
    startHour: number(window, "startHour") ?? 0,
    startMinute: number(window, "startMinute") ?? 0,
  };
}

/** `type` is AzureKeyVault or SystemManaged; servers older than the feature answer no `dataEncryption` at all. */
function toEncryption(encryption: unknown, properties: unknown): ServerEncryption {
  return {
    owner: keyOwner(encryption, properties),
    primaryKeyUri: text(encryption, "primaryKeyURI"),
    primaryIdentityId: text(encryption, "primaryUserAssignedIdentityId"),
    geoKeyUri: text(encryption, "geoBackupKeyURI"),
    geoIdentityId: text(encryption, "geoBackupUserAssignedIdentityId"),
    primaryStatus: text(encryption, "primaryEncryptionKeyStatus"),
    geoStatus: text(encryption, "geoBackupEncryptionKeyStatus"),
  };
}

function keyOwner(encryption: unknown, properties: unknown): KeyOwner {
  const type = text(encryption, "type");
  if (type !== null && /^azurekeyvault$/i.test(type)) return "customerKey";
  if (type !== null && /^systemmanaged$/i.test(type)) return "serviceKey";
  if (text(encryption, "primaryKeyURI") !== null) return "customerKey";
  return type === null && at(properties, "state") !== null ? "serviceKey" : "unknown";
}
