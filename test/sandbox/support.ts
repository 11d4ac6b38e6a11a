import assert from "node:assert/strict";
import { sandboxToken } from "../../sandbox/auth.ts";
import { createSandbox } from "../../sandbox/kernel.ts";
import type { Sandbox } from "../../sandbox/kernel.ts";
import { emptyState } from "../../sandbox/fleet/state.ts";
import type { Resource, SandboxResponse, State } from "../../sandbox/types.ts";

export const subscriptionId = "00000000-1111-4222-8333-444444444444";
export const tenantId = "99999999-1111-4222-8333-444444444444";
export const group = `/subscriptions/${subscriptionId}/resourceGroups/rg-one`;
export const serverId = `${group}/providers/Microsoft.DBforPostgreSQL/flexibleServers/one-pg`;
export const start = Date.UTC(2026, 10, 22, 12);

/** A server as GET answers it, with what a test wants otherwise. */
export function server(name: string, properties: Record<string, unknown> = {}, sku = "Standard_D4ds_v5"): Resource {
  const tier = sku.startsWith("Standard_B")
    ? "Burstable"
    : sku.startsWith("Standard_E")
      ? "MemoryOptimized"
      : "GeneralPurpose";
  return {
    id: `${group}/providers/Microsoft.DBforPostgreSQL/flexibleServers/${name}`,
    name,
    type: "Microsoft.DBforPostgreSQL/flexibleServers",
    location: "eastus",
    tags: {},
    sku: { name: sku, tier },
    properties: {
      state: "Ready",
      version: "16",
      availabilityZone: "1",
      storage: { storageSizeGB: 128, autoGrow: "Disabled", tier: "P10", iops: 500, type: "Premium_LRS" },
      backup: { backupRetentionDays: 7, geoRedundantBackup: "Disabled" },
      highAvailability: { mode: "Disabled", state: "NotEnabled" },
      dataEncryption: { type: "SystemManaged" },
      replicationRole: "Primary",
      ...properties,
    },
  };
}

export function stateOf(...resources: Resource[]): State {
  const state = emptyState({ seed: 7, realNow: start });
  state.tenants.push({ tenantId, displayName: "Contoso", defaultDomain: "contoso.example" });
  state.subscriptions.push({ subscriptionId, displayName: "One", tenantId, state: "Enabled", readable: true });
  for (const resource of resources) state.resources[resource.id.toLowerCase()] = resource;
  return state;
}

export interface Bench {
  readonly sandbox: Sandbox;
  readonly state: State;
  /** Sends with a good token unless told otherwise. */
  send(method: string, path: string, more?: Send): Promise<SandboxResponse>;
  /** Lets real (and so, at speed 1, virtual) seconds pass. */
  pass(seconds: number): void;
  /** GET of a resource. */
  read(id: string): Promise<Resource>;
}

export interface Send {
  readonly body?: unknown;
  readonly host?: string;
  readonly token?: string | null;
  readonly headers?: Record<string, string>;
}

/** A sandbox in this process whose real clock stands still until the test moves it. */
export function bench(state = stateOf(server("one-pg"))): Bench {
  let now = start;
  const sandbox = createSandbox({ state, realNow: () => now });
  const send: Bench["send"] = (method, path, more = {}) => {
    const { body = null, host = "management.azure.com", token = goodToken(), headers = {} } = more;
    const url = new URL(path, "https://management.azure.com");
    if (!url.searchParams.has("api-version") && !path.startsWith("/_sandbox/"))
      url.searchParams.set("api-version", versionFor(url.pathname));
    const authorization = token === null ? {} : { authorization: `Bearer ${token}` };
    const decoded = decodeURIComponent(url.pathname);
    return sandbox.handle({
      method,
      host,
      path: decoded,
      query: url.searchParams,
      headers: { ...authorization, ...headers },
      body,
    });
  };
  const read = async (id: string) => (await send("GET", id)).body as Resource;
  return { sandbox, state, send, read, pass: (seconds) => void (now += seconds * 1000) };
}

/** What Azure's own clients send for each provider. */
const versions: readonly (readonly [RegExp, string])[] = [
  [/\/Microsoft\.Authorization\/locks/i, "2020-05-01"],
  [/\/Microsoft\.Authorization\/permissions/i, "2022-04-01"],
  [/\/Microsoft\.KeyVault\//i, "2023-07-01"],
  [/\/Microsoft\.Resources\/tags/i, "2024-07-01"],
  [/\/flexibleServers|\/Microsoft\.DBforPostgreSQL\//i, "2025-08-01"],
  [/^\/(tenants|subscriptions(\/[^/]+(\/locations)?)?)$/i, "2022-12-01"],
];

function versionFor(path: string): string {
  return versions.find(([pattern]) => pattern.test(path))?.[1] ?? "2024-07-01";
}

export function goodToken(claims: Record<string, unknown> = {}): string {
  return sandboxToken({
    aud: "https://management.azure.com",
    exp: start / 1000 + 400 * 86_400,
    tid: tenantId,
    oid: "o-1",
    name: "ada@contoso.example",
    ...claims,
  });
}

export function codeOf(response: SandboxResponse): string {
  return (response.body as { error?: { code?: string } } | undefined)?.error?.code ?? "";
}

/** Asserts a refusal with Azure's envelope. */
export function assertRefused(response: SandboxResponse, status: number, code: string): void {
  assert.equal(codeOf(response), code);
  assert.equal(response.status, status);
}

/** Follows `Azure-AsyncOperation` of a 202 to its end; returns the last poll's body. */
export async function follow(
  { send, pass }: Bench,
  response: SandboxResponse,
): Promise<{ status: string; error?: { code: string } }> {
  assert.equal(response.status, 202);
  const url = new URL(response.headers!["Azure-AsyncOperation"]!);
  for (let polls = 0; polls < 500; polls++) {
    const poll = await send("GET", `${url.pathname}${url.search}`);
    const body = poll.body as { status: string };
    if (body.status !== "InProgress") return body;
    pass(Number(poll.headers!["Retry-After"]));
  }
  throw new Error("The operation never ended.");
}

export const stateFor = (properties: Record<string, unknown>, sku?: string) =>
  stateOf(server("one-pg", properties, sku));
