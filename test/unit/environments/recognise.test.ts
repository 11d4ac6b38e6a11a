import assert from "node:assert/strict";
import fc from "fast-check";
import type { Environment, Resource } from "../../../src/environments/model.ts";
import {
  drain,
  nothingRecognised,
  recognise,
  recogniseSteps,
  type Pins,
  type Recognised,
} from "../../../src/environments/recognise.ts";
import { account, accountKey, replica, server, serverKey, subscription } from "./fixtures.ts";

const other = "00000000-0000-0000-0000-000000000002";

function found(resources: readonly Resource[], pins: Pins = []): readonly Environment[] {
  return recognise(resources, [subscription], pins);
}

function shape(environments: readonly Environment[]): readonly string[] {
  return environments.map((one) =>
    [one.name, one.class, one.recognisedBy, one.server?.name ?? "-", one.account?.name ?? "-"].join(" "),
  );
}

describe("recognising environments", () => {
  it("takes the resource group where nothing else says anything", () => {
    assert.deepEqual(shape(found([server("pg"), account("st")])), ["orders-rg unknown resourceGroup pg st"]);
  });

  it("prefers the account with the server's key and says sharedKey", () => {
    const pg = server("pg", {}, { encryption: serverKey("vault/key") });
    const accounts = [account("a-logs"), account("z-data", {}, accountKey("VAULT/Key/v1"))];
    assert.deepEqual(shape(found([...accounts, pg])), ["orders-rg unknown sharedKey pg z-data"]);
  });

  it("joins server and account of different groups by tag, within one subscription only", () => {
    const tags = { "Engram-Environment": " orders ", "engram-class": " PROD " };
    const near = account("near", { resourceGroup: "data-rg", tags });
    const far = account("far", { subscriptionId: other, resourceGroup: "data-rg", tags });
    assert.deepEqual(shape(found([server("pg", { tags }), far, near])), [
      "orders prod tags pg near",
      "orders prod tags - far",
    ]);
  });

  it("lets the team's file win over tags, also with its class", () => {
    const pg = server("pg", { tags: { "engram-environment": "tagged", "engram-class": "prod" } });
    const pinned = account("pinned", { resourceGroup: "elsewhere" });
    const pins: Pins = [{ name: "filed", class: "dev", server: pg.id.toUpperCase(), account: pinned.id }];
    const [one] = found([pg, account("st"), pinned], pins);
    assert.deepEqual(
      [one?.name, one?.class, one?.classFrom, one?.recognisedBy, one?.account?.name],
      ["filed", "dev", "file", "file", "pinned"],
    );
  });

  it("leaves a pinned environment without account when the file says null", () => {
    const pg = server("pg");
    assert.deepEqual(shape(found([pg, account("st")], [{ name: "n", class: "uat", server: pg.id, account: null }])), [
      "n uat file pg -",
    ]);
  });

  it("says so when the file names an account nobody sees", () => {
    const pg = server("pg");
    const gone = account("gone").id;
    const [one] = found([pg], [{ name: "n", class: "uat", server: pg.id, account: gone }]);
    assert.equal(one?.findings?.[0]?.code, "pinnedAccountMissing");
  });

  it("counts any other class word as unknown and says so", () => {
    for (const word of ["production", "staging", "prd", "dev,prod"]) {
      const [one] = found([server("pg", { tags: { "engram-class": word } })]);
      assert.deepEqual([one?.class, one?.findings?.[0]?.code], ["unknown", "classTagUnknown"]);
    }
  });

  it("does not choose between class tags that disagree", () => {
    const [one] = found([
      server("pg", { tags: { "engram-class": "dev" } }),
      account("st", { tags: { "engram-class": "prod" } }),
    ]);
    assert.deepEqual([one?.class, one?.findings?.[0]?.code], ["unknown", "classTagsDisagree"]);
  });

  it("makes two primaries of one group two environments and gives the account to the one with its key", () => {
    const first = server("a-pg");
    const second = server("b-pg", {}, { encryption: serverKey("vault/key") });
    const data = account("data", {}, accountKey("vault/key"));
    assert.deepEqual(shape(found([second, first, data])), [
      "a-pg unknown resourceGroup a-pg -",
      "b-pg unknown sharedKey b-pg data",
    ]);
  });

  it("leaves an account without key with the first server, and says that it is a guess", () => {
    const [first, second] = found([server("b-pg"), server("a-pg"), account("data")]);
    assert.deepEqual([first?.account?.name, second?.account], ["data", null]);
    assert.equal(first?.findings?.[0]?.code, "accountGuessed");
  });

  it("keeps replicas with their source, also from other groups, and lets an orphan stand alone", () => {
    const primary = server("pg");
    const near = replica("pg-r1", primary, { resourceGroup: "west-rg" });
    const orphan = replica("pg-r2", server("not-visible"), { resourceGroup: "zz-rg" });
    const [one, two] = found([orphan, near, primary]);
    assert.deepEqual([one?.server?.name, one?.replicas.map(({ name }) => name)], ["pg", ["pg-r1"]]);
    assert.equal(two?.server?.name, "pg-r2");
  });

  it("does not hang on replicas that name each other", () => {
    const one = server("one");
    const two = replica("two", one);
    const circle = [replica("one", two), two];
    assert.equal(found(circle).length, 2);
  });

  it("needs a server, unless the account carries the tag", () => {
    assert.deepEqual(found([account("logs")]), []);
    const tagged = account("st", { tags: { "engram-environment": "archive", "engram-class": "test" } });
    assert.deepEqual(shape(found([tagged])), ["archive test tags - st"]);
  });

  it("lets a tagged account name the single server beside it", () => {
    const tagged = account("st", { tags: { "engram-environment": "orders" } });
    assert.deepEqual(shape(found([tagged, server("pg")])), ["orders unknown tags pg st"]);
  });

  it("keeps ids unique where one tag is on two servers", () => {
    const tags = { "engram-environment": "Orders" };
    const both = found([server("pg-a", { tags }), server("pg-b", { tags: { "engram-environment": "orders" } })]);
    assert.deepEqual(
      both.map(({ name }) => name),
      ["Orders (pg-a)", "orders (pg-b)"],
    );
    assert.equal(
      both[0]?.findings?.some(({ code }) => code === "serversShareTag"),
      true,
    );
  });

  it("treats hostile tag names as names", () => {
    const tags = JSON.parse('{"__proto__":"x","constructor":"y","engram-class":"__proto__"}') as Record<string, string>;
    const [one] = found([server("pg", { tags })]);
    assert.equal(one?.class, "unknown");
    assert.equal(({} as Record<string, unknown>)["x"], undefined);
  });

  it("shows every server exactly once, with unique ids, in whatever order Azure answers", () => {
    fc.assert(
      fc.property(fleets, fc.infiniteStream(fc.nat()), (fleet, random) => {
        const shuffled = shuffle(fleet, random);
        const one = found(fleet);
        assert.deepEqual(found(shuffled), one);
        assert.equal(new Set(one.map(({ id }) => id)).size, one.length);
        const servers = one.flatMap((each) => [
          ...(each.server ? [each.server.id] : []),
          ...each.replicas.map(({ id }) => id),
        ]);
        const given = new Set(fleet.filter(({ kind }) => kind === "server").map(({ id }) => id));
        assert.deepEqual([...servers].sort(), [...given].sort());
        const accounts = one.flatMap((each) => each.account?.id ?? []);
        assert.equal(new Set(accounts).size, accounts.length);
      }),
      { numRuns: 200 },
    );
  });
});

describe("recognising again", () => {
  const again = (fleet: readonly Resource[], before: Recognised) =>
    drain(recogniseSteps({ resources: fleet, subscriptions: [subscription], pins: [] }, before));

  it("finds what a fresh start finds, whatever came, went or changed", () => {
    fc.assert(
      fc.property(fleets, fleets, (first, second) => {
        const before = again(first, nothingRecognised);
        assert.deepEqual(again(second, before).environments, found(second));
      }),
    );
  });

  it("looks only at the resource groups that changed", () => {
    const [one, two] = [server("a", { resourceGroup: "rg-a" }), server("b", { resourceGroup: "rg-b" })];
    const before = again([one, two], nothingRecognised);
    const { environments } = again([{ ...one, state: "Stopped" }, two], before);
    assert.equal(environments[0]?.server?.state, "Stopped");
    assert.equal(environments[1], before.environments[1]);
  });
});

const letters = fc.constantFrom("a", "b", "c");
const place = fc.record({
  resourceGroup: fc.constantFrom("rg-1", "RG-1", "rg-2"),
  subscriptionId: fc.constantFrom(subscription.id, other),
  tags: fc.dictionary(fc.constantFrom("engram-environment", "engram-class", "__proto__"), letters),
});
const key = fc.constantFrom(null, "vault/one", "vault/two");
const aServer = fc
  .record({ name: letters, place, key, source: fc.option(letters) })
  .map(({ name, place: at, key: used, source }) => {
    const base = server(name, at, { encryption: serverKey(used) });
    return source === null ? base : { ...base, replicationRole: "AsyncReplica", sourceServerId: server(source, at).id };
  });
const anAccount = fc
  .record({ name: letters, place, key })
  .map((one) => account(one.name, one.place, accountKey(one.key)));
/** Resources with different ids: Azure has no two of one id. */
const fleets = fc
  .array(fc.oneof(aServer, anAccount), { maxLength: 12 })
  .map((all): readonly Resource[] => [...new Map(all.map((one) => [one.id.toLowerCase(), one])).values()]);

function shuffle(fleet: readonly Resource[], random: fc.Stream<number>): readonly Resource[] {
  const keys = [...random.take(fleet.length)];
  return fleet
    .map((one, at) => ({ one, key: keys[at] ?? 0 }))
    .sort((a, b) => a.key - b.key)
    .map(({ one }) => one);
}
