import type { IncomingMessage, ServerResponse } from "node:http";
import type { SandboxResponse } from "./types.ts";

/** Sends an answer as it is, or as a fault wants it on the wire. */
export function sendResponse(request: IncomingMessage, response: ServerResponse, answer: SandboxResponse): void {
  const { wire } = answer;
  if (wire?.kind === "hang") return;
  if (wire?.kind === "reset") return void (request.socket.resetAndDestroy?.() ?? request.socket.destroy());
  if (wire?.kind === "delay") return delay(request, response, { answer, milliseconds: wire.milliseconds });
  const payload = payloadOf(answer);
  const bare = request.method === "HEAD" || answer.status === 204;
  response.sendDate = false;
  response.writeHead(answer.status, headersOf(answer, bare ? null : payload));
  if (bare || payload === null) return void response.end();
  if (wire?.kind === "truncate") return truncate(response, payload, wire.bytes);
  if (wire?.kind === "slow") return drip(response, payload, wire.bytesPerSecond);
  response.end(payload);
}

interface Late {
  readonly answer: SandboxResponse;
  readonly milliseconds: number;
}

function delay(request: IncomingMessage, response: ServerResponse, { answer, milliseconds }: Late): void {
  const { wire: _wire, ...plain } = answer;
  const timer = setTimeout(() => sendResponse(request, response, plain), milliseconds);
  response.once("close", () => clearTimeout(timer));
}

function payloadOf(answer: SandboxResponse): Buffer | null {
  if (answer.text !== undefined) return Buffer.from(answer.text);
  return answer.body === undefined ? null : Buffer.from(JSON.stringify(answer.body));
}

function headersOf(answer: SandboxResponse, payload: Buffer | null): Record<string, string> {
  const length = String(payload?.length ?? 0);
  const type = payload === null ? {} : { "Content-Type": "application/json; charset=utf-8" };
  const size = answer.status === 204 ? {} : { "Content-Length": length };
  return { ...type, ...size, ...answer.headers };
}

/** The announced length is the whole body's: the client sees it end too early. */
function truncate(response: ServerResponse, payload: Buffer, bytes: number): void {
  response.write(payload.subarray(0, bytes), () => response.destroy());
}

/** At least one byte every tick, ten ticks a second where the speed allows. */
function drip(response: ServerResponse, payload: Buffer, bytesPerSecond: number): void {
  const step = Math.max(1, Math.floor(bytesPerSecond / 10));
  const pause = (1000 * step) / bytesPerSecond;
  let at = 0;
  const timer = setInterval(() => {
    response.write(payload.subarray(at, at + step));
    at += step;
    if (at >= payload.length) response.end();
    if (at >= payload.length || response.destroyed) clearInterval(timer);
  }, pause);
  response.once("close", () => clearInterval(timer));
}
