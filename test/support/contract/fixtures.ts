import type { Exchange } from "./exchange.ts";

/**
 * Right exchanges, written by hand after the documents' schemas and Microsoft's examples: what the validator must let
 * pass, and what the planted wrong answers are made from.
 */
const subscription = "/subscriptions/11111111-1111-4111-8111-111111111111";
const group = `${subscription}/resourceGroups/orders-rg`;
const serverId = `${group}/providers/Microsoft.DBforPostgreSQL/flexibleServers/orders-dev-pg`;
const accountId = `${group}/providers/Microsoft.Storage/storageAccounts/ordersdevst`;
const vaultId = `${group}/providers/Microsoft.KeyVault/vaults/orders-kv`;
const place = `${subscription}/providers/Microsoft.DBforPostgreSQL/locations/eastus`;
const arm = "management.azure.com";
const json = { "content-type": "application/json; charset=utf-8" };

interface Given {
  readonly method?: string;
  readonly host?: string;
  readonly path: string;
  readonly version: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly answer?: unknown;
}

function exchange({
  method = "GET",
  host = arm,
  path,
  version,
  query,
  body,
  status = 200,
  headers,
  answer,
}: Given): Exchange {
  const asked = {
    method,
    host,
    path,
    query: { "api-version": version, ...query },
    headers: { "user-agent": "engram-azure/0.1.0", ...(body ? json : {}) },
  };
  const answered = { status, headers: { ...(answer === undefined ? {} : json), ...headers } };
  return {
    request: body === undefined ? asked : { ...asked, body },
    response: answer === undefined ? answered : { ...answered, body: answer },
    authenticated: true,
    faults: [],
  };
}

const polling = {
  "Azure-AsyncOperation": `https://${arm}${place}/azureAsyncOperation/5a0b?api-version=2025-08-01`,
  Location: `https://${arm}${place}/operationResults/5a0b?api-version=2025-08-01`,
  "Retry-After": "10",
};

const server = {
  id: serverId,
  name: "orders-dev-pg",
  type: "Microsoft.DBforPostgreSQL/flexibleServers",
  location: "eastus",
  tags: { "engram-environment": "orders-dev" },
  sku: { name: "Standard_D4ds_v5", tier: "GeneralPurpose" },
  properties: {
    state: "Ready",
    version: "16",
    fullyQualifiedDomainName: "orders-dev-pg.postgres.database.azure.com",
    administratorLogin: "engram",
    storage: { storageSizeGB: 128, autoGrow: "Enabled", tier: "P10", iops: 500 },
    backup: { backupRetentionDays: 7, geoRedundantBackup: "Disabled", earliestRestoreDate: "2026-11-15T00:00:00Z" },
    highAvailability: { mode: "Disabled", state: "NotEnabled" },
    maintenanceWindow: { customWindow: "Disabled", dayOfWeek: 0, startHour: 0, startMinute: 0 },
    network: { publicNetworkAccess: "Enabled" },
    dataEncryption: {
      type: "AzureKeyVault",
      primaryKeyURI: "https://orders-kv.vault.azure.net/keys/engram",
      primaryEncryptionKeyStatus: "Valid",
    },
    replicationRole: "Primary",
  },
};

const account = {
  id: accountId,
  name: "ordersdevst",
  type: "Microsoft.Storage/storageAccounts",
  location: "eastus",
  kind: "StorageV2",
  sku: { name: "Standard_ZRS", tier: "Standard" },
  properties: {
    provisioningState: "Succeeded",
    accessTier: "Hot",
    encryption: {
      keySource: "Microsoft.Keyvault",
      keyvaultproperties: { keyname: "engram", keyvaulturi: "https://orders-kv.vault.azure.net/" },
      identity: {
        userAssignedIdentity: `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/orders-id`,
      },
    },
  },
};

const key = {
  key: {
    kid: "https://orders-kv.vault.azure.net/keys/engram/0123456789abcdef0123456789abcdef",
    kty: "RSA",
    key_ops: ["wrapKey", "unwrapKey"],
    n: "AQAB",
    e: "AQAB",
  },
  attributes: { enabled: true, created: 1763000000, updated: 1763000000, recoveryLevel: "Recoverable+Purgeable" },
};

const vault = "orders-kv.vault.azure.net";
const pg = "2025-08-01";
const kv = "2025-07-01";

export const rightExchanges = {
  serverGet: exchange({ path: serverId, version: pg, answer: server }),
  serverList: exchange({
    path: `${group}/providers/Microsoft.DBforPostgreSQL/flexibleServers`,
    version: pg,
    answer: {
      value: [server],
      nextLink: `https://${arm}${group}/providers/Microsoft.DBforPostgreSQL/flexibleServers?api-version=${pg}&$skiptoken=1`,
    },
  }),
  serverStop: exchange({ method: "POST", path: `${serverId}/stop`, version: pg, status: 202, headers: polling }),
  serverRestart: exchange({
    method: "POST",
    path: `${serverId}/restart`,
    version: pg,
    body: { restartWithFailover: true, failoverMode: "PlannedFailover" },
    status: 202,
    headers: polling,
  }),
  serverUpdate: exchange({
    method: "PATCH",
    path: serverId,
    version: pg,
    body: { sku: { name: "Standard_D8ds_v5", tier: "GeneralPurpose" } },
    status: 202,
    headers: polling,
  }),
  serverBusy: exchange({
    method: "POST",
    path: `${serverId}/stop`,
    version: pg,
    status: 409,
    answer: { error: { code: "ServerIsBusy", message: "The server is busy." } },
  }),
  accountGet: exchange({ path: accountId, version: pg, answer: account }),
  vaultKey: exchange({
    path: `${vaultId}/keys/engram`,
    version: "2026-02-01",
    answer: {
      id: `${vaultId}/keys/engram`,
      name: "engram",
      type: "Microsoft.KeyVault/vaults/keys",
      location: "eastus",
      properties: { kty: "RSA", keySize: 3072, attributes: { enabled: true, created: 1763000000 } },
    },
  }),
  graph: exchange({
    method: "POST",
    path: "/providers/Microsoft.ResourceGraph/resources",
    version: "2024-04-01",
    body: {
      subscriptions: ["11111111-1111-4111-8111-111111111111"],
      query: "resources",
      options: { $top: 1000, resultFormat: "objectArray" },
    },
    answer: { totalRecords: 1, count: 1, resultTruncated: "false", facets: [], data: [{ id: serverId }] },
  }),
  metricsBatch: exchange({
    method: "POST",
    host: "eastus.metrics.monitor.azure.com",
    path: `${subscription}/metrics:getBatch`,
    version: "2024-02-01",
    query: {
      metricnamespace: "Microsoft.DBforPostgreSQL/flexibleServers",
      metricnames: "cpu_percent",
      interval: "PT5M",
      aggregation: "average",
      starttime: "2026-11-22T10:00:00Z",
      endtime: "2026-11-22T11:00:00Z",
    },
    body: { resourceids: [serverId.toLowerCase()] },
    answer: {
      values: [
        {
          starttime: "2026-11-22T10:00:00Z",
          endtime: "2026-11-22T11:00:00Z",
          interval: "PT5M",
          namespace: "Microsoft.DBforPostgreSQL/flexibleServers",
          resourceregion: "eastus",
          resourceid: serverId,
          value: [
            {
              id: `${serverId}/providers/Microsoft.Insights/metrics/cpu_percent`,
              type: "Microsoft.Insights/metrics",
              name: { value: "cpu_percent", localizedValue: "CPU percent" },
              unit: "Percent",
              errorCode: "Success",
              timeseries: [{ metadatavalues: [], data: [{ timeStamp: "2026-11-22T10:00:00Z", average: 12.5 }] }],
            },
          ],
        },
      ],
    },
  }),
  keyGet: exchange({ host: vault, path: "/keys/engram", version: kv, answer: key }),
  keyRotate: exchange({ method: "POST", host: vault, path: "/keys/engram/rotate", version: kv, answer: key }),
  keyVersions: exchange({
    host: vault,
    path: "/keys/engram/versions",
    version: kv,
    answer: { value: [{ kid: key.key.kid, attributes: key.attributes }], nextLink: null },
  }),
  keyPolicy: exchange({
    host: vault,
    path: "/keys/engram/rotationpolicy",
    version: kv,
    answer: {
      id: `https://${vault}/keys/engram/rotationpolicy`,
      lifetimeActions: [{ trigger: { timeAfterCreate: "P90D" }, action: { type: "Rotate" } }],
      attributes: { expiryTime: "P270D", created: 1763000000, updated: 1763000000 },
    },
  }),
  keyChallenge: exchange({
    host: vault,
    path: "/keys/engram",
    version: kv,
    status: 401,
    headers: {
      "WWW-Authenticate":
        'Bearer authorization="https://login.microsoftonline.com/22222222-2222-4222-8222-222222222222", resource="https://vault.azure.net"',
    },
    answer: { error: { code: "Unauthorized", message: "AKV10000: Request is missing a Bearer or PoP token." } },
  }),
  poll: exchange({
    path: `${place}/azureAsyncOperation/5a0b`,
    version: pg,
    headers: { "Retry-After": "10" },
    answer: { name: "5a0b", status: "InProgress", startTime: "2026-11-22T10:00:00Z" },
  }),
  locks: exchange({
    path: `${serverId}/providers/Microsoft.Authorization/locks`,
    version: "2020-05-01",
    answer: {
      value: [
        {
          id: `${serverId}/providers/Microsoft.Authorization/locks/keep`,
          name: "keep",
          type: "Microsoft.Authorization/locks",
          properties: { level: "CanNotDelete" },
        },
      ],
    },
  }),
  tags: exchange({
    method: "PATCH",
    path: `${serverId}/providers/Microsoft.Resources/tags/default`,
    version: "2024-07-01",
    body: { operation: "Merge", properties: { tags: { "engram-class": "dev" } } },
    answer: {
      id: `${serverId}/providers/Microsoft.Resources/tags/default`,
      name: "default",
      type: "Microsoft.Resources/tags",
      properties: { tags: { "engram-class": "dev" } },
    },
  }),
  subscriptions: exchange({
    path: "/subscriptions",
    version: "2022-12-01",
    answer: {
      value: [
        {
          id: subscription,
          subscriptionId: "11111111-1111-4111-8111-111111111111",
          tenantId: "22222222-2222-4222-8222-222222222222",
          displayName: "Orders",
          state: "Enabled",
        },
      ],
    },
  }),
  prices: exchange({
    host: "prices.azure.com",
    path: "/api/retail/prices",
    version: "2023-01-01-preview",
    query: { $filter: "serviceName eq 'Azure Database for PostgreSQL'" },
    answer: {
      BillingCurrency: "USD",
      CustomerEntityId: "Default",
      CustomerEntityType: "Retail",
      Items: [],
      NextPageLink: null,
      Count: 0,
    },
  }),
} as const satisfies Readonly<Record<string, Exchange>>;
