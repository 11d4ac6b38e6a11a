import { AzureError } from "../../src/azure/ports.ts";
import type {
  Accepted,
  ActivityEvent,
  Azure,
  Change,
  OperationState,
  ServerCapabilities,
} from "../../src/azure/ports.ts";
import type { Environment, Server, StorageAccount, VaultKey } from "../../src/environments/model.ts";

/** What the fake does with a write, besides acting. */
export interface SendFault {
  readonly commit: boolean;
  readonly error: AzureError | Error;
}

/** An Azure in memory: a virtual clock that jumps, servers with states, operations that take Azure's time. */
export class FakeAzure {
  now = Date.parse("2026-11-22T12:00:00Z");
  readonly servers = new Map<string, Server>();
  readonly accounts = new Map<string, StorageAccount>();
  readonly keys = new Map<string, VaultKey>();
  readonly backups = new Map<string, { name: string; type: string; completed: string | null }[]>();
  readonly writes: Change[] = [];
  readonly activity: (ActivityEvent & { resourceId: string })[] = [];
  locks: { name: string; level: string; scope: string; notes: string | null }[] = [];
  permissions: { actions: string[]; notActions: string[] }[] = [{ actions: ["*"], notActions: [] }];
  deployments: string[] = [];
  capabilities: ServerCapabilities = defaultCapabilities;
  /** How long an operation takes. */
  durationMs = 90_000;
  sendFault: SendFault | null = null;
  /** Azure's seconds in a real one. */
  speed = 1;
  /** Called for every poll; may throw, or return another state. */
  onPoll: (state: OperationState, polls: number) => OperationState = (state) => state;
  /** Called for every read of a server; may throw or show something else. */
  onRead: (server: Server, reads: number) => Server = (server) => server;
  /** Called for every look at the activity log; may throw or leave out what has not arrived yet. */
  onActivity: (events: readonly ActivityEvent[]) => readonly ActivityEvent[] = (events) => events;
  /** Called before a write is taken. */
  onSend: (change: Change) => void = () => undefined;
  /** Whoever waits goes on only after this. */
  held: Promise<void> = Promise.resolve();
  /** Runs whenever somebody waits. */
  onSleep: () => void = () => undefined;
  /** Without effect, and in the fake's own words. */
  failWith: { code: string; message: string } | null = null;
  noOperationUrl = false;
  polls = 0;
  reads = 0;
  readonly #operations = new Map<string, { endsAt: number; apply: () => void; done: boolean }>();

  add(server: Server): this {
    this.servers.set(server.id.toLowerCase(), server);
    return this;
  }

  change(id: string, part: Partial<Server>): void {
    const server = this.servers.get(id.toLowerCase()) as Server;
    this.servers.set(id.toLowerCase(), { ...server, ...part });
  }

  server(id: string): Server {
    this.#advance();
    const server = this.servers.get(id.toLowerCase());
    if (server === undefined) throw new AzureError("notFound", `${id} was not found or you have no access.`);
    return server;
  }

  get azure(): Azure {
    const fake = this;
    const unused = (): never => {
      throw new Error("not part of this fake");
    };
    return {
      sandbox: true,
      clock: { now: () => new Date(fake.now), speed: fake.speed, sleep: (ms, signal) => fake.#sleep(ms, signal) },
      directory: { subscriptions: unused, actor: async () => "kim@contoso.com via the fake" },
      inventory: { pages: unused },
      servers: {
        get: async (id, signal) => {
          signal?.throwIfAborted();
          return fake.onRead(fake.server(id), ++fake.reads);
        },
        capabilities: async () => fake.capabilities,
        replicas: async (id) =>
          [...fake.servers.values()].filter((one) => one.sourceServerId?.toLowerCase() === id.toLowerCase()),
        backups: async (id) => (fake.#advance(), fake.backups.get(id.toLowerCase()) ?? []),
        parameters: async () => ({ max_connections: "859" }),
        json: unused,
      },
      accounts: {
        get: async (id) => (fake.#advance(), fake.accounts.get(id.toLowerCase()) as StorageAccount),
        lifecycle: unused,
        immutability: unused,
        json: unused,
      },
      keys: {
        get: async (id, name) => {
          const key = fake.keys.get(`${id}/${name}`.toLowerCase());
          if (key === undefined) throw new AzureError("notFound", "The key was not found.");
          return key;
        },
      },
      metrics: { batch: unused, single: unused },
      prices: { list: unused },
      scopes: {
        locks: async () => fake.locks,
        permissions: async () => fake.permissions,
        activity: async (id, since) =>
          fake.onActivity(
            fake.activity.filter(
              (one) => one.resourceId.toLowerCase() === id.toLowerCase() && Date.parse(one.at) >= since.getTime(),
            ),
          ),
        runningDeployments: async () => fake.deployments,
      },
      writer: { send: async (change) => fake.#send(change), describe },
      operations: { poll: async (url, signal) => fake.#poll(url, signal) },
      portal: { url: unused },
    };
  }

  async #sleep(ms: number, signal?: AbortSignal): Promise<void> {
    await this.held;
    this.now += ms;
    this.onSleep();
    signal?.throwIfAborted();
    return new Promise((resolve, reject) => setImmediate(() => (signal?.aborted ? reject(signal.reason) : resolve())));
  }

  #advance(): void {
    for (const operation of this.#operations.values()) {
      if (operation.done || operation.endsAt > this.now) continue;
      operation.done = true;
      operation.apply();
    }
  }

  #send(change: Change): Accepted {
    this.#advance();
    this.onSend(change);
    this.writes.push(change);
    const fault = this.sendFault;
    if (fault?.commit !== false) this.#commit(change);
    if (fault !== null) throw fault.error;
    const synchronous = change.kind === "mergeTags";
    const url = `https://management.azure.com/operations/${this.#operations.size - 1}`;
    return {
      status: synchronous ? 200 : 202,
      operationUrl: synchronous || this.noOperationUrl ? null : url,
      retryAfterMs: null,
      correlationId: "c-1",
    };
  }

  #commit(change: Change): void {
    const moving = { stop: "Stopping", start: "Starting", restart: "Restarting", updateServer: "Updating" } as const;
    this.#log(change, "Started");
    const failWith = this.failWith;
    if (change.kind === "mergeTags") return this.#tag(change);
    if (change.kind !== "backup") this.change(change.id, { state: moving[change.kind] });
    const home = this.servers.get(change.id.toLowerCase()) as Server;
    const apply = (): void => {
      this.#log(change, failWith === null ? "Succeeded" : "Failed");
      if (failWith !== null) this.change(change.id, { state: change.kind === "start" ? "Stopped" : "Ready" });
      else this.#apply(change, home);
    };
    this.#operations.set(String(this.#operations.size), { endsAt: this.now + this.durationMs, apply, done: false });
  }

  #apply(change: Change, home: Server): void {
    if (change.kind === "mergeTags") return;
    if (change.kind === "backup") {
      const list = this.backups.get(change.id.toLowerCase()) ?? [];
      list.push({ name: change.name, type: "Customer On-Demand", completed: new Date(this.now).toISOString() });
      this.backups.set(change.id.toLowerCase(), list);
      return;
    }
    if (change.kind !== "updateServer")
      return this.change(change.id, { state: change.kind === "stop" ? "Stopped" : "Ready" });
    const { patch } = change;
    this.change(change.id, {
      state: "Ready",
      ...(patch.sku ? { sku: patch.sku } : {}),
      storage: home.storage && {
        ...home.storage,
        sizeGiB: patch.storageGiB ?? home.storage.sizeGiB,
        autoGrow: patch.autoGrow ?? home.storage.autoGrow,
      },
      backup: home.backup && { ...home.backup, retentionDays: patch.backupRetentionDays ?? home.backup.retentionDays },
      ...(patch.highAvailability ? { highAvailability: { mode: patch.highAvailability, state: "Healthy" } } : {}),
      ...(patch.maintenanceWindow === undefined ? {} : { maintenanceWindow: patch.maintenanceWindow }),
    });
  }

  #tag(change: Change & { kind: "mergeTags" }): void {
    const id = change.id.toLowerCase();
    const server = this.servers.get(id);
    if (server) this.servers.set(id, { ...server, tags: { ...server.tags, ...change.tags } });
    const account = this.accounts.get(id);
    if (account) this.accounts.set(id, { ...account, tags: { ...account.tags, ...change.tags } });
  }

  #poll(url: string, signal?: AbortSignal): OperationState {
    signal?.throwIfAborted();
    this.#advance();
    const operation = this.#operations.get(url.split("/").at(-1) ?? "");
    const ended = operation?.done === true ? (this.failWith === null ? "succeeded" : "failed") : "running";
    const status = operation === undefined ? "gone" : ended;
    return this.onPoll({ status, error: status === "failed" ? this.failWith : null, retryAfterMs: null }, ++this.polls);
  }

  #log({ kind, id }: Change, status: string): void {
    const verb = kind === "updateServer" ? "write" : kind === "backup" ? "backups/write" : `${kind}/action`;
    const operation =
      kind === "mergeTags" ? "Microsoft.Resources/tags/write" : `Microsoft.DBforPostgreSQL/flexibleServers/${verb}`;
    this.activity.unshift({ at: new Date(this.now).toISOString(), operation, status, caller: "kim", resourceId: id });
  }
}

function describe(change: Change) {
  const url = `https://management.azure.com${change.id}`;
  return {
    method: change.kind === "updateServer" ? "PATCH" : "POST",
    url,
    body: "patch" in change ? change.patch : null,
    az: `az ${change.kind}`,
  };
}

const size = (name: string, tier: string, [vCores, memoryGiB]: readonly [number, number]) => ({
  name,
  tier,
  vCores,
  memoryGiB,
  maxIops: null,
  highAvailability: tier === "Burstable" ? [] : (["sameZone", "zoneRedundant"] as const),
  restriction: null,
});

const defaultCapabilities: ServerCapabilities = {
  sizes: [
    size("Standard_B1ms", "Burstable", [1, 2]),
    size("Standard_B2s", "Burstable", [2, 4]),
    size("Standard_D2ds_v5", "GeneralPurpose", [2, 8]),
    size("Standard_D4ds_v5", "GeneralPurpose", [4, 16]),
    size("Standard_D8ds_v5", "GeneralPurpose", [8, 32]),
    { ...size("Standard_D64ds_v5", "GeneralPurpose", [64, 256]), restriction: "No capacity in this location." },
  ],
  storageSizesGiB: [32, 64, 128, 256, 512, 1024, 2048, 4096, 8192],
};

const group = "/subscriptions/11111111-1111-4111-8111-111111111111/resourceGroups/orders-rg";

export function fakeServer(name: string, part: Partial<Server> = {}): Server {
  return {
    kind: "server",
    id: `${group}/providers/Microsoft.DBforPostgreSQL/flexibleServers/${name}`,
    name,
    subscriptionId: "11111111-1111-4111-8111-111111111111",
    resourceGroup: "orders-rg",
    location: "eastus",
    tags: {},
    state: "Ready",
    sku: { name: "Standard_D2ds_v5", tier: "GeneralPurpose" },
    version: "16",
    hostName: `${name}.postgres.database.azure.com`,
    storage: { sizeGiB: 128, type: null, tier: "P10", iops: 500, autoGrow: false },
    backup: { retentionDays: 7, geoRedundant: false, earliestRestore: "2026-11-15T12:00:00Z" },
    highAvailability: { mode: "none", state: null },
    maintenanceWindow: null,
    replicationRole: "Primary",
    sourceServerId: null,
    encryption: {
      owner: "serviceKey",
      primaryKeyUri: null,
      primaryIdentityId: null,
      geoKeyUri: null,
      geoIdentityId: null,
      primaryStatus: null,
      geoStatus: null,
    },
    publicNetworkAccess: false,
    availabilityZone: "1",
    ...part,
  };
}

export function fakeAccount(name: string): StorageAccount {
  return {
    kind: "account",
    id: `${group}/providers/Microsoft.Storage/storageAccounts/${name}`,
    name,
    subscriptionId: "11111111-1111-4111-8111-111111111111",
    resourceGroup: "orders-rg",
    location: "eastus",
    tags: {},
    skuName: "Standard_ZRS",
    accessTier: "Hot",
    encryption: {
      owner: "serviceKey",
      vaultUri: null,
      keyName: null,
      keyVersion: null,
      currentVersionedKeyUri: null,
      lastKeyRotation: null,
      currentKeyExpires: null,
    },
    minimumTls: "TLS1_2",
    httpsOnly: true,
    publicNetworkAccess: false,
  };
}

export function fakeEnvironment(server: Server | null, part: Partial<Environment> = {}): Environment {
  return {
    id: "11111111-1111-4111-8111-111111111111/orders-rg/orders-dev",
    name: "orders-dev",
    class: "dev",
    recognisedBy: "tags",
    classFrom: "tag",
    subscription: {
      id: "11111111-1111-4111-8111-111111111111",
      name: "Shop",
      tenantId: "t",
      account: "kim@contoso.com",
    },
    resourceGroup: "orders-rg",
    location: "eastus",
    server,
    replicas: [],
    account: null,
    ...part,
  };
}
