import { z } from "zod";

/** The documents of the command line with `--json`: what callers may rely on. Nothing may be left out or added unseen. */
const text = z.string().min(1);
const time = z.iso.datetime({ offset: true });

export const fraction = z.number().min(0).max(1.5).nullable();

export const finding = z.strictObject({
  code: text,
  severity: z.enum(["error", "warning", "info"]),
  message: text,
  source: text.nullable(),
});

const metrics = z.strictObject({
  cpu: fraction,
  memory: fraction,
  storage: fraction,
  connections: fraction,
  at: time.nullable(),
});

const server = z.strictObject({
  id: text,
  name: text,
  state: text.nullable(),
  sku: text.nullable(),
  tier: text.nullable(),
  storageGiB: z.number().positive().nullable(),
  version: text.nullable(),
  highAvailability: z.enum(["none", "sameZone", "zoneRedundant"]).nullable(),
  metrics: metrics.nullable(),
});

const gigabytes = z.number().min(0);

const account = z.strictObject({
  id: text,
  name: text,
  tiersGB: z.strictObject({ hot: gigabytes, cool: gigabytes, cold: gigabytes, archive: gigabytes }).nullable(),
  weightedPerGB: z.number().positive().nullable(),
});

const key = z.strictObject({
  consumer: text,
  vault: text,
  name: text,
  version: text.nullable(),
  expires: time.nullable(),
  nextRotation: time.nullable(),
});

const side = z.enum(["customerKey", "serviceKey", "unknown"]);
const classes = z.enum(["dev", "test", "uat", "prod", "unknown"]);

const environment = z.strictObject({
  id: text,
  name: text,
  class: classes,
  server: server.nullable(),
  account: account.nullable(),
  encryption: z.strictObject({
    server: side,
    account: side,
    keys: z.array(key),
    key: key.nullable(),
    unified: z.boolean(),
    findings: z.array(finding),
  }),
  advisories: z.array(finding),
});

export type EnvironmentDocument = z.infer<typeof environment>;

export const environments = z.strictObject({
  sandbox: z.literal(true),
  asOf: time.nullable(),
  environments: z.array(environment),
  warnings: z.array(z.strictObject({ scope: text, code: text, message: text })),
});

const kind = z.enum(["stop", "start", "restart", "scale", "configure", "tag"]);

const receipt = z.strictObject({
  title: text,
  today: text,
  downtime: z.strictObject({ class: text, text }),
  money: z
    .strictObject({
      before: z.number().nullable(),
      after: z.number().nullable(),
      currency: text,
      pricesAsOf: text.nullable(),
      note: text,
    })
    .nullable(),
  effects: z.array(text),
  cannotBeUndone: z.array(text),
  undo: text.nullable(),
  actor: text,
});

export const plan = z.strictObject({
  planHash: z.string().regex(/^[0-9a-f]{64}$/),
  operation: kind,
  environment: text,
  environmentId: text,
  class: classes,
  requests: z.array(
    z.strictObject({
      method: z.enum(["POST", "PATCH", "PUT"]),
      url: z.url({ protocol: /^https$/, hostname: /^management\.azure\.com$/ }),
      body: z.record(z.string(), z.unknown()).nullable(),
      az: z.string().startsWith("az "),
    }),
  ),
  findings: z.array(finding),
  receipt,
  madeAt: time,
  sandbox: z.literal(true),
});

/** Of an operation, and of what never became one: then `id` is null. */
export const result = z.strictObject({
  id: text.nullable(),
  kind: kind.nullable(),
  status: z.enum(["notStarted", "running", "succeeded", "failed", "canceled", "unknown"]),
  environment: text.nullable(),
  environmentId: text.nullable(),
  resources: z.array(z.strictObject({ id: text, before: z.unknown(), after: z.unknown() })),
  error: z.strictObject({ code: text, message: text }).nullable(),
  phase: z.string().nullable(),
  startedAt: time.nullable(),
  endedAt: time.nullable(),
  sandbox: z.boolean(),
});

export const operations = z.array(result);
