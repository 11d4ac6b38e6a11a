import assert from "node:assert/strict";
import { armResources, mergePatch } from "../../../sandbox/arm.ts";
import { assertRefused, bench, group, serverId, subscriptionId } from "../support.ts";

const vault = `${group}/providers/Microsoft.KeyVault/vaults/one-kv`;
const tagsOf = (id: string) => `${id}/providers/Microsoft.Resources/tags/default`;
const valueOf = (answer: { body?: unknown }) => (answer.body as { value: { id: string; name: string }[] }).value;

describe("the resource store", () => {
  it("puts, patches, reads and deletes any resource by an id in any letter case", async () => {
    const lab = bench();
    const properties = { tenantId: lab.state.tenants[0]!.tenantId, sku: { family: "A", name: "standard" } };
    const put = await lab.send("PUT", vault, { body: { location: "eastus", tags: { a: "1" }, properties } });
    assert.equal(put.status, 201);
    const patched = await lab.send("PATCH", vault.toLowerCase(), { body: { tags: { b: "2" } } });
    assert.deepEqual((patched.body as { tags: unknown }).tags, { a: "1", b: "2" });
    assert.equal((await lab.read(vault.toLowerCase())).id, vault);
    assert.equal((await lab.send("DELETE", vault)).status, 200);
    assert.equal((await lab.send("DELETE", vault)).status, 204);
    assertRefused(await lab.send("GET", vault), 404, "ResourceNotFound");
  });

  it("merges as RFC 7396 says and lets no prototype in", () => {
    assert.deepEqual(mergePatch({ a: 1, b: { c: 2, d: 3 } }, { a: null, b: { c: [4] } }), { b: { c: [4], d: 3 } });
    const merged = mergePatch({}, JSON.parse('{"__proto__": {"polluted": true}}')) as Record<string, unknown>;
    assert.equal(merged["polluted"], undefined);
  });

  it("writes only with the etag that fits, and gives a new one", () => {
    const { state, sandbox } = bench();
    state.resources[vault.toLowerCase()] = {
      id: vault,
      name: "one-kv",
      type: "Microsoft.KeyVault/vaults",
      etag: '"1"',
      properties: {},
    };
    const ask = (method: string, headers: Record<string, string>) =>
      armResources(
        {
          method,
          host: "management.azure.com",
          path: vault,
          query: new URLSearchParams(),
          headers,
          body: { tags: {} },
        },
        sandbox.world,
      )!;
    assertRefused(ask("PATCH", { "if-match": '"0"' }), 412, "PreconditionFailed");
    assert.equal(state.resources[vault.toLowerCase()]!.tags, undefined);
    assert.equal(ask("PATCH", { "if-match": '"1"' }).status, 200);
    assertRefused(ask("PATCH", { "if-match": '"1"' }), 412, "PreconditionFailed");
    assertRefused(ask("PUT", { "if-none-match": "*" }), 412, "PreconditionFailed");
  });

  it("holds servers to the same conditions, though they have no etag", async () => {
    const lab = bench();
    const body = { tags: { a: "b" } };
    assertRefused(
      await lab.send("PATCH", serverId, { body, headers: { "if-match": '"1"' } }),
      412,
      "PreconditionFailed",
    );
    assertRefused(
      await lab.send("PUT", serverId, { body, headers: { "if-none-match": "*" } }),
      412,
      "PreconditionFailed",
    );
    assertRefused(
      await lab.send("DELETE", `${serverId}2`, { headers: { "if-match": "*" } }),
      412,
      "PreconditionFailed",
    );
    assert.equal((await lab.read(serverId)).properties["state"], "Ready");
    assert.equal((await lab.send("PATCH", serverId, { body, headers: { "if-match": "*" } })).status, 202);
  });

  it("makes nothing in a resource group that is not there", async () => {
    const lab = bench();
    const elsewhere = vault.replace("rg-one", "rg-two");
    const tenantId = "99999999-1111-4222-8333-444444444444";
    const body = { location: "eastus", properties: { tenantId, sku: { family: "A", name: "standard" } } };
    assertRefused(await lab.send("PUT", elsewhere, { body }), 404, "ResourceGroupNotFound");
    const made = await lab.send("PUT", group.replace("rg-one", "rg-two"), { body: { location: "eastus" } });
    assert.equal(made.status, 201);
    assert.equal((await lab.send("PUT", elsewhere, { body })).status, 201);
  });

  it("merges, replaces and deletes tags at any scope, whatever their letter case", async () => {
    const lab = bench();
    const tags = async () =>
      ((await lab.send("GET", tagsOf(serverId))).body as { properties: { tags: unknown } }).properties.tags;
    const patch = (operation: string, given: Record<string, string>) =>
      lab.send("PATCH", tagsOf(serverId), { body: { operation, properties: { tags: given } } });
    await patch("Merge", { "engram-class": "dev", owner: "a" });
    await patch("Merge", { "Engram-Class": "test" });
    assert.deepEqual(await tags(), { owner: "a", "Engram-Class": "test" });
    assert.deepEqual((await lab.read(serverId)).tags, { owner: "a", "Engram-Class": "test" });
    await patch("Delete", { owner: "somebody else" });
    await patch("Delete", { "engram-class": "test" });
    assert.deepEqual(await tags(), { owner: "a" });
    await patch("Replace", { x: "y" });
    assert.deepEqual(await tags(), { x: "y" });
    assertRefused(await patch("Forget", {}), 400, "InvalidTagsRequest");
    assert.equal((await lab.send("PUT", tagsOf(group), { body: { properties: { tags: { team: "t" } } } })).status, 200);
    assert.deepEqual((await lab.read(group)).tags, { team: "t" });
  });

  it("lists tenants, subscriptions, groups, resources and providers", async () => {
    const lab = bench();
    const subscription = `/subscriptions/${subscriptionId}`;
    assert.equal(valueOf(await lab.send("GET", "/tenants"))[0]!.id, `/tenants/${lab.state.tenants[0]!.tenantId}`);
    assert.deepEqual(
      valueOf(await lab.send("GET", "/subscriptions")).map((one) => one.id),
      [subscription],
    );
    assert.deepEqual(
      valueOf(await lab.send("GET", `${subscription}/resourcegroups`)).map((one) => one.name),
      ["rg-one"],
    );
    const filter = encodeURIComponent("resourceType eq 'Microsoft.DBforPostgreSQL/flexibleServers'");
    assert.deepEqual(
      valueOf(await lab.send("GET", `${group}/resources?$filter=${filter}`)).map((one) => one.name),
      ["one-pg"],
    );
    assertRefused(
      await lab.send("GET", `${group}/resources?$filter=${encodeURIComponent("name ne 'x'")}`),
      400,
      "InvalidFilterInQueryString",
    );
    assertRefused(await lab.send("GET", `${group}-two`), 404, "ResourceGroupNotFound");
    const provider = await lab.send("GET", `${subscription}/providers/Microsoft.DBforPostgreSQL`);
    assert.equal((provider.body as { registrationState: string }).registrationState, "Registered");
  });

  it("answers what it does not know in Azure's envelope", async () => {
    const lab = bench();
    assertRefused(await lab.send("GET", "/providers/Microsoft.Nothing/here"), 404, "NoRegisteredProviderFound");
    assertRefused(await lab.send("POST", `${serverId}/explode`), 404, "InvalidResourceType");
  });
});
