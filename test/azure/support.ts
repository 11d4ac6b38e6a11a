import type { HttpClient, PipelineRequest, PipelineResponse } from "@azure/core-rest-pipeline";
import { createHttpHeaders } from "@azure/core-rest-pipeline";
import { parseFaults } from "../../sandbox/faults.ts";
import { createFleet } from "../../sandbox/fleet/generate.ts";
import { createSandbox } from "../../sandbox/kernel.ts";
import type { LogEntry } from "../../sandbox/log.ts";
import { startServer } from "../../sandbox/server.ts";
import { assemble } from "../../src/azure/assemble.ts";
import { publicCloud, type Cloud } from "../../src/azure/clouds.ts";
import { defaultLimits, type Limits } from "../../src/azure/connection.ts";
import { Credentials } from "../../src/azure/credential.ts";
import type { SubscriptionFilter } from "../../src/azure/directory.ts";
import { createSandboxAzure } from "../../src/azure/index.ts";
import { AzureError, type Azure } from "../../src/azure/ports.ts";
import { RetryBudget } from "../../src/azure/retryBudget.ts";
import type { AccessTokenOf, TokenRequest, TokenSource } from "../../src/azure/tokens.ts";
import { wallClock } from "../../src/azure/wallClock.ts";
import type { Resource, Server, Subscription } from "../../src/environments/model.ts";

/** Short limits, so that a fault test takes milliseconds. */
export const quick: Partial<Limits> = { backOffMs: 2, requestMs: 5_000 };

export interface TestSandbox {
  readonly azure: Azure;
  readonly door: { readonly origin: string; readonly token: string };
  log(): readonly LogEntry[];
  /** Writes that reached a service or a fault with an accepted token. */
  writes(): readonly LogEntry[];
  faults(rules: readonly unknown[]): void;
  /** `POST /_sandbox/…`. */
  tell(name: string, body: unknown): Promise<void>;
  server(name: string): Promise<Server>;
  close(): void;
}

/** A sandbox of its own behind a real socket, in this process. */
export async function openTestSandbox(limits: Partial<Limits> = quick): Promise<TestSandbox> {
  const state = createFleet({ kind: "demo", realNow: Date.now() });
  state.clock.speed = 600;
  const sandbox = createSandbox({ state });
  const token = "test-door";
  const options = { stillOwner: () => true, ownEndpoint: () => null, latency: 0, ports: [0] };
  const server = await startServer({ sandbox, token, ...options });
  const door = { origin: `http://127.0.0.1:${server.port}`, token };
  const azure = await createSandboxAzure({ ...door, stateFile: "", limits });
  const log = () => sandbox.log.entries();
  return {
    azure,
    door,
    log,
    writes: () => log().filter((entry) => entry.method !== "GET" && entry.authenticated && !isQuery(entry)),
    faults: (rules) => void (state.services["faults"] = parseFaults(rules)),
    tell: async (name, body) => {
      const headers = { "X-Sandbox-Token": token, "Content-Type": "application/json" };
      const answer = await fetch(`${door.origin}/_sandbox/${name}`, {
        method: "POST",
        headers,
        body: JSON.stringify(body),
      });
      if (!answer.ok) throw new Error(await answer.text());
    },
    server: async (name) => {
      const found = (await inventoryOf(azure)).find((resource) => resource.name === name);
      if (found?.kind !== "server") throw new Error(`The demo fleet has no server ${name}.`);
      return found;
    },
    close: () => server.close(),
  };
}

/** POSTs that only read. */
function isQuery({ path }: LogEntry): boolean {
  return /\/providers\/Microsoft\.ResourceGraph\/|metrics:getBatch/i.test(path);
}

export async function subscriptionsOf(azure: Azure): Promise<readonly Subscription[]> {
  const found: Subscription[] = [];
  for await (const one of azure.directory.subscriptions()) if (!("scope" in one)) found.push(one);
  return found;
}

export async function inventoryOf(azure: Azure): Promise<readonly Resource[]> {
  const resources: Resource[] = [];
  for await (const page of azure.inventory.pages(await subscriptionsOf(azure))) resources.push(...page.resources);
  return resources;
}

/** A canned answer; a body that is no string goes out as JSON. */
export interface Canned {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export type Responder = (request: PipelineRequest, seen: number) => Canned | Error | Promise<Canned | Error>;

/** Every request that would have left, and the answers of a test instead of a network. */
export class CannedHttp implements HttpClient {
  readonly requests: {
    readonly method: string;
    readonly url: string;
    readonly token: string | null;
    readonly body: string | null;
  }[] = [];
  private readonly responder: Responder;

  constructor(responder: Responder) {
    this.responder = responder;
  }

  async sendRequest(request: PipelineRequest): Promise<PipelineResponse> {
    const { method, url } = request;
    const token = request.headers.get("Authorization") ?? null;
    this.requests.push({ method, url, token, body: typeof request.body === "string" ? request.body : null });
    const answer = await this.responder(request, this.requests.length);
    if (answer instanceof Error) throw answer;
    const headers = createHttpHeaders({ "content-type": "application/json", ...answer.headers });
    const bodyAsText =
      typeof answer.body === "string" ? answer.body : answer.body === undefined ? "" : JSON.stringify(answer.body);
    return { request, status: answer.status ?? 200, headers, bodyAsText };
  }
}

export const testTenant = "11111111-1111-4111-8111-111111111111";
export const testSubscription = "22222222-2222-4222-8222-222222222222";
export const testServerId = `/subscriptions/${testSubscription}/resourceGroups/rg/providers/Microsoft.DBforPostgreSQL/flexibleServers/orders-pg`;

/** A source that counts what it is asked for; tokens are `real-1`, `real-2` … unless the test says otherwise. */
export class CountingTokens implements TokenSource {
  readonly via = "a test";
  readonly requests: TokenRequest[] = [];
  private readonly give: (request: TokenRequest, count: number) => AccessTokenOf | null | Promise<AccessTokenOf | null>;

  constructor(give: CountingTokens["give"] = (_request, count) => tokenNumber(count)) {
    this.give = give;
  }

  accounts(): Promise<readonly { id: string; label: string }[]> {
    return Promise.resolve([{ id: "kim", label: "kim@contoso.example" }]);
  }

  async token(request: TokenRequest): Promise<AccessTokenOf | null> {
    this.requests.push(request);
    return this.give(request, this.requests.length);
  }
}

export function tokenNumber(count: number, expiresOn = Date.now() + 3_600_000): AccessTokenOf {
  return { token: `real-${count}`, expiresOn, account: "kim@contoso.example" };
}

export interface CannedAzure {
  readonly azure: Azure;
  readonly http: CannedHttp;
  readonly tokens: CountingTokens;
}

/** The whole layer over canned answers. Requests for tenants and subscriptions are answered unless the responder does. */
export function cannedAzure(
  responder: Responder,
  options: {
    readonly tokens?: CountingTokens;
    readonly cloud?: Cloud;
    readonly limits?: Partial<Limits>;
    readonly filter?: SubscriptionFilter;
    /** The responder answers tenants and subscriptions too. */
    readonly directory?: "responder";
  } = {},
): CannedAzure {
  const { tokens = new CountingTokens(), cloud = publicCloud, limits = {}, filter = { selected: () => [] } } = options;
  const own = options.directory === "responder" ? () => null : directoryAnswer;
  const http = new CannedHttp((request, seen) => own(request) ?? responder(request, seen));
  const connection = {
    sandbox: false,
    cloud,
    http,
    clock: wallClock,
    tokens,
    credentials: new Credentials(tokens, wallClock),
    limits: { ...defaultLimits, ...quick, ...limits },
    budget: new RetryBudget(),
    userAgent: "test",
  };
  return { azure: assemble(connection, filter), http, tokens };
}

function directoryAnswer({ url }: PipelineRequest): Canned | null {
  const { pathname } = new URL(url);
  if (pathname === "/tenants") return { body: { value: [{ tenantId: testTenant, displayName: "Contoso" }] } };
  if (pathname !== "/subscriptions") return null;
  return { body: { value: [{ subscriptionId: testSubscription, displayName: "Test", state: "Enabled" }] } };
}

/** The AzureError a call ends with; anything else fails the test. */
export async function failureOf(call: Promise<unknown>): Promise<AzureError> {
  try {
    await call;
  } catch (error) {
    if (error instanceof AzureError) return error;
    throw error;
  }
  throw new Error("The call did not fail.");
}
