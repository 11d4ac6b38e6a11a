import { PostgreSQLManagementFlexibleServerClient } from "@azure/arm-postgresql-flexible";
import type { Connection } from "./connection.ts";
import type { Identity } from "./credential.ts";
import { harden } from "./policies.ts";
import { sdkOptions } from "./sdkOptions.ts";

/** The named SDK's client, guarded, for reads or for writes (design decision 3: never the same one for both). */
export function postgresClient(
  connection: Connection,
  target: { readonly subscriptionId: string; readonly identity: Identity; readonly access: "read" | "write" },
): PostgreSQLManagementFlexibleServerClient {
  const scopes = [connection.cloud.armScope];
  const client = new PostgreSQLManagementFlexibleServerClient(
    connection.credentials.asTokenCredential(target.identity),
    target.subscriptionId,
    {
      endpoint: connection.cloud.arm,
      $host: connection.cloud.arm,
      credentialScopes: scopes,
      ...sdkOptions(connection),
    },
  );
  const expects = target.access === "read" ? "object" : "anything";
  harden(client.pipeline, connection, { access: target.access, scopes, identity: target.identity, expects });
  return client;
}
