import assert from "node:assert/strict";
import { PostgreSQLManagementFlexibleServerClient } from "@azure/arm-postgresql-flexible";
import { ResourceGraphClient } from "@azure/arm-resourcegraph";
import { StorageManagementClient } from "@azure/arm-storage";
import type { TokenCredential } from "@azure/core-auth";
import { KeyClient } from "@azure/keyvault-keys";
import { MetricsClient } from "@azure/monitor-query-metrics";
import { sandboxHttpClient } from "../support/contract/foreignHttp.ts";
import { startSandbox } from "../support/contract/sandboxProcess.ts";
import type { SandboxProcess } from "../support/contract/sandboxProcess.ts";

/** Not a real token: the contract asks for any bearer token that is none. */
const credential: TokenCredential = {
  getToken: async () => ({ token: "a-foreign-client", expiresOnTimestamp: Date.now() + 3_600_000 }),
};

describe("Microsoft's SDK, with only an httpClient option, on the sandbox", () => {
  let sandbox: SandboxProcess;
  let options: { readonly httpClient: ReturnType<typeof sandboxHttpClient> };
  let subscriptionId: string;
  let client: PostgreSQLManagementFlexibleServerClient;

  before(async () => {
    sandbox = await startSandbox(["--fleet", "demo", "--speed", "1000"]);
    options = { httpClient: sandboxHttpClient(sandbox.origin, sandbox.token) };
    const found = await ask<{ value: { subscriptionId: string }[] }>("/subscriptions?api-version=2022-12-01");
    subscriptionId = found.value[0]!.subscriptionId;
    client = new PostgreSQLManagementFlexibleServerClient(credential, subscriptionId, options);
  });
  after(() => sandbox.stop());

  it("lists servers of the subscription and of a resource group, and gets one", async () => {
    const servers = await all(client.servers.listBySubscription());
    assert.ok(servers.length >= 4);
    const { group, name } = place(servers[0]!.id!);
    const inGroup = await all(client.servers.listByResourceGroup(group));
    assert.ok(inGroup.some((server) => server.id === servers[0]!.id));
    const server = await client.servers.get(group, name);
    assert.deepEqual(
      [server.id, typeof server.sku?.name, typeof server.storage?.storageSizeGB],
      [servers[0]!.id, "string", "number"],
    );
  });

  it("stops and starts a server and waits for each", async () => {
    const { group, name } = await readyServer();
    await client.servers.beginStopAndWait(group, name);
    assert.equal((await client.servers.get(group, name)).state, "Stopped");
    await client.servers.beginStartAndWait(group, name);
    assert.equal((await client.servers.get(group, name)).state, "Ready");
  });

  it("scales storage by beginUpdateAndWait and gets the changed server back", async () => {
    const { group, name } = await readyServer();
    const before = (await client.servers.get(group, name)).storage!.storageSizeGB!;
    const updated = await client.servers.beginUpdateAndWait(group, name, { storage: { storageSizeGB: before * 2 } });
    assert.equal(updated.storage?.storageSizeGB, before * 2);
  });

  it("resumes a serialized poller in a client made anew, without sending the stop again", async () => {
    const { group, name, id } = await readyServer();
    const stops = async () =>
      (await log()).filter((entry) => entry.method === "POST" && entry.path === `${id}/stop`).length;
    const before = await stops();
    const poller = await client.servers.beginStop(group, name);
    const state = poller.toString();
    poller.stopPolling();
    const other = new PostgreSQLManagementFlexibleServerClient(credential, subscriptionId, options);
    await (await other.servers.beginStop(group, name, { resumeFrom: state })).pollUntilDone();
    assert.equal((await other.servers.get(group, name)).state, "Stopped");
    assert.equal(await stops(), before + 1);
    await client.servers.beginStartAndWait(group, name);
  });

  it("gets Azure's code and message when a server is not ready", async () => {
    const servers = await all(client.servers.listBySubscription());
    const stopped = servers.find((server) => server.state === "Stopped")!;
    const { group, name } = place(stopped.id!);
    await assert.rejects(client.servers.beginStopAndWait(group, name), { code: "ServerIsNotReady", statusCode: 409 });
  });

  it("reads sizes, replicas, backups and parameters", async () => {
    const { group, name } = await readyServer();
    const [capability] = await all(client.capabilitiesByServer.list(group, name));
    assert.ok(capability!.supportedServerEditions!.length > 0);
    assert.ok(Array.isArray(await all(client.replicas.listByServer(group, name))));
    assert.ok((await all(client.backupsAutomaticAndOnDemand.listByServer(group, name))).length > 0);
    const parameters = await all(client.configurations.listByServer(group, name));
    assert.ok(parameters.some((parameter) => parameter.name === "max_connections"));
  });

  it("reads storage accounts with their encryption, and their containers", async () => {
    const storage = new StorageManagementClient(credential, subscriptionId, options);
    const accounts = await all(storage.storageAccounts.list());
    const customer = accounts.find((account) => account.encryption?.keySource === "Microsoft.Keyvault")!;
    const { group, name } = place(customer.id!);
    const account = await storage.storageAccounts.getProperties(group, name);
    assert.ok(account.encryption?.keyVaultProperties?.keyName);
    assert.ok((await all(storage.blobContainers.list(group, name))).length > 0);
  });

  it("rotates a key after Key Vault's challenge, and sees one version more", async () => {
    const url = await vaultAddress();
    const keys = new KeyClient(url, credential, options);
    const [first] = await all(keys.listPropertiesOfKeys());
    const before = await all(keys.listPropertiesOfKeyVersions(first!.name));
    const rotated = await keys.rotateKey(first!.name);
    const after = await all(keys.listPropertiesOfKeyVersions(first!.name));
    assert.equal(after.length, before.length + 1);
    assert.equal((await keys.getKey(first!.name)).properties.version, rotated.properties.version);
    const asked = (await log()).filter((entry) => entry.host === new URL(url).host);
    assert.deepEqual([asked[0]!.status, asked[0]!.authenticated, asked[1]!.authenticated], [401, false, true]);
  });

  it("queries Resource Graph and metrics of several servers at once", async () => {
    const graph = new ResourceGraphClient(credential, subscriptionId, options);
    const query = "Resources | where type =~ 'microsoft.dbforpostgresql/flexibleservers' | project id, location";
    const { data, count } = await graph.resources({
      subscriptions: [subscriptionId],
      query,
      options: { resultFormat: "objectArray" },
    });
    const rows = data as { id: string; location: string }[];
    assert.equal(rows.length, count);
    const { location } = rows[0]!;
    const ids = rows.filter((row) => row.location === location).map((row) => row.id);
    const metrics = new MetricsClient(`https://${location}.metrics.monitor.azure.com`, credential, options);
    const endTime = new Date((await ask<{ now: string }>("/_sandbox/clock")).now);
    const startTime = new Date(endTime.getTime() - 3_600_000);
    const range = { aggregation: "average", interval: "PT5M", startTime, endTime };
    const results = await metrics.queryResources(
      ids,
      ["cpu_percent"],
      "Microsoft.DBforPostgreSQL/flexibleServers",
      range,
    );
    assert.deepEqual(
      results.map((one) => one.resourceId?.toLowerCase()).sort(),
      ids.map((id) => id.toLowerCase()).sort(),
    );
    assert.ok(results.every((one) => one.metrics[0]!.unit === "Percent"));
  });

  it("answers a bare fetch, too, and names only Azure's hosts in what it answers", async () => {
    const answer = await fetch(
      `${sandbox.origin}/subscriptions/${subscriptionId}/providers/Microsoft.DBforPostgreSQL/flexibleServers?api-version=2025-08-01`,
      {
        headers: {
          "X-Forwarded-Host": "management.azure.com",
          "X-Sandbox-Token": sandbox.token,
          Authorization: "Bearer curl",
        },
      },
    );
    assert.equal(answer.status, 200);
    assert.doesNotMatch(await answer.text(), /127\.0\.0\.1|localhost/);
  });

  interface LogEntry {
    readonly method: string;
    readonly path: string;
    readonly host: string;
    readonly status: number;
    readonly authenticated: boolean;
  }

  function log(): Promise<LogEntry[]> {
    return ask("/_sandbox/log");
  }

  async function ask<T>(path: string): Promise<T> {
    const headers = {
      "X-Forwarded-Host": "management.azure.com",
      "X-Sandbox-Token": sandbox.token,
      Authorization: "Bearer curl",
    };
    return (await (await fetch(sandbox.origin + path, { headers })).json()) as T;
  }

  async function readyServer(): Promise<{ group: string; name: string; id: string }> {
    const servers = await all(client.servers.listBySubscription());
    const ready = servers.find((server) => server.state === "Ready" && server.tags?.["engram-class"] === "dev")!;
    return { ...place(ready.id!), id: ready.id! };
  }

  async function vaultAddress(): Promise<string> {
    const path = `/subscriptions/${subscriptionId}/providers/Microsoft.KeyVault/vaults?api-version=2023-07-01`;
    const { value } = await ask<{ value: { properties: { vaultUri: string } }[] }>(path);
    return value[0]!.properties.vaultUri;
  }
});

async function all<T>(pages: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const one of pages) found.push(one);
  return found;
}

function place(id: string): { group: string; name: string } {
  const [, group, name] = /\/resourceGroups\/([^/]+)\/.*\/([^/]+)$/i.exec(id)!;
  return { group: group!, name: name! };
}
