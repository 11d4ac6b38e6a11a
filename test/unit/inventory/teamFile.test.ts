import assert from "node:assert/strict";
import { parseTeamFile, TeamFileError, withPin, writeTeamFile } from "../../../src/inventory/teamFile.ts";
import { account, server } from "../environments/fixtures.ts";

const pin = { name: "orders", class: "dev", server: server("pg").id, account: account("st").id } as const;

function refused(text: string): string {
  try {
    parseTeamFile(text);
  } catch (error) {
    assert.ok(error instanceof TeamFileError);
    assert.doesNotMatch(error.message, /\n/);
    return error.message;
  }
  return "accepted";
}

function one(changes: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ environments: [{ ...pin, ...changes }] });
}

describe("the team's file", () => {
  it("comes back as it was written, with or without an account, and after a byte order mark", () => {
    const pins = [pin, { ...pin, name: "b", server: server("pg2").id, account: null }];
    assert.deepEqual(parseTeamFile(`\ufeff${writeTeamFile(pins)}`), pins);
    assert.equal(parseTeamFile(one({ account: undefined }))[0]?.account, null);
  });

  it("says in one sentence what is wrong, and where", () => {
    assert.match(refused("{"), /is not JSON/);
    assert.match(refused("[]"), /must be an object with a list "environments"/);
    assert.match(refused("{}"), /must be an object with a list "environments"/);
    assert.match(refused(one({ class: "production" })), /environment 1 needs a class of dev, test, uat, prod/);
    assert.match(refused(one({ class: "unknown" })), /needs a class/);
    assert.match(refused(one({ name: "  " })), /environment 1 needs a name/);
    assert.match(refused(one({ server: "pg" })), /environment 1 needs the ARM id of a PostgreSQL Flexible Server/);
    assert.match(refused(one({ server: pin.account })), /as server/);
    assert.match(refused(one({ account: pin.server })), /as account/);
    assert.match(refused(one({ token: "x" })), /environment 1 has a property that is not/);
    assert.match(refused('{"environments":[3]}'), /environment 1 must be an object/);
  });

  it("refuses prototype keys anywhere and leaves prototypes alone", () => {
    assert.match(refused('{"environments":[{"__proto__":{"polluted":1}}]}'), /__proto__/);
    assert.match(refused('{"__proto__":{"polluted":1},"environments":[]}'), /__proto__/);
    assert.equal(({} as Record<string, unknown>)["polluted"], undefined);
  });

  it("refuses what is too large, and one server or account in two environments", () => {
    assert.match(refused(" ".repeat(1024 * 1024 + 1)), /larger than 1 MiB/);
    const twice = { environments: [pin, { ...pin, server: pin.server.toUpperCase(), account: null }] };
    assert.match(refused(JSON.stringify(twice)), /names the server .* twice/);
    const shared = { environments: [pin, { ...pin, server: server("pg2").id }] };
    assert.match(refused(JSON.stringify(shared)), /names the storage account .* twice/);
  });

  it("replaces the pin of the same server, or adds one", () => {
    const renamed = { ...pin, name: "new", server: pin.server.toUpperCase() };
    assert.deepEqual(withPin([pin], renamed), [renamed]);
    assert.equal(withPin([pin], { ...pin, server: server("pg2").id }).length, 2);
  });
});
