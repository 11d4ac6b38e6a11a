import assert from "node:assert/strict";
import { assertRefused } from "../support.ts";
import { day, demo, fleet, start, vaultHost } from "./support.ts";

const version = "?api-version=2025-07-01";

interface Bundle {
  key: { kid: string };
  attributes: { enabled: boolean; created: number; exp?: number };
}

describe("Key Vault, by ARM", () => {
  it("lists keys and their versions, newest first, with the policy on the key", async () => {
    const at = fleet();
    const vault = at.named("orders-prod-kv").id;
    const key = (await at.send("GET", `${vault}/keys/ENGRAM-CMK`)).body as {
      properties: { keyUriWithVersion: string; rotationPolicy: { attributes: { expiryTime: string } } };
    };
    const versions = (await at.send("GET", `${vault}/keys/engram-cmk/versions`)).body as { value: { name: string }[] };
    assert.equal(versions.value.length, 3);
    assert.ok(key.properties.keyUriWithVersion.endsWith(`/${versions.value[0]?.name ?? "?"}`));
    assert.equal(key.properties.rotationPolicy.attributes.expiryTime, "P270D");
    const list = (await at.send("GET", `${vault}/keys`)).body as { value: { properties: object }[] };
    assert.equal("rotationPolicy" in (list.value[0]?.properties ?? {}), false);
  });

  it("says 404 for a key and for a vault that are not there", async () => {
    const at = fleet();
    const vault = at.named("orders-prod-kv").id;
    assertRefused(await at.send("GET", `${vault}/keys/nope`), 404, "KeyNotFound");
    assertRefused(await at.send("GET", `${vault}x/keys`), 404, "ResourceNotFound");
  });
});

describe("Key Vault, by ARM for writing", () => {
  it("keeps no key that neither plane would show", async () => {
    const at = fleet();
    const path = `${at.named("orders-prod-kv").id}/keys/another`;
    for (const method of ["PUT", "DELETE"])
      assertRefused(await at.send(method, path, { body: { properties: { kty: "RSA" } } }), 404, "InvalidResourceType");
    assertRefused(await at.send("GET", path), 404, "KeyNotFound");
  });
});

describe("Key Vault, the vault itself", () => {
  it("answers the first request without a token by a challenge with the vault's tenant", async () => {
    const answer = await fleet().send("GET", `/keys/engram-cmk${version}`, {
      host: vaultHost("support-prod-kv"),
      token: null,
    });
    assert.equal(answer.status, 401);
    assert.equal(
      answer.headers?.["WWW-Authenticate"],
      `Bearer authorization="https://login.microsoftonline.com/${demo.northwindTenant}", resource="https://vault.azure.net"`,
    );
  });

  it("wants an api-version, after the challenge", async () => {
    const { sandbox } = fleet();
    const answer = await sandbox.handle({
      method: "GET",
      host: vaultHost("orders-prod-kv"),
      path: "/keys/engram-cmk",
      query: new URLSearchParams(),
      headers: { authorization: "Bearer foreign" },
      body: null,
    });
    assertRefused(answer, 400, "BadParameter");
  });

  it("shows the newest version for a key without one and refuses a version that is not there", async () => {
    const at = fleet();
    const host = vaultHost("support-prod-kv");
    const { body } = await at.send("GET", `/keys/engram-cmk${version}`, { host });
    assert.equal((body as Bundle).attributes.exp, (start + 12 * day) / 1000);
    assertRefused(await at.send("GET", `/keys/engram-cmk/0000${version}`, { host }), 404, "KeyNotFound");
  });

  it("rotates into a new enabled version that ends as the policy says, and keeps the old one", async () => {
    const at = fleet();
    const host = vaultHost("orders-prod-kv");
    const before = (await at.send("GET", `/keys/engram-cmk${version}`, { host })).body as Bundle;
    const after = (await at.send("POST", `/keys/engram-cmk/rotate${version}`, { host })).body as Bundle;
    assert.notEqual(after.key.kid, before.key.kid);
    assert.equal(after.attributes.enabled, true);
    assert.equal(after.attributes.exp, (start + 270 * day) / 1000);
    const list = (await at.send("GET", `/keys/engram-cmk/versions${version}`, { host })).body as {
      value: { kid: string }[];
    };
    assert.deepEqual(
      list.value.slice(-2).map((each) => each.kid),
      [before.key.kid, after.key.kid],
    );
  });

  it("disables one version and leaves the others", async () => {
    const at = fleet();
    const host = vaultHost("orders-prod-kv");
    const { key } = (await at.send("GET", `/keys/engram-cmk${version}`, { host })).body as Bundle;
    const path = new URL(key.kid).pathname;
    const body = { attributes: { enabled: false } };
    assert.equal((await at.send("PATCH", `${path}${version}`, { host, body })).status, 200);
    const list = (await at.send("GET", `/keys/engram-cmk/versions${version}`, { host })).body as {
      value: { attributes: { enabled: boolean } }[];
    };
    assert.deepEqual(
      list.value.map((each) => each.attributes.enabled),
      [true, true, false],
    );
  });

  it("takes a rotation policy and refuses one that ends or rotates too soon", async () => {
    const at = fleet();
    const host = vaultHost("support-prod-kv");
    const put = (expiryTime: string, trigger: object): ReturnType<typeof at.send> =>
      at.send("PUT", `/keys/engram-cmk/rotationpolicy${version}`, {
        host,
        body: { attributes: { expiryTime }, lifetimeActions: [{ trigger, action: { type: "Rotate" } }] },
      });
    assert.equal((await put("P270D", { timeAfterCreate: "P90D" })).status, 200);
    assertRefused(await put("P27D", { timeAfterCreate: "P10D" }), 400, "BadParameter");
    assertRefused(await put("P270D", { timeAfterCreate: "P6D" }), 400, "BadParameter");
    assertRefused(await put("P270D", { timeAfterCreate: "P265D" }), 400, "BadParameter");
    assertRefused(await put("P270D", { timeBeforeExpiry: "P6D" }), 400, "BadParameter");
    const kept = (await at.send("GET", `/keys/engram-cmk/rotationpolicy${version}`, { host })).body as {
      attributes: { expiryTime: string };
    };
    assert.equal(kept.attributes.expiryTime, "P270D");
  });
});
