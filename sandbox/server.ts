import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { admit, hostOf, isKnownHost } from "./door.ts";
import type { Sandbox } from "./kernel.ts";
import { sendResponse } from "./send.ts";
import type { SandboxRequest } from "./types.ts";

export interface ServerOptions {
  readonly sandbox: Sandbox;
  readonly token: string;
  /** Tried in this order; 0 is any free port. */
  readonly ports: readonly number[];
  /** Real milliseconds added to every answer of Azure's. */
  readonly latency: number;
  /** Asked before every request; false means another process owns the state now. */
  readonly stillOwner: () => boolean;
  /** The endpoints of the process itself: `GET owner`, `POST handover`. Null for anything else. */
  readonly ownEndpoint: (request: SandboxRequest) => OwnAnswer | null;
}

export interface OwnAnswer {
  readonly status: number;
  readonly body: unknown;
  /** Runs when the answer has left. */
  readonly then?: () => void;
}

export interface SandboxServer {
  readonly port: number;
  /** Requests being answered now; a hanging one, which a fault asked for, does not count. */
  inFlight(): number;
  /** Real time of the last request that was let in. */
  lastRequestAt(): number;
  close(): void;
}

const maximumBody = 4 * 1024 * 1024;

/** Real milliseconds and sizes, all ours: a client that never finishes its request must not hold the process up. */
export const doorLimits = {
  headersTimeout: 5_000,
  requestTimeout: 30_000,
  connectionsCheckingInterval: 1_000,
  maxHeaderSize: 64 * 1024,
  connections: 256,
} as const;

/** The HTTP process around the handler: loopback only, token, limits. Rejects when no port can be had. */
export async function startServer(options: ServerOptions): Promise<SandboxServer> {
  let inFlight = 0;
  let lastRequestAt = Date.now();
  let port = 0;
  const server = createServer(doorLimits, (request, response) => {
    const refused = admit(request, { port, token: options.token });
    if (refused) return void sendResponse(request, response, refused);
    lastRequestAt = Date.now();
    inFlight += 1;
    serve(request, response, options)
      .catch((error: unknown) => sendInternal(request, response, error))
      .finally(() => void (inFlight -= 1));
  });
  server.maxConnections = doorLimits.connections;
  server.on("upgrade", (_request, socket) => void socket.destroy());
  port = await listen(server, options.ports);
  return {
    port,
    inFlight: () => inFlight,
    lastRequestAt: () => lastRequestAt,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Done when the answer is decided and saved; sending it is not awaited, so that a hanging answer holds nothing up. */
async function serve(request: IncomingMessage, response: ServerResponse, options: ServerOptions): Promise<void> {
  const asked = await readRequest(request);
  if ("status" in asked) return sendResponse(request, response, asked);
  if (!options.stillOwner())
    return sendResponse(request, response, { status: 503, text: "Another process owns this state now." });
  const own = options.ownEndpoint(asked);
  if (own) {
    if (own.then) response.once("close", own.then);
    return sendResponse(request, response, own);
  }
  const answer = await options.sandbox.handle(asked);
  if (options.latency > 0 && !asked.path.startsWith("/_sandbox/")) await sleep(options.latency);
  sendResponse(request, response, answer);
}

async function readRequest(request: IncomingMessage): Promise<SandboxRequest | { status: number; text: string }> {
  const host = hostOf(request);
  if (!isKnownHost(host))
    return { status: 400, text: `X-Forwarded-Host names no host of Azure's that the sandbox knows: ${host}` };
  const url = new URL(request.url ?? "/", "http://127.0.0.1");
  const path = decodePath(url.pathname);
  const text = await readBody(request);
  if (path === null) return { status: 400, text: "The path cannot be decoded." };
  if (text === null) return { status: 413, text: "The body is larger than 4 MB." };
  const type = request.headers["content-type"] ?? "";
  if (text !== "" && !/^application\/([a-z.-]+\+)?json\b/i.test(type))
    return { status: 415, text: "The body must be application/json." };
  const body = parseBody(text);
  if (body === undefined) return { status: 400, text: "The body is no JSON." };
  return { method: request.method ?? "GET", host, path, query: url.searchParams, headers: flatHeaders(request), body };
}

function decodePath(path: string): string | null {
  try {
    const decoded = decodeURIComponent(path);
    return decoded.length > 1 ? decoded.replace(/\/+$/, "") : decoded;
  } catch {
    return null;
  }
}

function flatHeaders(request: IncomingMessage): Record<string, string> {
  const pairs = Object.entries(request.headers).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.join(", ") : (value ?? ""),
  ]);
  return Object.fromEntries(pairs) as Record<string, string>;
}

async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maximumBody) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** Null without a body, undefined when it is no JSON. */
function parseBody(text: string): unknown {
  if (text.trim() === "") return null;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

async function listen(server: Server, ports: readonly number[]): Promise<number> {
  for (const port of ports) {
    const bound = await tryListen(server, port);
    if (bound !== null) return bound;
  }
  throw new Error(`No port of ${ports.join(", ")} is free on 127.0.0.1.`);
}

function tryListen(server: Server, port: number): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException) => (error.code === "EADDRINUSE" ? resolve(null) : reject(error));
    server.once("error", failed);
    server.listen(port, "127.0.0.1", () => {
      server.off("error", failed);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

function sendInternal(request: IncomingMessage, response: ServerResponse, error: unknown): void {
  process.stderr.write(`sandbox: ${request.method} ${request.url}: ${(error as Error).stack ?? String(error)}\n`);
  if (response.headersSent) return void response.destroy();
  const message = `The sandbox failed on this request: ${(error as Error).message}`;
  sendResponse(request, response, { status: 500, body: { error: { code: "SandboxFailure", message } } });
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
