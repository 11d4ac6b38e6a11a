import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createHttpHeaders, type HttpClient } from "@azure/core-rest-pipeline";
import { assemble } from "../../src/azure/assemble.ts";
import { publicCloud } from "../../src/azure/clouds.ts";
import { defaultLimits } from "../../src/azure/connection.ts";
import { Credentials } from "../../src/azure/credential.ts";
import type { Azure } from "../../src/azure/ports.ts";
import { RetryBudget } from "../../src/azure/retryBudget.ts";
import { SandboxClock } from "../../src/azure/sandboxClock.ts";
import { Inventory } from "../../src/inventory/inventory.ts";
import { Operations } from "../../src/operations/operations.ts";
import { shippedPrices, type PriceTable } from "../../src/sizing/prices.ts";
import { CountingTokens, openTestSandbox, quick, type TestSandbox } from "../azure/support.ts";
import { canary } from "../support/written.ts";

/**
 * S10: the product as it runs on Azure, signed in with a token that is easy to find again. Its requests are carried to a
 * sandbox (the token is checked and taken off on the way); then every file and line it wrote is searched.
 */
describe("A token that must never be written down", () => {
  let sandbox: TestSandbox;
  let folder: string;
  let carried = 0;
  const lines: string[] = [];

  before(async () => {
    sandbox = await openTestSandbox();
    folder = mkdtempSync(join(tmpdir(), "engram-canary-"));
  });
  after(() => {
    sandbox.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it("goes out with every request, and into no journal, cache, log line or error", async () => {
    const azure = signedIn();
    const cache: string[] = [];
    const log = (line: unknown): void => void lines.push(JSON.stringify(line));
    const inventory = new Inventory({
      azure,
      cache: { read: async () => null, write: async (text) => void cache.push(text) },
      pins: () => [],
      log,
    });
    await inventory.refresh();
    const environment = inventory.find("search-dev");
    const prices = async (): Promise<PriceTable> => shippedPrices("eastus") as PriceTable;
    const operations = new Operations({ azure, stateDir: folder, prices, log });
    const done = await operations.run(await operations.plan({ operation: "stop" }, environment));
    sandbox.faults([
      {
        match: { method: "POST", path: "*/start" },
        when: "before",
        fault: { status: { status: 403, code: "AuthorizationFailed" } },
      },
    ]);
    const stopped = await operations.plan(
      { operation: "start" },
      environmentWith(await sandbox.server("search-dev-pg")),
    );
    const refused = await operations.run(stopped).catch((error: Error) => error);
    operations.dispose();
    inventory.dispose();

    assert.equal(done.status, "succeeded");
    assert.ok(carried > 10, "the canary was really in use");
    const files = readdirSync(folder, { recursive: true }).map((name) => join(folder, String(name)));
    const contents = files.filter((name) => statSync(name).isFile()).map((name) => readFileSync(name, "utf8"));
    assert.ok(contents.length > 0 && cache.length > 0, "a journal and a cache were written");
    const written = [
      ...contents,
      ...cache,
      ...lines,
      JSON.stringify(done),
      JSON.stringify(refused),
      JSON.stringify(sandbox.log()),
    ];
    assert.deepEqual(
      written.filter((text) => text.includes(canary)),
      [],
    );

    function environmentWith(server: typeof environment.server): typeof environment {
      return { ...environment, server };
    }
  });

  /** The layer as `createAzure` makes it, but for the wire. */
  function signedIn(): Azure {
    const clock = new SandboxClock();
    clock.sync(Date.now(), 600);
    const tokens = new CountingTokens(() => ({
      token: canary,
      expiresOn: Date.now() + 3_600_000_000,
      account: "kim@contoso.example",
    }));
    const parts = {
      http: carrier(),
      clock,
      tokens,
      credentials: new Credentials(tokens, clock),
      budget: new RetryBudget(),
    };
    const limits = { ...defaultLimits, ...quick };
    return assemble(
      { sandbox: false, cloud: publicCloud, limits, userAgent: "test", ...parts },
      { selected: () => [] },
    );
  }

  function carrier(): HttpClient {
    return {
      sendRequest: async (request) => {
        const { host, pathname, search } = new URL(request.url);
        const sent = request.headers.get("Authorization");
        if (sent !== undefined) assert.equal(sent, `Bearer ${canary}`);
        if (sent !== undefined) carried += 1;
        const own = {
          "x-forwarded-host": host,
          "x-sandbox-token": sandbox.door.token,
          authorization: "Bearer taken-off",
        };
        const { authorization: _cut, ...others } = request.headers.toJSON();
        const body = typeof request.body === "string" ? { body: request.body } : {};
        const answer = await fetch(sandbox.door.origin + pathname + search, {
          method: request.method,
          headers: { ...others, ...own },
          ...body,
        });
        return {
          request,
          status: answer.status,
          headers: createHttpHeaders(Object.fromEntries(answer.headers)),
          bodyAsText: await answer.text(),
        };
      },
    };
  }
});
