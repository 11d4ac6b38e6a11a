import { timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { SandboxResponse } from "./types.ts";

export interface Door {
  readonly port: number;
  readonly token: string;
}

/**
 * Who is let in at all (reference/reliability.md X1–X3): first the Host header against DNS rebinding, then no browser
 * (any Origin header, any OPTIONS), then the token. Null lets the request in; the answers say no more than they must.
 */
export function admit(request: IncomingMessage, { port, token }: Door): SandboxResponse | null {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`];
  if (!hosts.includes((request.headers.host ?? "").toLowerCase())) return { status: 403 };
  if (request.headers.origin !== undefined) return { status: 403 };
  if (request.method === "OPTIONS") return { status: 405 };
  return sameToken(request.headers["x-sandbox-token"], token) ? null : { status: 401 };
}

/** The Azure host a request is meant for, in lower case without a port. */
export function hostOf(request: IncomingMessage): string {
  const forwarded = request.headers["x-forwarded-host"];
  const host = (Array.isArray(forwarded) ? forwarded[0] : forwarded) ?? "management.azure.com";
  return host.toLowerCase().replace(/:443$/, "");
}

const knownHosts =
  /^(management\.azure\.com|prices\.azure\.com|[a-z0-9-]{1,63}\.vault\.azure\.net|[a-z0-9-]{1,63}\.metrics\.monitor\.azure\.com)$/;

export function isKnownHost(host: string): boolean {
  return knownHosts.test(host);
}

function sameToken(given: string | string[] | undefined, token: string): boolean {
  if (typeof given !== "string") return false;
  const left = Buffer.from(given.trim());
  const right = Buffer.from(token);
  return left.length === right.length && timingSafeEqual(left, right);
}
