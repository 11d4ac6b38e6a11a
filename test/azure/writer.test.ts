import assert from "node:assert/strict";
import type { Change, ServerPatch } from "../../src/azure/ports.ts";
import { openTestSandbox, type TestSandbox } from "./support.ts";

describe("azure: the writer", () => {
  let sandbox: TestSandbox;
  let id: string;
  before(async () => {
    sandbox = await openTestSandbox();
    id = (await sandbox.server("payments-prod-pg")).id;
  });
  after(() => sandbox.close());

  const changes: readonly { readonly title: string; change(id: string): Change }[] = [
    {
      title: "tags",
      change: (id) => ({ kind: "mergeTags", id, tags: { "engram-class": "prod", owner: "Kim's <team>" } }),
    },
    { title: "a backup", change: (id) => ({ kind: "backup", id, name: "before-scale" }) },
    { title: "a planned failover", change: (id) => ({ kind: "restart", id, failover: "PlannedFailover" }) },
    {
      title: "size and disk",
      change: (id) => ({
        kind: "updateServer",
        id,
        patch: { sku: { name: "Standard_E16ds_v5", tier: "MemoryOptimized" }, storageGiB: 2048, autoGrow: true },
      }),
    },
    {
      title: "a size alone",
      change: (id) => ({
        kind: "updateServer",
        id,
        patch: { sku: { name: "Standard_E8ds_v5", tier: "MemoryOptimized" } },
      }),
    },
    {
      title: "backup retention, high availability and a maintenance window",
      change: (id) => ({
        kind: "updateServer",
        id,
        patch: {
          backupRetentionDays: 14,
          highAvailability: "none",
          maintenanceWindow: { dayOfWeek: 0, startHour: 3, startMinute: 30 },
        },
      }),
    },
    {
      title: "a system-managed window",
      change: (id) => ({ kind: "updateServer", id, patch: { maintenanceWindow: null } }),
    },
    { title: "a restart", change: (id) => ({ kind: "restart", id, failover: null }) },
    { title: "a stop", change: (id) => ({ kind: "stop", id }) },
    { title: "a start", change: (id) => ({ kind: "start", id }) },
  ];

  for (const { title, change } of changes) {
    it(`sends ${title} as exactly one request, the one it described`, async () => {
      const wanted = change(id);
      const described = sandbox.azure.writer.describe(wanted);
      const before = sandbox.log().length;
      const outcome = await sandbox.azure.writer.send(wanted).catch((error: unknown) => error);
      const sent = sandbox.log().slice(before);
      assert.equal(sent.length, 1, "one exchange, no poll by the SDK");
      assert.equal(outcome instanceof Error ? outcome.message : null, null);
      const [entry] = sent;
      const url = new URL(described.url);
      assert.deepEqual(
        { method: entry!.method, host: entry!.host, path: entry!.path, query: entry!.query, body: entry!.body },
        {
          method: described.method,
          host: url.host,
          path: decodeURIComponent(url.pathname),
          query: Object.fromEntries(url.searchParams),
          body: described.body,
        },
      );
      await settle();
    });
  }

  it("merges tags: what is not named stays", async () => {
    const before = (await sandbox.azure.servers.get(id)).tags;
    await sandbox.azure.writer.send({ kind: "mergeTags", id, tags: { fresh: "yes" } });
    assert.deepEqual((await sandbox.azure.servers.get(id)).tags, { ...before, fresh: "yes" });
    assert.ok(Object.keys(before).length > 0);
  });

  it("names only what changes in a patch, by Azure's words", () => {
    const body = (patch: ServerPatch) => sandbox.azure.writer.describe({ kind: "updateServer", id, patch }).body;
    assert.deepEqual(body({ storageGiB: 256 }), { properties: { storage: { storageSizeGB: 256 } } });
    assert.deepEqual(body({ autoGrow: false }), { properties: { storage: { autoGrow: "Disabled" } } });
    assert.deepEqual(body({ highAvailability: "sameZone" }), {
      properties: { highAvailability: { mode: "SameZone" } },
    });
    const sku = { name: "Standard_B2s", tier: "Burstable" };
    assert.deepEqual(body({ sku }), { sku });
    assert.deepEqual(body({ maintenanceWindow: null }), {
      properties: { maintenanceWindow: { customWindow: "Disabled" } },
    });
  });

  it("tells where the operation is followed, how long to wait and the correlation id", async () => {
    const accepted = await sandbox.azure.writer.send({ kind: "stop", id });
    assert.equal(accepted.status, 202);
    assert.match(accepted.operationUrl ?? "", /^https:\/\/management\.azure\.com\/.*\/azureAsyncOperation\//);
    assert.ok((accepted.retryAfterMs ?? 0) > 0 && accepted.correlationId !== null);
    await settle();
    assert.equal((await sandbox.azure.operations.poll(accepted.operationUrl!)).status, "succeeded");
    assert.equal((await sandbox.azure.servers.get(id)).state, "Stopped");
  });

  it("sends nothing for an id that is none, and nothing once it was stopped waiting for", async () => {
    const before = sandbox.writes().length;
    await assert.rejects(sandbox.azure.writer.send({ kind: "stop", id: "/subscriptions/x" }), {
      kind: "invalid",
      sent: "no",
    });
    await assert.rejects(sandbox.azure.writer.send({ kind: "stop", id }, AbortSignal.abort()), {
      kind: "canceled",
      sent: "no",
    });
    assert.equal(sandbox.writes().length, before);
  });

  it("quotes hostile names in the az line", () => {
    const tags = { name: "it's $(rm -rf ~) `id`\n\u202e" };
    const { az } = sandbox.azure.writer.describe({ kind: "mergeTags", id, tags });
    assert.ok(az.endsWith(`'name=it'\\''s $(rm -rf ~) \`id\`  '`), az);
  });

  /** Every operation of the sandbox ends within a virtual day. */
  async function settle(): Promise<void> {
    await sandbox.tell("clock", { advance: "PT24H" });
  }
});
