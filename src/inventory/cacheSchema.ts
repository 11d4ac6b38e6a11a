import * as z from "zod/mini";
import type { Resource, Subscription } from "../environments/model.ts";

/** What the cache may contain: exactly the model. Anything else makes the whole cache void. */
const text = z.nullable(z.string());
const number = z.nullable(z.number());
const flag = z.nullable(z.boolean());

const head = {
  id: z.string(),
  name: z.string(),
  subscriptionId: z.string(),
  resourceGroup: z.string(),
  location: z.string(),
  tags: z.record(z.string(), z.string()),
};

const owner = z.enum(["customerKey", "serviceKey", "unknown"]);

const server = z.strictObject({
  ...head,
  kind: z.literal("server"),
  state: text,
  sku: z.nullable(z.strictObject({ name: z.string(), tier: z.string() })),
  version: text,
  hostName: text,
  storage: z.nullable(z.strictObject({ sizeGiB: z.number(), type: text, tier: text, iops: number, autoGrow: flag })),
  backup: z.nullable(z.strictObject({ retentionDays: number, geoRedundant: flag, earliestRestore: text })),
  highAvailability: z.strictObject({ mode: z.enum(["none", "sameZone", "zoneRedundant", "unknown"]), state: text }),
  maintenanceWindow: z.nullable(
    z.strictObject({ dayOfWeek: z.number(), startHour: z.number(), startMinute: z.number() }),
  ),
  replicationRole: text,
  sourceServerId: text,
  encryption: z.strictObject({
    owner,
    primaryKeyUri: text,
    primaryIdentityId: text,
    geoKeyUri: text,
    geoIdentityId: text,
    primaryStatus: text,
    geoStatus: text,
  }),
  publicNetworkAccess: flag,
  availabilityZone: text,
});

const account = z.strictObject({
  ...head,
  kind: z.literal("account"),
  skuName: text,
  accessTier: text,
  encryption: z.strictObject({
    owner,
    vaultUri: text,
    keyName: text,
    keyVersion: text,
    currentVersionedKeyUri: text,
    lastKeyRotation: text,
    currentKeyExpires: text,
  }),
  minimumTls: text,
  httpsOnly: flag,
  publicNetworkAccess: flag,
});

const vault = z.strictObject({
  ...head,
  kind: z.literal("vault"),
  uri: z.string(),
  purgeProtection: flag,
  rbac: flag,
});

/** The annotations keep schema and model from drifting apart: a missing field does not compile. */
export const cachedResource: z.ZodMiniType<Resource> = z.discriminatedUnion("kind", [server, account, vault]);

const subscription: z.ZodMiniType<Subscription> = z.strictObject({
  id: z.string(),
  name: z.string(),
  tenantId: z.string(),
  account: text,
});

export const cachedHead = z.strictObject({
  schema: z.number(),
  count: z.number(),
  asOf: z.string(),
  sandbox: z.boolean(),
  subscriptions: z.array(subscription),
});
