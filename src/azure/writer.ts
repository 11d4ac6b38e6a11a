import type { PipelineResponse } from "@azure/core-rest-pipeline";
import { armId } from "./armId.ts";
import { notSent, type Arm } from "./arm.ts";
import { describeChange, patchParts, restartBody, tagsBody, tagsPath } from "./changeRequest.ts";
import { isCloudOrigin } from "./clouds.ts";
import type { Connection } from "./connection.ts";
import { guarded } from "./errors.ts";
import { postgresClient } from "./postgres.ts";
import type { Accepted, Change, Writer } from "./ports.ts";
import { retryAfterMs } from "./retryAfter.ts";
import type { Sessions } from "./sessions.ts";

interface WriterDeps {
  readonly connection: Connection;
  readonly arm: Arm;
  readonly sessions: Sessions;
}

/** Sends changes: one call, one request, through a client that never retries. */
export function createWriter(deps: WriterDeps): Writer {
  return {
    describe: (change) => describeChange(change, deps.connection.cloud),
    send: async (change, signal) => {
      const kind = { access: "write", what: armId(change.id).name } as const;
      const identity = await deps.sessions.identityFor(armId(change.id).subscriptionId);
      if (signal?.aborted) throw notSent(kind);
      if (change.kind !== "mergeTags") return guarded(kind, () => sendBySdk(deps, { change, identity, signal }));
      const url = tagsPath(change.id);
      const body = tagsBody(change.tags);
      const answer = await deps.arm.write({ url, method: "PATCH", body, identity, what: kind.what, signal });
      return accepted(answer, deps.connection);
    },
  };
}

interface Sending {
  readonly change: Exclude<Change, { kind: "mergeTags" }>;
  readonly identity: Parameters<typeof postgresClient>[1]["identity"];
  readonly signal: AbortSignal | undefined;
}

/**
 * The SDK's `begin…` sends and then polls by itself at once. A policy takes the first answer and leaves by throwing, so
 * that exactly one request goes out and the operation is followed by the read client instead (design decision 7).
 */
async function sendBySdk({ connection }: WriterDeps, { change, identity, signal }: Sending): Promise<Accepted> {
  const { subscriptionId } = armId(change.id);
  const client = postgresClient(connection, { subscriptionId, identity, access: "write" });
  const { body } = describeChange(change, connection.cloud);
  client.pipeline.addPolicy({
    name: "engramFirstAnswer",
    sendRequest: async (request, next) => {
      // The SDK adds empty parts; what was shown and confirmed is what is sent, to the byte.
      if (body !== null) request.body = JSON.stringify(body);
      throw new FirstAnswer(await next(request));
    },
  });
  try {
    await begin(client, change, signal ? { abortSignal: signal } : {});
  } catch (thrown) {
    if (!(thrown instanceof FirstAnswer)) throw thrown;
    const { status, headers } = thrown.response;
    return accepted({ status, header: (name) => headers.get(name) ?? null }, connection);
  }
  throw new Error("The SDK made no request.");
}

class FirstAnswer extends Error {
  readonly response: PipelineResponse;

  constructor(response: PipelineResponse) {
    super("The first answer has arrived.");
    this.response = response;
  }
}

function begin(
  client: ReturnType<typeof postgresClient>,
  change: Sending["change"],
  options: { readonly abortSignal?: AbortSignal },
): Promise<unknown> {
  const { resourceGroup, name } = armId(change.id);
  switch (change.kind) {
    case "stop":
      return client.servers.beginStop(resourceGroup, name, options);
    case "start":
      return client.servers.beginStart(resourceGroup, name, options);
    case "restart": {
      const parameters = restartBody(change.failover);
      return client.servers.beginRestart(resourceGroup, name, { ...options, ...(parameters ? { parameters } : {}) });
    }
    case "updateServer":
      return client.servers.beginUpdate(resourceGroup, name, patchParts(change.patch), options);
    case "backup":
      return client.backupsAutomaticAndOnDemand.beginCreate(resourceGroup, name, change.name, options);
  }
}

interface WriteAnswer {
  readonly status: number;
  header(name: string): string | null;
}

function accepted(answer: WriteAnswer, { cloud }: Connection): Accepted {
  const named = answer.header("azure-asyncoperation") ?? answer.header("location");
  return {
    status: answer.status,
    operationUrl: named !== null && isCloudOrigin(cloud, named) ? named : null,
    retryAfterMs: retryAfterMs(answer),
    correlationId: answer.header("x-ms-correlation-request-id") ?? answer.header("x-ms-request-id"),
  };
}
