import assert from "node:assert/strict";
import type { AzureError, AzureErrorKind } from "../../src/azure/ports.ts";
import { failureOf, openTestSandbox, type TestSandbox } from "./support.ts";

/** Rows of reference/reliability.md section 4 that end in this layer, over a real socket. */
describe("azure: faults", () => {
  let sandbox: TestSandbox;
  let id: string;
  beforeEach(async () => {
    sandbox = await openTestSandbox({ backOffMs: 2, requestMs: 400 });
    id = (await sandbox.server("catalog-dev-pg")).id;
  });
  afterEach(() => sandbox.close());

  const stop = () => sandbox.azure.writer.send({ kind: "stop", id });
  const read = () => sandbox.azure.servers.get(id);
  const status = (code: number, azureCode: string, more: object = {}) => ({
    status: { status: code, code: azureCode, ...more },
  });

  interface WriteFault {
    readonly row: string;
    readonly when?: "afterCommit" | "body";
    readonly fault: unknown;
    readonly kind: AzureErrorKind;
    readonly sent: AzureError["sent"];
    readonly more?: Partial<Pick<AzureError, "code" | "retryAfterMs">>;
  }

  const writeFaults: readonly WriteFault[] = [
    { row: "1: sign-in expired", fault: status(401, "ExpiredAuthenticationToken"), kind: "auth", sent: "no" },
    { row: "4: no rights", fault: status(403, "AuthorizationFailed"), kind: "rights", sent: "no" },
    { row: "6: gone", fault: status(404, "ResourceNotFound"), kind: "notFound", sent: "no" },
    { row: "8: busy", fault: status(409, "ServerIsBusy"), kind: "busy", sent: "no", more: { code: "ServerIsBusy" } },
    { row: "8: another conflict", fault: status(409, "Conflict"), kind: "conflict", sent: "no" },
    { row: "8: not ready", fault: status(409, "ServerIsNotReady"), kind: "notReady", sent: "no" },
    { row: "11: changed underneath", fault: status(412, "PreconditionFailed"), kind: "changed", sent: "no" },
    { row: "12: locked", fault: status(423, "Locked"), kind: "lock", sent: "no" },
    {
      row: "14: throttled for 5 s",
      fault: status(429, "TooManyRequests", { headers: { "Retry-After": "5" } }),
      kind: "throttled",
      sent: "no",
      more: { retryAfterMs: 5000 },
    },
    {
      row: "15: throttled for an hour",
      fault: status(429, "TooManyRequests", { headers: { "Retry-After": "3600" } }),
      kind: "throttled",
      sent: "no",
      more: { retryAfterMs: 3_600_000 },
    },
    {
      row: "16: throttled with nonsense",
      fault: status(429, "TooManyRequests", { headers: { "Retry-After": "-7 bananas" } }),
      kind: "throttled",
      sent: "no",
      more: { retryAfterMs: null },
    },
    { row: "18: 500 before", fault: status(500, "InternalServerError"), kind: "unavailable", sent: "unknown" },
    {
      row: "19: 504 after commit",
      when: "afterCommit",
      fault: status(504, "GatewayTimeout"),
      kind: "unavailable",
      sent: "unknown",
    },
    {
      row: "19: 408 after commit",
      when: "afterCommit",
      fault: status(408, "RequestTimeout"),
      kind: "timeout",
      sent: "unknown",
    },
    {
      row: "20: 503 with Retry-After",
      fault: status(503, "ServiceUnavailable", { headers: { "Retry-After": "1" } }),
      kind: "unavailable",
      sent: "unknown",
    },
    { row: "21: reset before", fault: "reset", kind: "unavailable", sent: "unknown" },
    { row: "21: reset after commit", when: "afterCommit", fault: "reset", kind: "unavailable", sent: "unknown" },
    { row: "26: hang", fault: "hang", kind: "timeout", sent: "unknown" },
    { row: "26: hang after commit", when: "afterCommit", fault: "hang", kind: "timeout", sent: "unknown" },
  ];

  for (const { row, when = "before", fault, kind, sent, more = {} } of writeFaults) {
    it(`row ${row}: a stop is sent once and ends as ${kind}, sent: ${sent}`, async () => {
      sandbox.faults([{ match: { method: "POST", path: "**/stop" }, when, fault }]);
      const error = await failureOf(stop());
      assert.deepEqual({ kind: error.kind, sent: error.sent }, { kind, sent }, error.message);
      for (const [name, value] of Object.entries(more)) assert.equal(error[name as keyof typeof more], value);
      assert.equal(sandbox.writes().length, 1);
      assert.match(error.message, /^[A-Z].*[.)]$/s, "a sentence");
    });
  }

  it("row 14: a read waits for what Azure asks when that is short, and then succeeds", async () => {
    const fault = status(429, "TooManyRequests", { headers: { "retry-after-ms": "5" } });
    sandbox.faults([{ match: { path: "**/flexibleServers/*", nth: 1 }, fault }]);
    assert.equal((await read()).id, id);
    assert.equal(reads(), 2);
  });

  it("row 15: a read that is to wait an hour is refused at once with the time", async () => {
    const fault = status(429, "TooManyRequests", { headers: { "Retry-After": "3600" } });
    sandbox.faults([{ match: { path: "**/flexibleServers/*" }, fault }]);
    const error = await failureOf(read());
    assert.deepEqual([error.kind, error.retryAfterMs, error.status], ["throttled", 3_600_000, 429]);
    assert.match(error.message, /wait until \d{4}-\d\d-\d\d \d\d:\d\d UTC\. Nothing was done/);
    assert.equal(reads(), 1);
  });

  it("row 16: a date counts from the answer's own clock", async () => {
    const at = new Date(sandbox.azure.clock.now().getTime() + 7_200_000).toUTCString();
    sandbox.faults([
      {
        match: { path: "**/flexibleServers/*" },
        fault: status(429, "TooManyRequests", { headers: { "Retry-After": at } }),
      },
    ]);
    const error = await failureOf(read());
    assert.ok(
      error.retryAfterMs !== null && error.retryAfterMs > 60_000 && error.retryAfterMs <= 7_200_000,
      String(error.retryAfterMs),
    );
  });

  it("row 17: a storm of refusals is not amplified", async () => {
    sandbox.faults([
      {
        match: { path: "**/flexibleServers/*" },
        fault: status(429, "TooManyRequests", { headers: { "retry-after-ms": "1" } }),
      },
    ]);
    const before = reads();
    const asked = 100;
    const outcomes = await Promise.allSettled(Array.from({ length: asked }, read));
    assert.ok(outcomes.every(({ status }) => status === "rejected"));
    assert.ok(reads() - before <= asked * 1.2 + 10, `${reads() - before} requests for ${asked} reads`);
  });

  for (const fault of [status(500, "InternalServerError"), status(503, "ServiceUnavailable"), "reset", "truncate"]) {
    it(`rows 18–23: a read survives one ${JSON.stringify(fault)}`, async () => {
      const when = fault === "truncate" ? "body" : "before";
      sandbox.faults([{ match: { path: "**/flexibleServers/*", nth: 1 }, when, fault }]);
      assert.equal((await read()).id, id);
      assert.equal(reads(), 2);
    });
  }

  it("row 20: a read gives up after three tries", async () => {
    sandbox.faults([{ match: { path: "**/flexibleServers/*" }, fault: status(503, "ServiceUnavailable") }]);
    const error = await failureOf(read());
    assert.deepEqual([error.kind, error.sent, reads()], ["unavailable", "no", 3]);
  });

  it("row 25: a body of a byte a second ends at the limit", async () => {
    sandbox.faults([{ match: { path: "**/flexibleServers/*" }, when: "body", fault: { slow: { bytesPerSecond: 1 } } }]);
    assert.equal((await failureOf(read())).kind, "timeout");
  });

  it("row 26: a hung socket ends at the limit, and a stopped wait at once", async () => {
    sandbox.faults([{ match: { path: "**/flexibleServers/*" }, fault: "hang" }]);
    assert.equal((await failureOf(read())).kind, "timeout");
    const stopping = new AbortController();
    const waiting = sandbox.azure.servers.get(id, stopping.signal);
    setTimeout(() => stopping.abort(), 20);
    assert.equal((await failureOf(waiting)).kind, "canceled");
  });

  it("row 26: a write that nobody waits for any more may have happened", async () => {
    sandbox.faults([{ match: { path: "**/stop" }, when: "afterCommit", fault: "hang" }]);
    const stopping = new AbortController();
    const waiting = sandbox.azure.writer.send({ kind: "stop", id }, stopping.signal);
    setTimeout(() => stopping.abort(), 100);
    const error = await failureOf(waiting);
    assert.deepEqual([error.kind, error.sent], ["canceled", "unknown"]);
  });

  const badBodies: Readonly<Record<string, string>> = {
    "29: a captive portal's page": "<!doctype html><html><body>Sign in to HotelWifi</body></html>",
    "30: nothing": "",
    "30: null": "null",
    "30: a list": "[]",
    "30: a number": "42",
    "30: a text": '"ok"',
    "31: half a document": '{"id":"/subscriptions',
    "31: a byte order mark": '\ufeff{"id":1}',
    "30: an object that is no server": "{}",
  };
  for (const [row, text] of Object.entries(badBodies)) {
    it(`row ${row} as a server is malformed, never data`, async () => {
      sandbox.faults([{ match: { path: "**/flexibleServers/*" }, when: "body", fault: { body: { text } } }]);
      const error = await failureOf(read());
      assert.equal(error.kind, "malformed", error.message);
    });
    it(`row ${row} as an inventory leaves it incomplete, never empty`, async () => {
      const subscription = {
        id: id.split("/")[2]!,
        name: "Contoso",
        tenantId: "3f1c8a52-6b0d-4c5e-9d21-7a4e5c0b1f01",
        account: null,
      };
      sandbox.faults([{ match: { path: "**/resources" }, when: "body", fault: { body: { text } } }]);
      const pages = [];
      for await (const page of sandbox.azure.inventory.pages([subscription])) pages.push(page);
      assert.deepEqual(
        pages.map(({ complete }) => complete),
        [false],
      );
      assert.equal(pages[0]!.problems[0]!.code, "MalformedAnswer");
    });
  }

  it("row 31: ten thousand levels of nesting are read or refused, not crashed on", async () => {
    const text = `{"id":"${id}","properties":${'{"a":'.repeat(10_000)}1${"}".repeat(10_000)}}`;
    sandbox.faults([{ match: { path: "**/flexibleServers/*" }, when: "body", fault: { body: { text } } }]);
    const outcome = await read().catch((error: AzureError) => error.kind);
    assert.ok(
      typeof outcome === "string" ? outcome === "malformed" : outcome.id === id,
      JSON.stringify(outcome).slice(0, 200),
    );
  });

  it("row 31: an answer beyond the size limit is cut off", async () => {
    sandbox.close();
    sandbox = await openTestSandbox({ maxBytes: 200, backOffMs: 2 });
    const error = await failureOf(sandbox.azure.servers.get(id));
    assert.deepEqual([error.kind, /larger than/.test(error.message)], ["malformed", true]);
  });

  it("row 32: missing parts are unknown", async () => {
    sandbox.faults([
      { match: { path: "**/flexibleServers/*" }, when: "body", fault: { body: { text: JSON.stringify({ id }) } } },
    ]);
    const server = await read();
    assert.deepEqual(
      [server.state, server.sku, server.storage, server.highAvailability.mode],
      [null, null, null, "unknown"],
    );
    assert.equal(server.encryption.owner, "unknown");
  });

  it("row 33: words Azure invents later are kept", async () => {
    const text = JSON.stringify({ id, properties: { state: "Hibernating", highAvailability: { mode: "Galactic" } } });
    sandbox.faults([{ match: { path: "**/flexibleServers/*" }, when: "body", fault: { body: { text } } }]);
    const server = await read();
    assert.deepEqual([server.state, server.highAvailability.mode], ["Hibernating", "unknown"]);
  });

  it("rows 4 and 12: names the missing action with its role, and the lock", async () => {
    await sandbox.tell("world", {
      deny: { action: "Microsoft.DBforPostgreSQL/flexibleServers/stop/action", scope: id },
    });
    const denied = await failureOf(stop());
    assert.equal(denied.missing?.action.toLowerCase(), "microsoft.dbforpostgresql/flexibleservers/stop/action");
    assert.equal(denied.missing?.role, "Contributor");
    assert.match(denied.message, /Privileged Identity Management/);
    const other = (await sandbox.server("search-dev-pg")).id;
    await sandbox.tell("world", { lock: { scope: other, name: "hands-off", level: "ReadOnly" } });
    const locked = await failureOf(sandbox.azure.writer.send({ kind: "stop", id: other }));
    assert.equal(locked.kind, "lock");
    assert.equal(locked.sent, "no");
  });

  it("row 4: names the policy assignment that forbids a size", async () => {
    const policy = {
      name: "small-only",
      displayName: "Small dev servers only",
      scope: id,
      type: "Microsoft.DBforPostgreSQL/flexibleServers",
      field: "sku.name",
      values: ["Standard_B2ms"],
    };
    await sandbox.tell("world", { policy });
    const patch = { sku: { name: "Standard_B2ms", tier: "Burstable" } };
    const error = await failureOf(sandbox.azure.writer.send({ kind: "updateServer", id, patch }));
    assert.equal(error.kind, "policy", error.message);
    assert.match(error.message, /Small dev servers only|small-only/);
  });

  it("row 7: an operation that is not found any more is gone, not failed", async () => {
    const { operationUrl } = await stop();
    sandbox.faults([{ match: { path: "**/azureAsyncOperation/*" }, when: "poll", fault: status(404, "NotFound") }]);
    assert.equal((await sandbox.azure.operations.poll(operationUrl!)).status, "gone");
  });

  it("row 22: a reset poll is tried again", async () => {
    const { operationUrl } = await stop();
    sandbox.faults([{ match: { path: "**/azureAsyncOperation/*", nth: 1 }, when: "poll", fault: "reset" }]);
    assert.equal((await sandbox.azure.operations.poll(operationUrl!)).status, "running");
  });

  for (const [word, status] of [
    ["Failed", "failed"],
    ["Canceled", "canceled"],
  ] as const) {
    it(`rows 42 and 44: an operation that ends as ${word} says so with Azure's code`, async () => {
      const { operationUrl } = await stop();
      const fault = { operation: { status: word, code: "ServerIsBusy" } };
      sandbox.faults([{ match: { path: "**/azureAsyncOperation/*" }, when: "poll", fault }]);
      const state = await sandbox.azure.operations.poll(operationUrl!);
      assert.equal(state.status, status);
      assert.equal(state.error?.code, "ServerIsBusy");
    });
  }

  it("rows 33 and 46: unknown words run on, and without a word the status code decides", async () => {
    const { operationUrl } = await stop();
    const answers: readonly (readonly [unknown, string])[] = [
      [{ body: { text: '{"status":"Restarting"}' } }, "running"],
      [{ body: { text: '{"status":"succeeded"}' } }, "succeeded"],
      [{ body: { text: "{}" } }, "succeeded"],
      [{ status: { status: 202, code: "", body: "" } }, "running"],
      [{ status: { status: 200, code: "", body: "" } }, "succeeded"],
    ];
    for (const [fault, wanted] of answers) {
      sandbox.faults([{ match: { path: "**/azureAsyncOperation/*" }, when: "body", fault }]);
      assert.equal((await sandbox.azure.operations.poll(operationUrl!)).status, wanted, JSON.stringify(fault));
    }
  });

  it("row 1: an expired token is renewed and the write goes out with the new one", async () => {
    await sandbox.tell("clock", { advance: "P800D" });
    const tags = { renewed: "yes" };
    const answer = await sandbox.azure.writer.send({ kind: "mergeTags", id, tags });
    assert.equal(answer.status, 200);
    assert.deepEqual(
      sandbox.log().flatMap(({ method, authenticated }) => (method === "PATCH" ? authenticated : [])),
      [false, true],
    );
  });

  it("row 2: a claims challenge is answered with a token for these claims, once", async () => {
    const claims = JSON.stringify({ access_token: { acrs: { essential: true, value: "p1" } } });
    await sandbox.tell("world", { claimsChallenge: claims });
    assert.equal((await stop()).status, 202);
    assert.equal(sandbox.writes().length, 1);
    assert.equal(sandbox.log().filter(({ path }) => path.endsWith("/stop")).length, 2);
  });

  it("row 27: an owner that is gone is found again or said to be, and nothing was sent", async () => {
    sandbox.close();
    // The listening socket is released in the next turn of the loop.
    await new Promise((resolve) => setTimeout(resolve, 20));
    const error = await failureOf(stop());
    assert.deepEqual([error.kind, error.sent], ["offline", "no"]);
  });

  function reads(): number {
    return sandbox.log().filter(({ method, path }) => method === "GET" && path.endsWith("/catalog-dev-pg")).length;
  }
});
