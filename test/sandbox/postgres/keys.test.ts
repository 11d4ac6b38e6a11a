import assert from "node:assert/strict";
import type { KeyVersion } from "../../../sandbox/keyVaultState.ts";
import { vaultStore } from "../../../sandbox/keyVaultState.ts";
import { assertRefused, bench, serverId, start, stateFor } from "../support.ts";

const day = 86_400_000;

function version(name: string, expires: number | null = start + 90 * day): KeyVersion {
  return {
    version: name,
    enabled: true,
    created: start - day,
    updated: start - day,
    expires,
    notBefore: null,
    tags: {},
  };
}

function lab(pinned = "", versions = [version("v1"), version("v2")]) {
  const dataEncryption = {
    type: "AzureKeyVault",
    primaryKeyURI: `https://one-kv.vault.azure.net/keys/cmk${pinned}`,
    primaryUserAssignedIdentityId: "/i",
    primaryEncryptionKeyStatus: "Valid",
  };
  const state = stateFor({ dataEncryption });
  vaultStore(state)["one-kv"] = { keys: { cmk: { kty: "RSA", keySize: 3072, versions, rotationPolicy: null } } };
  return bench(state);
}

async function standing(one: ReturnType<typeof lab>) {
  const { properties } = await one.read(serverId);
  return [properties["state"], (properties["dataEncryption"] as Record<string, unknown>)["primaryEncryptionKeyStatus"]];
}

const world = (body: unknown) => ["POST", "/_sandbox/world", { body }] as const;
const hour = { body: { advance: "PT60M" } };

describe("the customer's key of a flexible server", () => {
  it("makes it Inaccessible within 60 minutes when disabled, and Ready within 60 after repair", async () => {
    const one = lab();
    await one.send(...world({ key: { vault: "one-kv", name: "cmk", enabled: false } }));
    assert.deepEqual(await standing(one), ["Ready", "Valid"]);
    await one.send("POST", "/_sandbox/clock", hour);
    assert.deepEqual(await standing(one), ["Inaccessible", "Invalid"]);
    assertRefused(await one.send("POST", `${serverId}/stop`), 409, "ServerIsNotReady");
    await one.send(...world({ key: { vault: "one-kv", name: "cmk", enabled: true } }));
    await one.send("POST", "/_sandbox/clock", hour);
    assert.deepEqual(await standing(one), ["Ready", "Valid"]);
  });

  it("does so when the key expires by itself", async () => {
    const one = lab("", [version("v1", start + 3 * day)]);
    await one.send("POST", "/_sandbox/clock", { body: { advance: "P2DT23H" } });
    assert.deepEqual(await standing(one), ["Ready", "Valid"]);
    await one.send("POST", "/_sandbox/clock", { body: { advance: "PT2H" } });
    assert.deepEqual(await standing(one), ["Inaccessible", "Invalid"]);
  });

  it("does so when the vault cannot be reached", async () => {
    const one = lab();
    await one.send(...world({ vault: { name: "one-kv", reachable: false } }));
    await one.send("POST", "/_sandbox/clock", hour);
    assert.deepEqual(await standing(one), ["Inaccessible", "Invalid"]);
  });

  it("does so when the identity has lost its role", async () => {
    const one = lab();
    await one.send(...world({ identity: { id: "/I", access: false } }));
    await one.send("POST", "/_sandbox/clock", hour);
    assert.deepEqual(await standing(one), ["Inaccessible", "Invalid"]);
    await one.send(...world({ identity: { id: "/i", access: true } }));
    await one.send("POST", "/_sandbox/clock", hour);
    assert.deepEqual(await standing(one), ["Ready", "Valid"]);
  });

  it("looks at the pinned version when there is one, else at the newest", async () => {
    const disabled = { key: { vault: "one-kv", name: "cmk", version: "v1", enabled: false } };
    const versionless = lab();
    await versionless.send(...world(disabled));
    await versionless.send("POST", "/_sandbox/clock", hour);
    assert.deepEqual(await standing(versionless), ["Ready", "Valid"]);
    const pinned = lab("/v1");
    await pinned.send(...world(disabled));
    await pinned.send("POST", "/_sandbox/clock", hour);
    assert.deepEqual(await standing(pinned), ["Inaccessible", "Invalid"]);
  });

  it("brings a stopped server up Inaccessible when its key was lost meanwhile", async () => {
    const one = lab();
    await one.send("POST", `${serverId}/stop`);
    await one.send("POST", "/_sandbox/clock", hour);
    await one.send(...world({ key: { vault: "one-kv", name: "cmk", enabled: false } }));
    await one.send("POST", `${serverId}/start`);
    await one.send("POST", "/_sandbox/clock", { body: { advance: "PT2M" } });
    assert.equal((await standing(one))[0], "Inaccessible");
  });
});
