import assert from "node:assert/strict";
import { assertRefused, bench, group, serverId, subscriptionId } from "../support.ts";

const messageOf = (answer: { body?: unknown }) => (answer.body as { error: { message: string } }).error.message;
const world = (body: unknown) => ["POST", "/_sandbox/world", { body }] as const;

describe("what Azure Resource Manager refuses by itself", () => {
  it("wants an api-version that is one", async () => {
    const { sandbox } = bench();
    const ask = (query: string) =>
      sandbox.handle({
        method: "GET",
        host: "management.azure.com",
        path: serverId,
        query: new URLSearchParams(query),
        headers: { authorization: "Bearer x" },
        body: null,
      });
    assertRefused(await ask(""), 400, "MissingApiVersionParameter");
    assertRefused(await ask("api-version=latest"), 400, "InvalidApiVersionParameter");
  });

  it("does not know foreign subscriptions", async () => {
    const lab = bench();
    const path = serverId.replace(subscriptionId, "11111111-2222-4333-8444-555555555555");
    assertRefused(await lab.send("GET", path), 404, "SubscriptionNotFound");
  });

  it("names action and scope when the caller may not", async () => {
    const lab = bench();
    const denial = { action: "Microsoft.DBforPostgreSQL/flexibleServers/stop/action", scope: group };
    await lab.send(...world({ deny: denial }));
    const answer = await lab.send("POST", `${serverId}/stop`);
    assertRefused(answer, 403, "AuthorizationFailed");
    assert.ok(messageOf(answer).includes(`perform action '${denial.action}' over scope '${serverId}'`));
    assert.ok(messageOf(answer).includes("'ada@contoso.example'"));
    assert.equal((await lab.read(serverId)).properties["state"], "Ready");
    const { body } = await lab.send("GET", `${serverId}/providers/Microsoft.Authorization/permissions`);
    assert.deepEqual(body, {
      value: [{ actions: ["*"], notActions: [denial.action], dataActions: [], notDataActions: [] }],
    });
    await lab.send(...world({ allow: denial }));
    assert.equal((await lab.send("POST", `${serverId}/stop`)).status, 202);
  });

  it("answers 403 for everything in a subscription the caller may not read, which is still listed", async () => {
    const lab = bench();
    await lab.send(...world({ subscription: { id: subscriptionId, readable: false } }));
    assertRefused(await lab.send("GET", serverId), 403, "AuthorizationFailed");
    const groups = await lab.send("GET", `/subscriptions/${subscriptionId}/resourcegroups`);
    assertRefused(groups, 403, "AuthorizationFailed");
    assert.ok(messageOf(groups).includes("'Microsoft.Resources/subscriptions/resourceGroups/read'"));
    const { body } = await lab.send("GET", "/subscriptions");
    assert.deepEqual(
      (body as { value: { subscriptionId: string }[] }).value.map((one) => one.subscriptionId),
      [subscriptionId],
    );
  });

  it("refuses writes and actions under a ReadOnly lock, reads not", async () => {
    const lab = bench();
    await lab.send(...world({ lock: { scope: group, name: "freeze", level: "ReadOnly" } }));
    const answer = await lab.send("POST", `${serverId}/stop`);
    assertRefused(answer, 409, "ScopeLocked");
    assert.ok(
      messageOf(answer).includes(`'${serverId}' cannot perform write operation`) &&
        messageOf(answer).includes(`'${group}'`),
    );
    assertRefused(await lab.send("PATCH", serverId, { body: { tags: {} } }), 409, "ScopeLocked");
    assert.equal((await lab.send("GET", serverId)).status, 200);
    const lock = `${group}/providers/Microsoft.Authorization/locks/freeze`;
    assert.equal((await lab.send("DELETE", lock)).status, 200);
    assert.equal((await lab.send("POST", `${serverId}/stop`)).status, 202);
  });

  it("refuses only DELETE under CanNotDelete", async () => {
    const lab = bench();
    const id = `${serverId}/providers/Microsoft.Authorization/locks/keep`;
    assert.equal(
      (await lab.send("PUT", id, { body: { properties: { level: "CanNotDelete", notes: "prod" } } })).status,
      201,
    );
    const listed = await lab.send("GET", `${serverId}/providers/Microsoft.Authorization/locks`);
    assert.deepEqual(
      (listed.body as { value: { id: string; properties: unknown }[] }).value.map((one) => [one.id, one.properties]),
      [[id, { level: "CanNotDelete", notes: "prod" }]],
    );
    assertRefused(await lab.send("DELETE", serverId), 409, "ScopeLocked");
    assert.equal((await lab.send("POST", `${serverId}/stop`)).status, 202);
  });

  it("denies by policy, with the assignment's name in the envelope", async () => {
    const lab = bench();
    const policy = {
      name: "small",
      displayName: "Only small servers",
      scope: `/subscriptions/${subscriptionId}`,
      type: "Microsoft.DBforPostgreSQL/flexibleServers",
      field: "sku.name",
      values: ["Standard_D96ds_v5"],
    };
    await lab.send(...world({ policy }));
    const answer = await lab.send("PATCH", serverId, { body: { sku: { name: "Standard_D96ds_v5" } } });
    assertRefused(answer, 403, "RequestDisallowedByPolicy");
    const { additionalInfo } = (
      answer.body as { error: { additionalInfo: { type: string; info: Record<string, string> }[] } }
    ).error;
    assert.deepEqual(
      [additionalInfo[0]!.type, additionalInfo[0]!.info["policyAssignmentDisplayName"]],
      ["PolicyViolation", "Only small servers"],
    );
    assert.equal((await lab.send("PATCH", serverId, { body: { sku: { name: "Standard_D8ds_v5" } } })).status, 202);
  });

  it("lets a second actor do only what it knows", async () => {
    const lab = bench();
    assertRefused(await lab.send(...world({ everything: true })), 400, "BadRequest");
    assertRefused(await lab.send("POST", "/_sandbox/state", { body: {} }), 404, "NotFound");
    await lab.send(...world({ resource: { id: serverId, state: "Updating", tags: { a: "b" } } }));
    const { properties, tags } = await lab.read(serverId);
    assert.deepEqual([properties["state"], tags], ["Updating", { a: "b" }]);
  });
});
