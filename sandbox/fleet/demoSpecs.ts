import { keyVersion, rotatedVersions } from "./build.ts";
import { demo } from "./demoIds.ts";
import { day } from "./spec.ts";
import type { AccountSpec, EnvironmentSpec, KeySpec, ServerSpec } from "./spec.ts";

type Specs = readonly EnvironmentSpec[];

/** Every environment of the demo, each with one thing to see; all names and figures are invented. */
export function demoSpecs(now: number): Specs {
  const keys = keyMaker(now);
  return [...contoso(keys), ...contosoOddities(keys), ...northwind(keys), ...northwindOddities(keys), fabrikam(keys)];
}

interface Keys {
  /** Rotated by policy, both sides without a version. */
  rotated(stem: string, count: number, ageDays: number): KeySpec;
  /** One version that ends in this many days, without a policy. */
  ending(stem: string, days: number): KeySpec;
}

function keyMaker(now: number): Keys {
  const rotation = { timeAfterCreate: "P90D", expiryTime: "P270D" };
  const common = { keyName: "engram-cmk", pinned: "none", account: true } as const;
  return {
    rotated: (stem, count, ageDays) => ({
      ...common,
      versions: rotatedVersions(stem, count, now - ageDays * day),
      rotation,
    }),
    ending: (stem, days) => ({
      ...common,
      versions: [keyVersion(stem, now - 250 * day, now + days * day)],
      rotation: null,
    }),
  };
}

const contosoEast = {
  subscriptionId: demo.production,
  tenantId: demo.contosoTenant,
  location: "eastus",
} as const;
const contosoWest = { ...contosoEast, location: "westeurope" } as const;
const northwindJapan = {
  subscriptionId: demo.northwind,
  tenantId: demo.northwindTenant,
  location: "japaneast",
} as const;
const northwindEast = { ...northwindJapan, location: "eastus" } as const;
const northwindWest = { ...northwindJapan, location: "westeurope" } as const;

const server: ServerSpec = {
  sku: "Standard_D2ds_v5",
  tier: "GeneralPurpose",
  storageGiB: 128,
  version: "17",
  state: "Ready",
  highAvailability: "Disabled",
  autoGrow: true,
  backupRetentionDays: 7,
  geoRedundantBackup: false,
  replicas: 0,
};

const prodServer: ServerSpec = {
  ...server,
  sku: "Standard_D4ds_v5",
  storageGiB: 256,
  highAvailability: "ZoneRedundant",
  backupRetentionDays: 35,
  maintenance: { dayOfWeek: 0, startHour: 3 },
};

const account: AccountSpec = {
  sku: "Standard_ZRS",
  accessTier: "Hot",
  tiersGB: { hot: 120, cool: 260, cold: 0, archive: 90 },
  lifecycle: { coolAfterDays: 30, coldAfterDays: null, archiveAfterDays: 90, deleteAfterDays: 2555 },
  immutabilityDays: 2555,
  locked: false,
  versioning: true,
};

const devAccount: AccountSpec = {
  ...account,
  sku: "Standard_LRS",
  tiersGB: { hot: 18, cool: 4, cold: 0, archive: 0 },
  lifecycle: null,
  immutabilityDays: null,
  versioning: false,
};

function tags(name: string, environmentClass: string, owner: string): Record<string, string> {
  return { "engram-environment": name, "engram-class": environmentClass, owner };
}

function contoso(keys: Keys): Specs {
  return [
    {
      // Healthy production: zone-redundant high availability and a read replica.
      ...contosoEast,
      stem: "orders-prod",
      class: "prod",
      tags: tags("orders-prod", "prod", "orders-team@contoso.example"),
      server: { ...prodServer, replicas: 1 },
      account: { ...account, sku: "Standard_RAGZRS", locked: true },
      key: keys.rotated("orders-prod", 3, 31),
      workload: { cpu: 47, memory: 62, connections: 38, storageUsedPercent: 54, growthGiBPerDay: 0.21 },
    },
    {
      // Over its CPU band.
      ...contosoEast,
      stem: "orders-uat",
      class: "uat",
      tags: tags("orders-uat", "uat", "orders-team@contoso.example"),
      server: { ...server, highAvailability: "SameZone" },
      account: { ...account, tiersGB: { hot: 80, cool: 60, cold: 0, archive: 10 }, locked: false },
      key: keys.rotated("orders-uat", 2, 45),
      workload: { cpu: 84, memory: 71, connections: 55, storageUsedPercent: 48, growthGiBPerDay: 0.12 },
    },
    {
      // Stopped five days ago: Azure starts it by itself in two days.
      ...contosoWest,
      stem: "billing-test",
      class: "test",
      tags: tags("billing-test", "test", "billing@contoso.example"),
      server: { ...server, state: "Stopped", stoppedDays: 5 },
      account: { ...devAccount, tiersGB: { hot: 30, cool: 12, cold: 0, archive: 0 } },
      key: keys.rotated("billing-test", 1, 60),
      workload: { cpu: 22, memory: 48, connections: 12, storageUsedPercent: 31, growthGiBPerDay: 0.02 },
    },
    {
      // Burstable with its CPU credits nearly gone.
      ...contosoWest,
      stem: "catalog-dev",
      class: "dev",
      tags: tags("catalog-dev", "dev", "catalog@contoso.example"),
      server: { ...server, sku: "Standard_B1ms", tier: "Burstable", storageGiB: 32, version: "16", autoGrow: false },
      account: devAccount,
      key: keys.rotated("catalog-dev", 1, 20),
      workload: { cpu: 34, memory: 74, connections: 40, storageUsedPercent: 42, growthGiBPerDay: 0.01, credits: 6 },
    },
  ];
}

function contosoOddities(keys: Keys): Specs {
  return [
    {
      // The service's own key on both sides; no engram tags: found only by its resource group.
      ...contosoWest,
      stem: "invoices-prod",
      class: "prod",
      tags: { "cost-center": "4711" },
      server: {
        ...prodServer,
        sku: "Standard_E4ds_v5",
        tier: "MemoryOptimized",
        storageGiB: 512,
        geoRedundantBackup: true,
      },
      account: { ...account, sku: "Standard_GZRS", immutabilityDays: 3650, locked: true },
      key: null,
      workload: { cpu: 41, memory: 66, connections: 29, storageUsedPercent: 61, growthGiBPerDay: 0.4 },
    },
    {
      // A tag that would like to be HTML, a Markdown link and a command.
      ...contosoEast,
      stem: "search-dev",
      class: "dev",
      tags: {
        ...tags("search-dev", "dev", "<img src=x onerror=alert(1)>"),
        note: "[free money](command:workbench.action.quit) `rm` \u202egnp.exe",
      },
      server: { ...server, sku: "Standard_B2s", tier: "Burstable", storageGiB: 64 },
      account: devAccount,
      key: keys.rotated("search-dev", 1, 12),
      workload: { cpu: 11, memory: 39, connections: 9, storageUsedPercent: 22, growthGiBPerDay: 0.01, credits: 410 },
    },
  ];
}

function northwind(keys: Keys): Specs {
  return [
    {
      // Inaccessible: its key was disabled.
      ...northwindJapan,
      stem: "claims-uat",
      class: "uat",
      tags: tags("claims-uat", "uat", "claims@northwind.example"),
      server: { ...server, state: "Inaccessible" },
      account: { ...account, tiersGB: { hot: 55, cool: 20, cold: 5, archive: 0 } },
      key: keys.rotated("claims-uat", 1, 70),
      workload: { cpu: 36, memory: 58, connections: 21, storageUsedPercent: 40, growthGiBPerDay: 0.08 },
    },
    {
      // Its key ends in 12 days and nothing rotates it.
      ...northwindJapan,
      stem: "support-prod",
      class: "prod",
      tags: tags("support-prod", "prod", "サポート課"),
      server: { ...prodServer, sku: "Standard_D8ds_v5", storageGiB: 512 },
      account: { ...account, tiersGB: { hot: 410, cool: 950, cold: 300, archive: 1400 } },
      key: keys.ending("support-prod", 12),
      workload: { cpu: 52, memory: 64, connections: 44, storageUsedPercent: 58, growthGiBPerDay: 0.5 },
    },
    {
      // The server pins the key's first version, the account follows the newest. No engram tags: found by the shared key.
      ...northwindEast,
      stem: "payments-prod",
      group: "rg-northwind-payments",
      class: "prod",
      tags: { department: "Treasury" },
      server: { ...prodServer, sku: "Standard_E8ds_v5", tier: "MemoryOptimized", storageGiB: 1024 },
      account: { ...account, locked: true },
      key: { ...keys.rotated("payments-prod", 3, 15), pinned: "server" },
      workload: { cpu: 49, memory: 69, connections: 51, storageUsedPercent: 66, growthGiBPerDay: 0.9 },
    },
    {
      // Shares the resource group with payments-prod, so that only the key can tell the two apart.
      ...northwindEast,
      stem: "payments-ledger",
      group: "rg-northwind-payments",
      class: "prod",
      tags: { department: "Treasury" },
      server: { ...prodServer, storageGiB: 256 },
      account: { ...account, immutabilityDays: 3650, locked: true },
      key: keys.rotated("payments-ledger", 2, 33),
      workload: { cpu: 28, memory: 55, connections: 19, storageUsedPercent: 37, growthGiBPerDay: 0.15 },
    },
  ];
}

function northwindOddities(keys: Keys): Specs {
  return [
    {
      // The disk is nearly full and does not grow by itself.
      ...northwindWest,
      stem: "archive-prod",
      class: "prod",
      tags: tags("archive-prod", "prod", "records@northwind.example"),
      server: { ...prodServer, storageGiB: 512, autoGrow: false, version: "15" },
      account: { ...account, tiersGB: { hot: 900, cool: 2400, cold: 800, archive: 9200 } },
      key: keys.rotated("archive-prod", 4, 8),
      workload: { cpu: 33, memory: 68, connections: 26, storageUsedPercent: 92.6, growthGiBPerDay: 0.35 },
    },
    {
      // Names in other scripts, in the tags and in the resource group.
      ...northwindJapan,
      stem: "chumon-dev",
      group: "rg-注文-開発",
      class: "dev",
      tags: { ...tags("注文 開発 Ωμέγα", "dev", "佐藤 花子"), заметка: "тест" },
      server: { ...server, sku: "Standard_B2ms", tier: "Burstable", storageGiB: 64 },
      account: devAccount,
      key: keys.rotated("chumon-dev", 1, 40),
      workload: { cpu: 14, memory: 44, connections: 11, storageUsedPercent: 35, growthGiBPerDay: 0.02, credits: 620 },
    },
  ];
}

/** In the subscription that the user may not read: nothing of it may ever show. */
function fabrikam(keys: Keys): EnvironmentSpec {
  return {
    subscriptionId: demo.fabrikam,
    tenantId: demo.northwindTenant,
    location: "westeurope",
    stem: "fabrikam-prod",
    class: "prod",
    tags: tags("fabrikam-prod", "prod", "it@fabrikam.example"),
    server: prodServer,
    account,
    key: keys.rotated("fabrikam-prod", 1, 50),
    workload: { cpu: 40, memory: 60, connections: 30, storageUsedPercent: 50, growthGiBPerDay: 0.2 },
  };
}
