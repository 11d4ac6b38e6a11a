import { createRandom, guidOf } from "../random.ts";
import type { Random } from "../random.ts";
import type { State } from "../types.ts";
import { addEnvironment, keyVersion, rotatedVersions } from "./build.ts";
import { day } from "./spec.ts";
import type { AccountSpec, EnvironmentSpec, KeySpec, ServerSpec, WorkloadSpec } from "./spec.ts";
import { emptyState } from "./state.ts";

/** The distributions are invented: round figures for a company that grew over the years. */
const locations = ["eastus", "westeurope", "japaneast"] as const;
const products = [
  "orders",
  "billing",
  "claims",
  "search",
  "support",
  "catalog",
  "ledger",
  "assist",
  "policy",
  "intake",
];
const environmentsPerSubscription = 125;

interface Drawing {
  readonly random: Random;
  readonly now: number;
  readonly stem: string;
}

/** `count` environments in at least two subscriptions of two tenants; the same seed gives the same fleet. */
export function countFleet(request: {
  readonly count: number;
  readonly seed: number;
  readonly realNow: number;
}): State {
  const state = emptyState({ seed: request.seed, realNow: request.realNow });
  const random = createRandom(request.seed);
  addDirectory(state, request);
  for (let index = 0; index < request.count; index++)
    addEnvironment(state, draw(state, { random, now: request.realNow, stem: stemOf(random, index) }), request.realNow);
  for (const spoiled of disabledKeys(state)) spoiled();
  return state;
}

function addDirectory(state: State, request: { readonly count: number; readonly seed: number }): void {
  const tenants = ["Contoso", "Northwind Traders"].map((displayName) => ({
    tenantId: guidOf(`tenant/${request.seed}/${displayName}`),
    displayName,
    defaultDomain: `${displayName.split(" ")[0]?.toLowerCase() ?? "fleet"}.example`,
  }));
  state.tenants.push(...tenants);
  const subscriptions = Math.max(2, Math.ceil(request.count / environmentsPerSubscription));
  for (let index = 0; index < subscriptions; index++) {
    state.subscriptions.push({
      subscriptionId: guidOf(`subscription/${request.seed}/${index}`),
      displayName: `Fleet ${String(index + 1).padStart(2, "0")}`,
      tenantId: tenants[index % 2]?.tenantId ?? "",
      state: "Enabled",
      readable: true,
    });
  }
}

function stemOf(random: Random, index: number): string {
  return `${random.pick(products)}-${String(index + 1).padStart(4, "0")}`;
}

function draw(state: State, drawing: Drawing): EnvironmentSpec {
  const { random, stem } = drawing;
  const subscription = random.pick(state.subscriptions);
  const environmentClass = pickClass(random);
  const tagged = random.chance(0.8);
  const server = drawServer(random, environmentClass);
  return {
    stem,
    subscriptionId: subscription.subscriptionId,
    tenantId: subscription.tenantId,
    location: random.pick(locations),
    class: environmentClass,
    tags: tagged ? { "engram-environment": stem, "engram-class": environmentClass } : { team: stem.slice(0, 6) },
    server,
    account: drawAccount(random, environmentClass),
    key: random.chance(server.state === "Inaccessible" ? 1 : 0.85) ? drawKey(drawing) : null,
    workload: drawWorkload(random, server),
  };
}

function pickClass(random: Random): EnvironmentSpec["class"] {
  const value = random.next();
  if (value < 0.35) return "dev";
  if (value < 0.6) return "test";
  return value < 0.75 ? "uat" : "prod";
}

function drawServer(random: Random, environmentClass: EnvironmentSpec["class"]): ServerSpec {
  const production = environmentClass === "prod";
  const sku = production
    ? random.pick(["Standard_D4ds_v5", "Standard_D8ds_v5", "Standard_E4ds_v5", "Standard_E8ds_v5"])
    : random.pick(["Standard_B1ms", "Standard_B2s", "Standard_B2ms", "Standard_D2ds_v5", "Standard_D4ds_v5"]);
  const tier = sku.startsWith("Standard_B")
    ? "Burstable"
    : sku.startsWith("Standard_E")
      ? "MemoryOptimized"
      : "GeneralPurpose";
  const state = drawState(random, environmentClass);
  return {
    sku,
    tier,
    storageGiB: random.pick(production ? [256, 512, 1024] : [32, 64, 128]),
    version: random.pick(["15", "16", "17"]),
    state,
    highAvailability: production && random.chance(0.8) ? "ZoneRedundant" : "Disabled",
    autoGrow: random.chance(0.7),
    backupRetentionDays: production ? 35 : 7,
    geoRedundantBackup: production && random.chance(0.3),
    replicas: production && random.chance(0.15) ? 1 : 0,
    ...(state === "Stopped" ? { stoppedDays: 0.5 + random.next() * 6 } : {}),
  };
}

function drawState(random: Random, environmentClass: EnvironmentSpec["class"]): ServerSpec["state"] {
  if (environmentClass === "prod") return "Ready";
  const value = random.next();
  if (value < 0.18) return "Stopped";
  return value < 0.2 ? "Inaccessible" : "Ready";
}

function drawAccount(random: Random, environmentClass: EnvironmentSpec["class"]): AccountSpec {
  const production = environmentClass === "prod";
  const total = Math.exp(2 + random.next() * (production ? 6 : 3));
  const kept = production || random.chance(0.3);
  return {
    sku: random.pick(
      production ? ["Standard_ZRS", "Standard_GZRS", "Standard_RAGZRS"] : ["Standard_LRS", "Standard_ZRS"],
    ),
    accessTier: "Hot",
    tiersGB: kept
      ? { hot: total * 0.3, cool: total * 0.5, cold: 0, archive: total * 0.2 }
      : { hot: total, cool: 0, cold: 0, archive: 0 },
    lifecycle: kept ? { coolAfterDays: 30, coldAfterDays: null, archiveAfterDays: 90, deleteAfterDays: 2555 } : null,
    immutabilityDays: production ? 2555 : null,
    locked: production && random.chance(0.6),
    versioning: production,
  };
}

function drawKey({ random, now, stem }: Drawing): KeySpec {
  const ending = random.chance(0.05);
  const versions = ending
    ? [keyVersion(stem, now - 250 * day, now + random.integer(2, 25) * day)]
    : rotatedVersions(stem, random.integer(1, 4), now - random.integer(1, 89) * day);
  return {
    keyName: "engram-cmk",
    versions,
    pinned: random.chance(0.08) ? random.pick(["server", "account", "both"] as const) : "none",
    account: random.chance(0.95),
    rotation: ending ? null : { timeAfterCreate: "P90D", expiryTime: "P270D" },
  };
}

function drawWorkload(random: Random, server: ServerSpec): WorkloadSpec {
  const busy = random.chance(0.08);
  const full = random.chance(0.04);
  return {
    cpu: busy ? 70 + random.next() * 25 : 8 + random.next() * 45,
    memory: 35 + random.next() * 40,
    connections: 5 + random.next() * 55,
    storageUsedPercent: full ? 86 + random.next() * 8 : 15 + random.next() * 55,
    growthGiBPerDay: (server.storageGiB / 128) * random.next() * 0.1,
    credits: random.integer(3, 280),
  };
}

/** An Inaccessible server's key versions are disabled, which is why it is inaccessible. */
function* disabledKeys(state: State): Generator<() => void> {
  const stores = state.services["keyVault"] as Record<
    string,
    { keys: Record<string, { versions: { enabled: boolean }[] }> }
  >;
  for (const resource of Object.values(state.resources)) {
    if (resource.properties["state"] !== "Inaccessible") continue;
    const vaultName = `${resource.name.replace(/-pg$/, "")}-kv`.toLowerCase();
    for (const key of Object.values(stores?.[vaultName]?.keys ?? {}))
      yield () => key.versions.forEach((version) => (version.enabled = false));
  }
}
