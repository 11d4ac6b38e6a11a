import type { Arm, ArmAnswer } from "./arm.ts";
import type { Connection } from "./connection.ts";
import { part, text } from "./json.ts";
import { assertOrigin } from "./policies.ts";
import { AzureError, type OperationReader, type OperationState } from "./ports.ts";
import { retryAfterMs } from "./retryAfter.ts";
import type { Sessions } from "./sessions.ts";

/** Follows long-running operations with the read client: a failed poll is never taken for a failed send. */
export function createOperationReader(deps: {
  readonly connection: Connection;
  readonly arm: Arm;
  readonly sessions: Sessions;
}): OperationReader {
  const { connection, arm, sessions } = deps;
  return {
    poll: async (operationUrl, signal) => {
      assertOrigin(connection, operationUrl);
      const subscription = /\/subscriptions\/([^/?]+)/i.exec(operationUrl)?.[1];
      const identity = subscription ? await sessions.identityFor(subscription) : { tenantId: null, accountId: null };
      try {
        return toState(await arm.poll({ url: operationUrl, identity, what: "the operation", signal }));
      } catch (error) {
        if (error instanceof AzureError && error.kind === "notFound" && error.status !== null) return gone;
        throw error;
      }
    },
  };
}

const gone: OperationState = { status: "gone", error: null, retryAfterMs: null };

/** By an allow-list of Azure's words; without a word the status code decides, as Location URLs want it (azure-api.md 3). */
function toState(answer: ArmAnswer): OperationState {
  const word = text(answer.body, "status");
  const status = word === null ? byCode(answer.status) : (words[word.toLowerCase()] ?? "running");
  return { status, error: errorOf(answer.body, status), retryAfterMs: retryAfterMs(answer) };
}

const words: Readonly<Record<string, OperationState["status"]>> = {
  succeeded: "succeeded",
  failed: "failed",
  canceled: "canceled",
  cancelled: "canceled",
};

function byCode(status: number): OperationState["status"] {
  return status === 202 ? "running" : "succeeded";
}

function errorOf(body: unknown, status: OperationState["status"]): OperationState["error"] {
  const error = part(body, "error");
  if (error === null && status !== "failed") return null;
  const code = text(error, "code") ?? "OperationFailed";
  return { code, message: text(error, "message") ?? "Azure gave no reason." };
}
