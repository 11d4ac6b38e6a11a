import { StorageManagementClient } from "@azure/arm-storage";
import { armId } from "./armId.ts";
import type { Connection } from "./connection.ts";
import { harden } from "./policies.ts";
import { AzureError, type AccountReader } from "./ports.ts";
import { oneJson, rawJson } from "./rawJson.ts";
import type { Sessions } from "./sessions.ts";
import { toAccount } from "./toAccount.ts";
import { toImmutability, toLifecycle } from "./toLifecycle.ts";
import { malformed } from "./transportErrors.ts";
import { sdkOptions } from "./sdkOptions.ts";

/** Reads storage accounts through @azure/arm-storage. */
export function createAccounts(connection: Connection, sessions: Sessions): AccountReader {
  async function open(id: string) {
    const { subscriptionId, resourceGroup, name } = armId(id);
    const identity = await sessions.identityFor(subscriptionId);
    return { client: storageClient(connection, subscriptionId, identity), resourceGroup, name };
  }

  async function json(id: string, signal?: AbortSignal): Promise<unknown> {
    const { client, resourceGroup, name } = await open(id);
    return oneJson({ what: name, signal }, (options) =>
      client.storageAccounts.getProperties(resourceGroup, name, options),
    );
  }

  return {
    json,
    get: async (id, signal) => {
      const found = toAccount(await json(id, signal));
      if (found === null) throw malformed({ access: "read", what: armId(id).name }, "lacks the account's id");
      return found;
    },
    lifecycle: async (id, signal) => {
      const { client, resourceGroup, name } = await open(id);
      try {
        const what = `the lifecycle rules of ${name}`;
        const call = oneJson({ what, signal }, (options) =>
          client.managementPolicies.get(resourceGroup, name, "default", options),
        );
        return toLifecycle(await call);
      } catch (error) {
        if (noPolicy(error)) return { rules: [] };
        throw error;
      }
    },
    immutability: async (id, signal) => {
      const { client, resourceGroup, name } = await open(id);
      const what = `the containers of ${name}`;
      const pages = await rawJson({ what, signal }, async (options) => {
        for await (const _page of client.blobContainers.list(resourceGroup, name, options).byPage());
      });
      return toImmutability(pages);
    },
  };
}

function storageClient(
  connection: Connection,
  subscriptionId: string,
  identity: Parameters<Connection["credentials"]["asTokenCredential"]>[0],
): StorageManagementClient {
  const scopes = [connection.cloud.armScope];
  const client = new StorageManagementClient(connection.credentials.asTokenCredential(identity), subscriptionId, {
    endpoint: connection.cloud.arm,
    credentials: { scopes },
    ...sdkOptions(connection),
  });
  harden(client.pipeline, connection, { access: "read", scopes, identity, expects: "object" });
  return client;
}

/** An account without rules answers 404 ManagementPolicyNotFound; a 404 of the account itself has another code. */
function noPolicy(error: unknown): boolean {
  return error instanceof AzureError && error.status === 404 && /ManagementPolicy/i.test(error.code);
}
