import type {
  AccountEncryption,
  Environment,
  Server,
  ServerEncryption,
  StorageAccount,
  Subscription,
} from "../../../src/environments/model.ts";

export const subscription: Subscription = {
  id: "00000000-0000-0000-0000-000000000001",
  name: "Contoso Dev",
  tenantId: "00000000-0000-0000-0000-0000000000aa",
  account: "kim@contoso.com",
};

export interface Place {
  readonly resourceGroup?: string;
  readonly subscriptionId?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

export function server(name: string, place: Place = {}, rest: Partial<Server> = {}): Server {
  return {
    ...head("Microsoft.DBforPostgreSQL/flexibleServers", name, place),
    kind: "server",
    state: "Ready",
    sku: { name: "Standard_D4ds_v5", tier: "GeneralPurpose" },
    version: "16",
    hostName: `${name}.postgres.database.azure.com`,
    storage: { sizeGiB: 128, type: "Premium_LRS", tier: "P10", iops: 500, autoGrow: true },
    backup: { retentionDays: 14, geoRedundant: false, earliestRestore: null },
    highAvailability: { mode: "zoneRedundant", state: "Healthy" },
    maintenanceWindow: null,
    replicationRole: "Primary",
    sourceServerId: null,
    encryption: serverKey(null),
    publicNetworkAccess: false,
    availabilityZone: "1",
    ...rest,
  };
}

export function replica(name: string, source: Server, place: Place = {}): Server {
  return server(name, place, { replicationRole: "AsyncReplica", sourceServerId: source.id });
}

export function account(
  name: string,
  place: Place = {},
  encryption: AccountEncryption = accountKey(null),
): StorageAccount {
  return {
    ...head("Microsoft.Storage/storageAccounts", name, place),
    kind: "account",
    skuName: "Standard_ZRS",
    accessTier: "Hot",
    encryption,
    minimumTls: "TLS1_2",
    httpsOnly: true,
    publicNetworkAccess: false,
  };
}

/** `vault/key[/version]`, or null for Azure's own key. */
export function serverKey(key: string | null): ServerEncryption {
  const [vault = "", ...rest] = key?.split("/") ?? [];
  return {
    owner: key === null ? "serviceKey" : "customerKey",
    primaryKeyUri: key === null ? null : `https://${vault}.vault.azure.net/keys/${rest.join("/")}`,
    primaryIdentityId: key === null ? null : "/identity/primary",
    geoKeyUri: null,
    geoIdentityId: null,
    primaryStatus: key === null ? null : "Valid",
    geoStatus: null,
  };
}

export function accountKey(key: string | null, expires: string | null = null): AccountEncryption {
  const [vault = "", name = "", version = ""] = key?.split("/") ?? [];
  const uri = `https://${vault}.vault.azure.net/`;
  return {
    owner: key === null ? "serviceKey" : "customerKey",
    vaultUri: key === null ? null : uri,
    keyName: key === null ? null : name,
    keyVersion: version || null,
    currentVersionedKeyUri: key === null ? null : `${uri}keys/${name}/${version || "v7"}`,
    lastKeyRotation: null,
    currentKeyExpires: expires,
  };
}

export function environment(rest: Partial<Environment> = {}): Environment {
  return {
    id: "00000000-0000-0000-0000-000000000001/orders-rg/orders",
    name: "orders",
    class: "prod",
    recognisedBy: "tags",
    classFrom: "tag",
    subscription,
    resourceGroup: "orders-rg",
    location: "eastus",
    server: server("orders-pg"),
    replicas: [],
    account: account("ordersst"),
    ...rest,
  };
}

function head(
  type: string,
  name: string,
  { resourceGroup = "orders-rg", subscriptionId = subscription.id, tags = {} }: Place,
) {
  const id = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/${type}/${name}`;
  return { id, name, subscriptionId, resourceGroup, location: "eastus", tags };
}
