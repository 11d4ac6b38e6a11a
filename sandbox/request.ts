import { request as httpRequest } from "node:http";

export interface OwnRequest {
  readonly origin: string;
  readonly token: string;
  readonly method: "GET" | "POST";
  /** E.g. `/_sandbox/clock`. */
  readonly path: string;
  readonly body?: unknown;
  /** Real milliseconds. */
  readonly timeout: number;
}

/** One request to an owner's own endpoints. Null when nobody answers in time, or not with JSON. */
export function askOwner(asked: OwnRequest): Promise<{ status: number; body: unknown } | null> {
  const { origin, token, method, path, body, timeout } = asked;
  const payload = body === undefined ? "" : JSON.stringify(body);
  const headers = { "X-Sandbox-Token": token, ...(payload ? { "Content-Type": "application/json" } : {}) };
  return new Promise((resolve) => {
    const request = httpRequest(`${origin}${path}`, { method, headers, agent: false, timeout }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => void chunks.push(chunk));
      response.on("error", () => resolve(null));
      response.on("end", () => resolve(parsed(response.statusCode ?? 0, Buffer.concat(chunks).toString("utf8"))));
    });
    request.on("timeout", () => request.destroy());
    request.on("error", () => resolve(null));
    request.end(payload);
  });
}

function parsed(status: number, text: string): { status: number; body: unknown } | null {
  try {
    return { status, body: text === "" ? null : (JSON.parse(text) as unknown) };
  } catch {
    return null;
  }
}
