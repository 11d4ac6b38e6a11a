import { createPipelineFromOptions, createPipelineRequest } from "@azure/core-rest-pipeline";
import type { Pipeline, PipelineResponse } from "@azure/core-rest-pipeline";
import type { Connection } from "./connection.ts";
import type { Identity } from "./credential.ts";
import { guarded, toAzureError } from "./errors.ts";
import type { RequestKind } from "./requestKind.ts";
import { answered } from "./errorAnswers.ts";
import { list, text } from "./json.ts";
import { malformed } from "./transportErrors.ts";
import { assertOrigin, harden, type Guard } from "./policies.ts";
import { AzureError } from "./ports.ts";

export interface ArmRequest {
  /** Path from the cloud's origin with query, or an absolute address of the cloud. */
  readonly url: string;
  readonly identity: Identity;
  /** For people: what is read. */
  readonly what: string;
  readonly signal?: AbortSignal | undefined;
}

export interface ArmWrite extends ArmRequest {
  readonly method: "POST" | "PUT" | "PATCH" | "DELETE";
  readonly body: unknown;
}

export interface ArmAnswer {
  readonly status: number;
  header(name: string): string | null;
  /** Parsed JSON; null without a body. */
  readonly body: unknown;
}

/** One small client for what no named SDK covers; guarded exactly as the SDKs' pipelines are. */
export class Arm {
  private readonly connection: Connection;

  constructor(connection: Connection) {
    this.connection = connection;
  }

  /** A GET whose 200 is a JSON object. */
  async get(request: ArmRequest): Promise<unknown> {
    const answer = await this.send({ ...request, method: "GET" }, { access: "read", expects: "object" });
    return answer.body;
  }

  /** A GET whose answer may be empty and of any success status: polls of long-running operations. */
  poll(request: ArmRequest): Promise<ArmAnswer> {
    return this.send({ ...request, method: "GET" }, { access: "read", expects: "anything" });
  }

  /** Unauthenticated GET (retail prices). */
  async open(request: Omit<ArmRequest, "identity">): Promise<unknown> {
    const nobody = { tenantId: null, accountId: null };
    const guard = { access: "read", expects: "object", scopes: null } as const;
    const answer = await this.send({ ...request, identity: nobody, method: "GET" }, guard);
    return answer.body;
  }

  /** One write, sent once. */
  write(request: ArmWrite): Promise<ArmAnswer> {
    return this.send(request, { access: "write", expects: "anything" });
  }

  /** Items of a list over all its pages. A page that was there already ends it (reliability.md fault 35). */
  async *list(request: ArmRequest, link: "nextLink" | "NextPageLink" = "nextLink"): AsyncGenerator<unknown> {
    const seen = new Set<string>();
    let url: string | null = this.absolute(request.url);
    while (url !== null) {
      if (seen.has(url)) throw malformed({ access: "read", what: request.what }, "repeats a page");
      seen.add(url);
      const page: unknown = await (link === "nextLink"
        ? this.get({ ...request, url })
        : this.open({ ...request, url }));
      yield* list(page, link === "nextLink" ? "value" : "Items");
      url = text(page, link);
    }
  }

  private async send(
    request: ArmRequest & { readonly method: "GET" | ArmWrite["method"]; readonly body?: unknown },
    options: Pick<Guard, "access" | "expects"> & { readonly scopes?: null },
  ): Promise<ArmAnswer> {
    const kind: RequestKind = { access: options.access, what: request.what };
    if (request.signal?.aborted) throw notSent(kind);
    assertOrigin(this.connection, this.absolute(request.url));
    const guard: Guard = { scopes: [this.connection.cloud.armScope], identity: request.identity, ...options };
    const response = await guarded(kind, () =>
      this.pipeline(guard).sendRequest(this.connection.http, this.toRequest(request)),
    );
    return read(response, kind);
  }

  private toRequest(request: ArmRequest & { readonly method: "GET" | ArmWrite["method"]; readonly body?: unknown }) {
    const wire = createPipelineRequest({ url: this.absolute(request.url), method: request.method, timeout: 0 });
    wire.headers.set("Accept", "application/json");
    if (request.body !== undefined) {
      wire.headers.set("Content-Type", "application/json");
      wire.body = JSON.stringify(request.body);
    }
    if (request.signal) wire.abortSignal = request.signal;
    return wire;
  }

  private absolute(url: string): string {
    return url.startsWith("/") && !url.startsWith("//") ? `${this.connection.cloud.arm}${url}` : url;
  }

  private pipeline(guard: Guard): Pipeline {
    const options = { userAgentOptions: { userAgentPrefix: this.connection.userAgent } };
    return harden(createPipelineFromOptions(options), this.connection, guard);
  }
}

function read(response: PipelineResponse, kind: RequestKind): ArmAnswer {
  const header = (name: string) => response.headers.get(name) ?? null;
  const body = parse(response, kind);
  if (response.status >= 200 && response.status < 300) return { status: response.status, header, body };
  throw answered({ status: response.status, header, text: response.bodyAsText ?? "", body }, kind);
}

/** Broken JSON of a refusal only loses its words; of a success it is an error. */
function parse(response: PipelineResponse, kind: RequestKind): unknown {
  const written = response.bodyAsText ?? "";
  if (written.trim() === "") return null;
  try {
    return JSON.parse(written);
  } catch (error) {
    if (response.status >= 300) return null;
    throw toAzureError(error, kind);
  }
}

export function notSent(kind: RequestKind): AzureError {
  return new AzureError("canceled", `Waiting for ${kind.what} was stopped.`, { code: "Canceled", sent: "no" });
}
