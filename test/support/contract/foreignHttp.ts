import { request as send } from "node:http";
import { text } from "node:stream/consumers";
import { createHttpHeaders } from "@azure/core-rest-pipeline";
import type { HttpClient, PipelineRequest, PipelineResponse } from "@azure/core-rest-pipeline";

/**
 * What anybody writes from the sandbox's published contract alone: Azure's own path to that origin, the host in
 * X-Forwarded-Host, the token file's contents in X-Sandbox-Token. Nothing of `src/` is used, on purpose.
 */
export function sandboxHttpClient(origin: string, token: string): HttpClient {
  return { sendRequest: (request) => carry(request, origin, token) };
}

async function carry(request: PipelineRequest, origin: string, token: string): Promise<PipelineResponse> {
  const { host, pathname, search } = new URL(request.url);
  const headers = {
    ...request.headers.toJSON(),
    host: new URL(origin).host,
    "x-forwarded-host": host,
    "x-sandbox-token": token,
  };
  const answer = await new Promise<import("node:http").IncomingMessage>((resolve, reject) => {
    const outgoing = send(origin + pathname + search, { method: request.method, headers }, resolve);
    outgoing.on("error", reject).end(request.body);
  });
  const bodyAsText = await text(answer);
  return {
    request,
    status: answer.statusCode ?? 0,
    headers: createHttpHeaders(answer.headers as Record<string, string>),
    bodyAsText,
  };
}
