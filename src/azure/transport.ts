import { readFile } from "node:fs/promises";
import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { createDefaultHttpClient, createHttpHeaders, createPipelineRequest } from "@azure/core-rest-pipeline";
import type { HttpClient, PipelineRequest, PipelineResponse } from "@azure/core-rest-pipeline";
import { isLoopback } from "./clouds.ts";
import { AzureError } from "./ports.ts";
import type { SandboxClock } from "./sandboxClock.ts";
import type { AccessTokenOf, TokenAccount, TokenRequest, TokenSource } from "./tokens.ts";

/**
 * The one place where sandbox and Azure differ. Two nominal classes that no argument turns into each other:
 * `PublicHttp` takes no address and refuses this machine's; `SandboxHttp` takes a loopback address only.
 */
export class PublicHttp implements HttpClient {
  readonly #client = createDefaultHttpClient();

  sendRequest(request: PipelineRequest): Promise<PipelineResponse> {
    const url = new URL(request.url);
    if (url.protocol !== "https:" || isLoopback(url.hostname)) throw misdirected(url.host);
    if (isSandboxToken(request)) throw misdirected(url.host);
    if (request.method !== "GET") request.agent ??= freshSockets.https;
    return this.#client.sendRequest(request);
  }
}

/**
 * For writes: a kept-alive socket that the other side just closed would make the outcome unknown for nothing, and Node's
 * global agents, which `disableKeepAlive` falls back to, keep theirs alive.
 */
const freshSockets = { http: new HttpAgent({ keepAlive: false }), https: new HttpsAgent({ keepAlive: false }) };

/** Where the owner of a sandbox's state file listens. */
export interface SandboxDoor {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  readonly token: string;
}

export interface OwnerOptions {
  readonly stateFile: string;
  /** Program and arguments that run the sandbox's owner. */
  readonly serverCommand: readonly string[];
  readonly speed?: number;
  readonly faultsFile?: string;
  /** `demo` or a number of environments; for a new state file only. */
  readonly fleet?: string;
  /** Real milliseconds per answer; when an owner has to be started. */
  readonly latency?: number;
}

/** Finds or starts the owner of a state file, every time it is asked. Speed and faults are set the first time alone. */
export function doorOf(options: OwnerOptions): () => Promise<SandboxDoor> {
  const { stateFile, serverCommand, fleet, latency, speed, faultsFile } = options;
  const always = {
    stateFile,
    serverCommand,
    ...(fleet === undefined ? {} : { fleet }),
    ...(latency === undefined ? {} : { latency }),
  };
  let opened = false;
  return async () => {
    const { connectSandbox } = await import("../../sandbox/connect.ts");
    const faults =
      opened || faultsFile === undefined ? {} : { faults: JSON.parse(await readFile(faultsFile, "utf8")) as unknown };
    const door = await connectSandbox({ ...always, ...faults, ...(opened || speed === undefined ? {} : { speed }) });
    opened = true;
    return door;
  };
}

/** Carries a copy of each request to the sandbox; SDKs keep Azure's own URLs (reference/azure-api.md section 4 b). */
export class SandboxHttp implements HttpClient {
  readonly #client = createDefaultHttpClient();
  readonly #open: () => Promise<SandboxDoor>;
  readonly #clock: SandboxClock;
  #door: Promise<SandboxDoor> | null = null;

  /** `open` finds or starts the owner; called again when the owner has gone. */
  constructor(open: () => Promise<SandboxDoor>, clock: SandboxClock) {
    this.#open = open;
    this.#clock = clock;
  }

  async sendRequest(request: PipelineRequest): Promise<PipelineResponse> {
    if (request.headers.has("Authorization") && !isSandboxToken(request)) throw misdirected("the sandbox");
    try {
      return await this.#carry(request);
    } catch (error) {
      // Refused: nobody listened, so nothing was sent; an idle owner ends after a minute.
      if ((error as { code?: unknown }).code !== "ECONNREFUSED") throw error;
      this.#door = null;
      return await this.#carry(request);
    }
  }

  /** The sandbox's own endpoints, for its clock. */
  async syncClock(): Promise<void> {
    const url = "https://management.azure.com/_sandbox/clock";
    const response = await this.sendRequest(createPipelineRequest({ url, timeout: 10_000 }));
    const { epochMs, speed } = JSON.parse(response.bodyAsText ?? "{}") as { epochMs?: unknown; speed?: unknown };
    if (typeof epochMs === "number" && typeof speed === "number") this.#clock.sync(epochMs, speed);
  }

  async #carry(request: PipelineRequest): Promise<PipelineResponse> {
    const door = await this.#doorOnce();
    const response = await this.#client.sendRequest(copyFor(door, request));
    this.#clock.sync(Number(response.headers.get("x-sandbox-now") ?? Number.NaN));
    return { ...response, request };
  }

  #doorOnce(): Promise<SandboxDoor> {
    this.#door ??= this.#open().then((door) => {
      const url = new URL(door.origin);
      if (url.protocol !== "http:" || !isLoopback(url.hostname)) throw misdirected(url.host);
      return door;
    });
    this.#door.catch(() => (this.#door = null));
    return this.#door;
  }
}

function copyFor(door: SandboxDoor, request: PipelineRequest): PipelineRequest {
  const url = new URL(request.url);
  const headers = createHttpHeaders(request.headers.toJSON({ preserveCase: true }));
  headers.set("X-Forwarded-Host", url.host);
  headers.set("X-Sandbox-Token", door.token);
  return createPipelineRequest({
    url: `${door.origin}${url.pathname}${url.search}`,
    method: request.method,
    headers,
    timeout: request.timeout,
    allowInsecureConnection: true,
    ...(request.method === "GET" ? {} : { agent: freshSockets.http }),
    ...(request.body === undefined ? {} : { body: request.body }),
    ...(request.abortSignal === undefined ? {} : { abortSignal: request.abortSignal }),
    ...(request.onDownloadProgress === undefined ? {} : { onDownloadProgress: request.onDownloadProgress }),
  });
}

/** Mints the sandbox's own tokens. It has no field that could hold another, and asks nobody. */
export class SandboxTokens implements TokenSource {
  readonly via = "SANDBOX";
  readonly #clock: SandboxClock;

  constructor(clock: SandboxClock) {
    this.#clock = clock;
  }

  accounts(): Promise<readonly TokenAccount[]> {
    return Promise.resolve([{ id: "sandbox", label: sandboxUser }]);
  }

  /** Form and claims: sandbox/auth.ts; `exp` in seconds of virtual time, far off because its clock may be advanced by days. */
  token({ scopes, tenantId, claims }: TokenRequest): Promise<AccessTokenOf> {
    const expiresOn = this.#clock.now().getTime() + 365 * 24 * 3_600_000;
    const said = {
      aud: (scopes[0] ?? "").replace(/\/\.default$/, ""),
      exp: Math.floor(expiresOn / 1000),
      name: sandboxUser,
      ...(tenantId === null ? {} : { tid: tenantId }),
      ...(claims === null ? {} : { claims }),
    };
    const token = `sandbox.${Buffer.from(JSON.stringify(said)).toString("base64url")}.`;
    return Promise.resolve({ token, expiresOn, account: sandboxUser });
  }
}

const sandboxUser = "you@sandbox.invalid";

function isSandboxToken(request: PipelineRequest): boolean {
  return (request.headers.get("Authorization") ?? "").startsWith("Bearer sandbox.");
}

function misdirected(host: string): AzureError {
  const message = `A request was about to go to ${host} with the wrong kind of client or token. Nothing was sent.`;
  return new AzureError("origin", message, { code: "Misdirected", sent: "no" });
}
