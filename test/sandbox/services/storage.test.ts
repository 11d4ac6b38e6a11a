import assert from "node:assert/strict";
import { assertRefused } from "../support.ts";
import { fleet, vaultHost } from "./support.ts";
import type { Fleet } from "./support.ts";

interface KeyProperties {
  keyversion: string;
  currentVersionedKeyIdentifier: string;
  lastKeyRotationTimestamp: string;
  currentVersionedKeyExpirationTimestamp: string;
}

async function keyOf(at: Fleet, name: string): Promise<KeyProperties | undefined> {
  const account = await at.read(at.named(name).id);
  // A copy: in this process the answer is the sandbox's own object.
  return structuredClone(
    (account.properties["encryption"] as { keyvaultproperties?: KeyProperties }).keyvaultproperties,
  );
}

async function rotate(at: Fleet, vault: string): Promise<string> {
  const answer = await at.send("POST", "/keys/engram-cmk/rotate?api-version=2025-07-01", { host: vaultHost(vault) });
  return (answer.body as { key: { kid: string } }).key.kid;
}

function patchKey(at: Fleet, name: string, change: object): ReturnType<Fleet["send"]> {
  const account = at.named(name);
  const { keyvaultproperties, identity } = account.properties["encryption"] as {
    keyvaultproperties: object;
    identity: object;
  };
  const encryption = {
    keySource: "Microsoft.Keyvault",
    keyvaultproperties: { ...keyvaultproperties, ...change },
    identity,
  };
  return at.send("PATCH", account.id, { body: { properties: { encryption } } });
}

describe("Storage accounts", () => {
  it("take a new version of a key named without one at the daily check, and no sooner", async () => {
    const at = fleet();
    const before = await keyOf(at, "ordersprodrec");
    const kid = await rotate(at, "orders-prod-kv");
    assert.deepEqual(await keyOf(at, "ordersprodrec"), before);
    await at.advance("PT24H");
    const after = await keyOf(at, "ordersprodrec");
    assert.equal(after?.currentVersionedKeyIdentifier, kid);
    assert.ok(Date.parse(after.lastKeyRotationTimestamp) > Date.parse(before?.lastKeyRotationTimestamp ?? ""));
    assert.notEqual(after.currentVersionedKeyExpirationTimestamp, before?.currentVersionedKeyExpirationTimestamp);
    const next = await rotate(at, "orders-prod-kv");
    await at.advance("PT24H");
    assert.equal((await keyOf(at, "ordersprodrec"))?.currentVersionedKeyIdentifier, next);
  });

  it("never leave a version that they name", async () => {
    const at = fleet();
    const first = (await keyOf(at, "ordersprodrec"))?.currentVersionedKeyIdentifier ?? "";
    const pinned = await patchKey(at, "ordersprodrec", { keyversion: first.split("/").at(-1) });
    assert.equal(pinned.status, 200);
    await rotate(at, "orders-prod-kv");
    await at.advance("P3D");
    assert.equal((await keyOf(at, "ordersprodrec"))?.currentVersionedKeyIdentifier, first);
  });

  it("refuse a key, a version or an identity that cannot work and stay as they were", async () => {
    const at = fleet();
    const account = at.named("ordersprodrec");
    const before = structuredClone(await at.read(account.id));
    assertRefused(await patchKey(at, "ordersprodrec", { keyname: "nope" }), 400, "KeyVaultEncryptionKeyNotFound");
    assertRefused(
      await patchKey(at, "ordersprodrec", { keyversion: "0".repeat(32) }),
      400,
      "KeyVaultEncryptionKeyNotFound",
    );
    const identity = { userAssignedIdentity: `${account.id}x` };
    const encryption = { ...(account.properties["encryption"] as object), identity };
    const foreign = await at.send("PATCH", account.id, { body: { properties: { encryption } } });
    assertRefused(foreign, 400, "InvalidValuesForRequestParameters");
    assert.deepEqual(await at.read(account.id), before);
    assertRefused(await patchKey(at, "claimsuatrec", { keyversion: "" }), 400, "KeyVaultEncryptionKeyNotFound");
  });

  it("stay on the old version while the vault cannot be reached, and catch up afterwards", async () => {
    const at = fleet();
    const before = await keyOf(at, "ordersuatrec");
    const kid = await rotate(at, "orders-uat-kv");
    const reach = (reachable: boolean): ReturnType<Fleet["send"]> =>
      at.send("POST", "/_sandbox/world", { body: { vault: { name: "orders-uat-kv", reachable } } });
    await reach(false);
    await at.advance("P2D");
    assert.deepEqual(await keyOf(at, "ordersuatrec"), before);
    assertRefused(await patchKey(at, "ordersuatrec", {}), 400, "InvalidValuesForRequestParameters");
    await reach(true);
    await at.advance("P1D");
    assert.equal((await keyOf(at, "ordersuatrec"))?.currentVersionedKeyIdentifier, kid);
  });

  it("go back to the service's key and forget the customer's", async () => {
    const at = fleet();
    const body = { properties: { encryption: { keySource: "Microsoft.Storage" } } };
    assert.equal((await at.send("PATCH", at.named("ordersuatrec").id, { body })).status, 200);
    assert.equal(await keyOf(at, "ordersuatrec"), undefined);
  });
});

describe("An account as a resource", () => {
  it("keeps by PUT what the request does not name, under the same rules as by PATCH", async () => {
    const at = fleet();
    const { id, location, sku, kind } = at.named("ordersuatrec");
    const before = structuredClone(await at.read(id));
    const body = { location, sku, kind, properties: { minimumTlsVersion: "TLS1_3" } };
    assert.equal((await at.send("PUT", id, { body })).status, 200);
    const after = await at.read(id);
    assert.deepEqual(after.properties, { ...before.properties, minimumTlsVersion: "TLS1_3" });
    const keyvaultproperties = { keyname: "nope", keyvaulturi: "https://orders-uat-kv.vault.azure.net" };
    const encryption = { keySource: "Microsoft.Keyvault", keyvaultproperties };
    const refused = await at.send("PUT", id, { body: { ...body, properties: { encryption } } });
    assertRefused(refused, 400, "KeyVaultEncryptionKeyNotFound");
    const headers = { "if-match": '"other"' };
    assertRefused(await at.send("PATCH", id, { body, headers }), 412, "PreconditionFailed");
  });

  it("loses its containers with itself", async () => {
    const at = fleet();
    const { id, location, sku, kind } = at.named("searchdevrec");
    assert.equal((await at.send("DELETE", id)).status, 200);
    assertRefused(await at.send("GET", `${id}/blobServices/default/containers/records`), 404, "ResourceNotFound");
    assert.equal((await at.send("PUT", id, { body: { location, sku, kind, properties: {} } })).status, 201);
    assertRefused(await at.send("GET", `${id}/blobServices/default/containers/records`), 404, "ContainerNotFound");
  });

  it("says of parts that the sandbox does not have that it does not answer for them", async () => {
    const at = fleet();
    const { id } = at.named("searchdevrec");
    for (const method of ["GET", "PUT", "DELETE"])
      assertRefused(await at.send(method, `${id}/localUsers/ada`, { body: {} }), 404, "InvalidResourceType");
  });
});

describe("A container", () => {
  it("is changed, deleted once, and not deleted under a locked policy", async () => {
    const at = fleet();
    const path = `${at.named("searchdevrec").id}/blobServices/default/containers/records`;
    const changed = await at.send("PATCH", path, { body: { properties: { metadata: { team: "search" } } } });
    assert.deepEqual((changed.body as { properties: { metadata: object } }).properties.metadata, { team: "search" });
    assert.equal((await at.send("DELETE", path)).status, 200);
    assert.equal((await at.send("DELETE", path)).status, 204);
    assertRefused(await at.send("GET", path), 404, "ContainerNotFound");
    assertRefused(await at.send("PATCH", path, { body: {} }), 404, "ContainerNotFound");
    const kept = `${at.named("ordersprodrec").id}/blobServices/default/containers/records`;
    assertRefused(await at.send("DELETE", kept), 409, "ContainerImmutableStorageEnabled");
    assert.equal((await at.send("GET", kept)).status, 200);
  });

  it("is none by the name of a property that every object has", async () => {
    const at = fleet();
    const path = `${at.named("searchdevrec").id}/blobServices/default/containers/constructor`;
    assertRefused(await at.send("GET", path), 404, "ContainerNotFound");
    assertRefused(await at.send("GET", `${path}/immutabilityPolicies/default`), 404, "ContainerNotFound");
    assert.equal((await at.send("PUT", path, { body: {} })).status, 201);
  });
});

describe("A lifecycle policy", () => {
  const rule = (name: string, baseBlob: object): object => ({
    name,
    type: "Lifecycle",
    definition: { actions: { baseBlob }, filters: { blobTypes: ["blockBlob"] } },
  });
  const policy = (...rules: object[]): object => ({ properties: { policy: { rules } } });

  it("is put, read, deleted and then missing", async () => {
    const at = fleet();
    const path = `${at.named("searchdevrec").id}/managementPolicies/default`;
    assertRefused(await at.send("GET", path), 404, "ManagementPolicyNotFound");
    const body = policy(rule("a", { delete: { daysAfterModificationGreaterThan: 30 } }));
    assert.equal((await at.send("PUT", path, { body })).status, 200);
    const read = (await at.send("GET", path)).body as { properties: { policy: object } };
    assert.deepEqual({ properties: { policy: read.properties.policy } }, body);
    assert.equal((await at.send("DELETE", path)).status, 200);
    assert.equal((await at.send("DELETE", path)).status, 204);
  });

  it("is refused without rules, with two of one name, with no or negative days", async () => {
    const at = fleet();
    const path = `${at.named("searchdevrec").id}/managementPolicies/default`;
    const days = (count: number): object => ({ tierToCool: { daysAfterModificationGreaterThan: count } });
    const wrong = [
      policy(),
      policy(rule("a", days(1)), rule("A", days(2))),
      policy(rule("a", { tierToCool: {} })),
      policy(rule("a", days(-1))),
    ];
    for (const body of wrong) assertRefused(await at.send("PUT", path, { body }), 400, "InvalidRequestPropertyValue");
  });
});

describe("An immutability policy", () => {
  it("is made, locked and extended by its ETag, and never deleted once locked", async () => {
    const at = fleet();
    const container = `${at.named("searchdevrec").id}/blobServices/default/containers/records`;
    const path = `${container}/immutabilityPolicies/default`;
    const days = (count: number): object => ({ properties: { immutabilityPeriodSinceCreationInDays: count } });
    assert.equal((await at.send("GET", path)).status, 404);
    const first = (await at.send("PUT", path, { body: days(30) })).body as { etag: string };
    assertRefused(await at.send("POST", `${path}/lock`), 412, "PreconditionFailed");
    const old = { "if-match": '"old"' };
    assertRefused(await at.send("POST", `${path}/lock`, { headers: old }), 412, "PreconditionFailed");
    const locked = (await at.send("POST", `${path}/lock`, { headers: { "if-match": first.etag } })).body as {
      etag: string;
    };
    const headers = { "if-match": locked.etag };
    assertRefused(await at.send("DELETE", path, { headers }), 409, "ImmutabilityPolicyLocked");
    assertRefused(await at.send("PUT", path, { headers, body: days(5) }), 409, "ImmutabilityPolicyLocked");
    assertRefused(
      await at.send("POST", `${path}/extend`, { headers, body: days(30) }),
      400,
      "InvalidImmutabilityPeriod",
    );
    const longer = await at.send("POST", `${path}/extend`, { headers, body: days(60) });
    assert.equal(longer.status, 200);
    const shown = (await at.send("GET", container)).body as {
      properties: { immutabilityPolicy: { updateHistory: { update: string }[]; properties: object } };
    };
    assert.deepEqual(
      shown.properties.immutabilityPolicy.updateHistory.map((step) => step.update),
      ["put", "lock", "extend"],
    );
    assert.deepEqual(shown.properties.immutabilityPolicy.properties, {
      immutabilityPeriodSinceCreationInDays: 60,
      state: "Locked",
    });
  });
});
