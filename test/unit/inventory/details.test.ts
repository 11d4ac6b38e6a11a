import assert from "node:assert/strict";
import { AzureError, type Azure } from "../../../src/azure/ports.ts";
import type { Vault } from "../../../src/environments/model.ts";
import { loadDetails, valueOf } from "../../../src/inventory/details.ts";
import { account, accountKey, environment, server, serverKey } from "../environments/fixtures.ts";
import { FakeAzure } from "./fakeAzure.ts";

const head = account("x");
const vault: Vault = {
  ...head,
  kind: "vault",
  id: `${head.id}/vault`,
  name: "Vault",
  uri: "https://vault.vault.azure.net/",
  purgeProtection: true,
  rbac: true,
  tags: {},
};
const rules = { rules: [] };

function azure(overrides: Partial<Record<"keys" | "accounts" | "servers" | "scopes", unknown>> = {}): Azure {
  const fake = new FakeAzure();
  fake.overrides = {
    keys: { get: async (vaultId: string, name: string) => ({ vault: "vault", name, version: vaultId }) },
    accounts: { lifecycle: async () => rules, immutability: async () => ({ containers: [] }) },
    servers: { parameters: async () => ({ "azure.extensions": "vector" }) },
    scopes: { activity: async () => [] },
    ...overrides,
  } as unknown as Partial<Azure>;
  return fake.azure;
}

function refuse(kind: "rights" | "notFound", code: string) {
  return async () => Promise.reject(new AzureError(kind, `${code}.`, { code }));
}

const both = environment({
  server: server("pg", {}, { encryption: serverKey("vault/cmk/v1") }),
  account: account("st", {}, accountKey("VAULT/CMK")),
});

describe("details of an environment", () => {
  it("ask a shared key once, through the vault found by its name", async () => {
    const details = await loadDetails(azure(), { environment: both, vaults: [vault] });
    assert.deepEqual(
      valueOf(details.keys)?.map(({ name, version }) => [name, version]),
      [["CMK", vault.id]],
    );
    assert.deepEqual(
      [valueOf(details.lifecycle), valueOf(details.parameters), valueOf(details.stopped)],
      [rules, { "azure.extensions": "vector" }, null],
    );
  });

  it("fail part by part", async () => {
    const refused = azure({
      keys: { get: refuse("rights", "AuthorizationFailed") },
      accounts: { lifecycle: refuse("rights", "AuthorizationFailed"), immutability: async () => ({ containers: [] }) },
    });
    const details = await loadDetails(refused, { environment: both, vaults: [vault] });
    assert.deepEqual(details.keys, { error: { code: "AuthorizationFailed", message: "AuthorizationFailed." } });
    assert.equal("error" in details.lifecycle, true);
    assert.deepEqual([valueOf(details.immutability), valueOf(details.parameters) !== null], [{ containers: [] }, true]);
  });

  it("say that a vault is not visible instead of guessing", async () => {
    const details = await loadDetails(azure(), { environment: both, vaults: [] });
    assert.equal("error" in details.keys ? details.keys.error.code : "", "vaultNotVisible");
  });

  it("take an account without lifecycle policy for what it is", async () => {
    const none = azure({
      accounts: {
        lifecycle: refuse("notFound", "ManagementPolicyNotFound"),
        immutability: async () => ({ containers: [] }),
      },
    });
    assert.deepEqual((await loadDetails(none, { environment: both, vaults: [vault] })).lifecycle, { value: null });
  });

  it("count seven days from the last stop in the activity log, and ask a stopped server nothing else", async () => {
    const events = [
      {
        at: "2026-11-21T08:00:00Z",
        operation: "Microsoft.DBforPostgreSQL/flexibleServers/write",
        status: "Succeeded",
        caller: null,
      },
      {
        at: "2026-11-17T10:00:00Z",
        operation: "microsoft.dbforpostgresql/flexibleservers/STOP/action",
        status: "Succeeded",
        caller: null,
      },
      {
        at: "2026-11-16T10:00:00Z",
        operation: "Microsoft.DBforPostgreSQL/flexibleServers/stop/action",
        status: "Succeeded",
        caller: null,
      },
    ];
    const stopped = environment({ server: server("pg", {}, { state: "Stopped" }) });
    const asked = azure({
      scopes: { activity: async () => events },
      servers: { parameters: refuse("rights", "asked") },
    });
    const details = await loadDetails(asked, { environment: stopped, vaults: [] });
    assert.deepEqual(valueOf(details.stopped), {
      stoppedSince: "2026-11-17T10:00:00Z",
      restartsAt: "2026-11-24T10:00:00.000Z",
    });
    assert.deepEqual(valueOf(details.parameters), {});
  });

  it("say that the time of the stop is unknown when the log does not tell it", async () => {
    const stopped = environment({ server: server("pg", {}, { state: "Stopped" }) });
    const details = await loadDetails(azure(), { environment: stopped, vaults: [] });
    assert.deepEqual(valueOf(details.stopped), { stoppedSince: null, restartsAt: null });
  });
});
