import assert from "node:assert/strict";
import { encryptionStatus, keysOf, type EncryptionStatus } from "../../../src/environments/encryption.ts";
import { parseKeyUri } from "../../../src/environments/keyUri.ts";
import type { Environment, VaultKey } from "../../../src/environments/model.ts";
import { account, accountKey, environment, replica, server, serverKey } from "./fixtures.ts";

const now = new Date("2026-11-22T12:00:00Z");

function key(rest: Partial<VaultKey> = {}): VaultKey {
  const expires = "2027-08-01T00:00:00Z";
  const nextRotation = "2027-01-01T00:00:00Z";
  return { vault: "vault", name: "cmk", version: "v7", enabled: true, created: null, expires, nextRotation, ...rest };
}

function using(serverUses: string | null, accountUses: string | null, rest: Partial<Environment> = {}): Environment {
  return environment({
    server: server("pg", {}, { encryption: serverKey(serverUses) }),
    account: account("st", {}, accountKey(accountUses)),
    ...rest,
  });
}

function codes({ findings }: EncryptionStatus): readonly string[] {
  return findings.map(({ code }) => code);
}

describe("key addresses", () => {
  it("are read with and without version, whatever their letter case", () => {
    assert.deepEqual(parseKeyUri("https://Kv-One.vault.azure.net:443/keys/Cmk/abc"), {
      vaultName: "kv-one",
      vaultHost: "kv-one.vault.azure.net",
      keyName: "Cmk",
      version: "abc",
    });
    assert.equal(parseKeyUri("https://kv-one.vault.azure.net/keys/cmk/")?.version, null);
  });

  it("are nothing else", () => {
    const bad = [
      "",
      "http://vault.vault.azure.net/keys/a",
      "https://vault.vault.azure.net/secrets/a",
      "https://user@vault.vault.azure.net/keys/a",
      "https://vault.vault.azure.net/keys/a/b/c",
      "https://vault.vault.azure.net/keys/a?x=1",
      "https://vault/keys/a",
    ];
    for (const uri of bad) assert.equal(parseKeyUri(uri), null, uri);
  });
});

describe("encryption status", () => {
  it("is unified when both planes use one key, versions aside", () => {
    const status = encryptionStatus(using("vault/cmk", "VAULT/CMK"), [key()], now);
    assert.deepEqual([status.server, status.account, status.unified], ["customerKey", "customerKey", true]);
    assert.deepEqual(codes(status), []);
    assert.deepEqual(
      [status.key?.consumer, status.key?.version, status.key?.nextRotation],
      ["server", null, "2027-01-01T00:00:00Z"],
    );
  });

  it("is not unified with two keys, or the same name in two vaults", () => {
    for (const other of ["vault/other", "elsewhere/cmk"]) {
      const status = encryptionStatus(using("vault/cmk", other), [], now);
      assert.equal(status.unified, false);
      assert.deepEqual(codes(status), ["keysDiffer"]);
    }
  });

  it("says for each side how Azure's own key can be replaced", () => {
    const status = encryptionStatus(using(null, null), [], now);
    assert.deepEqual(
      [status.server, status.key, codes(status)],
      ["serviceKey", null, ["serverServiceKey", "accountServiceKey"]],
    );
    assert.match(status.findings[0]?.message ?? "", /only when a server is created/);
  });

  it("does not call unknown a service key", () => {
    const pg = server("pg", {}, { encryption: { ...serverKey(null), owner: "unknown" } });
    const status = encryptionStatus(environment({ server: pg, account: null }), [], now);
    assert.deepEqual([status.server, codes(status)], ["unknown", ["encryptionUnknown"]]);
  });

  it("warns of a pinned version beside a versionless one, naming the pinned side", () => {
    const status = encryptionStatus(using("vault/cmk/v6", "vault/cmk"), [key()], now);
    assert.deepEqual(codes(status), ["mixedKeyModes", "pinnedBehind"]);
    assert.match(status.findings[0]?.message ?? "", /^The server is pinned/);
    assert.deepEqual(codes(encryptionStatus(using("vault/cmk/v7", "vault/cmk/v7"), [key()], now)), [
      "pinnedVersion",
      "pinnedVersion",
    ]);
  });

  it("does not judge a pinned old version by the dates of the newest", () => {
    const pinned = using("vault/cmk/v6", null, { account: null });
    const status = encryptionStatus(pinned, [key({ enabled: false, expires: "2026-11-23T00:00:00Z" })], now);
    assert.deepEqual([status.keys[0]?.expires, status.keys[0]?.enabled], [null, null]);
    assert.deepEqual(codes(status), ["pinnedBehind"]);
  });

  it("sees an expiry from 30 days on, louder as it comes near, once for a shared key", () => {
    const at = (expires: string): readonly string[] =>
      encryptionStatus(using("vault/cmk", "vault/cmk"), [key({ expires, nextRotation: null })], now)
        .findings.filter(({ code }) => code.startsWith("keyExpire"))
        .map(({ code, severity, message }) => `${code} ${severity} ${/expires in [^.]*/.exec(message)?.[0] ?? ""}`);
    assert.deepEqual(at("2026-12-23T12:00:00Z"), []);
    assert.deepEqual(at("2026-12-22T12:00:00Z"), ["keyExpires warning expires in 30 days"]);
    assert.deepEqual(at("2026-12-04T13:00:00Z"), ["keyExpires warning expires in 12 days"]);
    assert.deepEqual(at("2026-11-29T12:00:00Z"), ["keyExpires error expires in 7 days"]);
    assert.deepEqual(at("2026-11-22T15:00:00Z"), ["keyExpires error expires in 3 h"]);
    assert.deepEqual(at("2026-11-22T12:00:00Z"), ["keyExpired error "]);
  });

  it("tells what losing the key does to PostgreSQL and to Storage", () => {
    const [found] = encryptionStatus(using("vault/cmk", "vault/cmk"), [key({ enabled: false })], now).findings;
    assert.match(found?.message ?? "", /server, account.*PostgreSQL becomes Inaccessible within 60 minutes.*403/);
  });

  it("does not foretell what has happened: a server that is Inaccessible is not about to become so", () => {
    const gone = server(
      "pg",
      {},
      { state: "Inaccessible", encryption: { ...serverKey("vault/cmk"), primaryStatus: "Invalid" } },
    );
    const { findings } = encryptionStatus(environment({ server: gone }), [key({ enabled: false })], now);
    assert.deepEqual(findings.map(({ code }) => code).slice(0, 2), ["keyInvalid", "keyDisabled"]);
    for (const { message } of findings) assert.doesNotMatch(message, /becomes Inaccessible/);
  });

  it("knows the expiry from the account before any key was read, for the server on the same key too", () => {
    const used = account("st", {}, accountKey("vault/cmk", "2026-12-04T13:00:00Z"));
    const status = encryptionStatus(using("vault/cmk", null, { account: used }), [], now);
    assert.deepEqual(
      status.keys.map(({ expires }) => expires),
      ["2026-12-04T13:00:00Z", "2026-12-04T13:00:00Z"],
    );
    assert.deepEqual(codes(status), ["keyExpires"]);
  });

  it("takes the vault's newest version for the server and the one in use for the account, where they differ", () => {
    const used = account("st", {}, accountKey("vault/cmk", "2027-03-01T00:00:00Z"));
    const status = encryptionStatus(using("vault/cmk", null, { account: used }), [key({ version: "v8" })], now);
    assert.deepEqual(
      status.keys.map(({ currentVersion, expires }) => [currentVersion, expires]),
      [
        ["v8", "2027-08-01T00:00:00Z"],
        ["v7", "2027-03-01T00:00:00Z"],
      ],
    );
  });

  it("puts a key that Azure calls Invalid first", () => {
    const pg = server("pg", {}, { encryption: { ...serverKey("vault/cmk"), primaryStatus: "Invalid" } });
    const status = encryptionStatus(environment({ server: pg, account: account("st") }), [], now);
    assert.deepEqual(codes(status), ["keyInvalid", "accountServiceKey"]);
  });

  it("asks a geo-redundant backup for a key, vault and identity of its own", () => {
    const backup = { retentionDays: 14, geoRedundant: true, earliestRestore: null };
    const geo = (geoKeyUri: string | null, geoIdentityId: string | null): readonly string[] => {
      const encryption = { ...serverKey("vault/cmk"), geoKeyUri, geoIdentityId };
      return codes(
        encryptionStatus(environment({ server: server("pg", {}, { encryption, backup }), account: null }), [], now),
      );
    };
    assert.deepEqual(geo(null, null), ["geoKeyMissing"]);
    assert.deepEqual(geo("https://vault.vault.azure.net/keys/geo", "/Identity/Primary"), [
      "geoKeySameVault",
      "geoKeySameIdentity",
    ]);
    assert.deepEqual(geo("https://vault-west.vault.azure.net/keys/geo", "/identity/geo"), []);
  });

  it("lists the keys of replicas and of geo backups as consumers of their own", () => {
    const pg = server(
      "pg",
      {},
      { encryption: { ...serverKey("vault/cmk"), geoKeyUri: "https://west.vault.azure.net/keys/geo" } },
    );
    const copy = { ...replica("pg-r", pg), encryption: serverKey("west/other/v1") };
    const used = keysOf(
      environment({ server: pg, replicas: [copy], account: account("st", {}, accountKey("vault/cmk")) }),
    );
    assert.deepEqual(
      used.map(({ consumer, keyUri }) => `${consumer} ${keyUri}`),
      [
        "server https://vault.vault.azure.net/keys/cmk",
        "serverGeo https://west.vault.azure.net/keys/geo",
        "account https://vault.vault.azure.net/keys/cmk",
        "replica pg-r https://west.vault.azure.net/keys/other/v1",
      ],
    );
  });

  it("mentions a key that nobody will rotate before it expires", () => {
    const status = encryptionStatus(using("vault/cmk", "vault/cmk"), [key({ nextRotation: null })], now);
    assert.deepEqual(codes(status), ["noRotationBeforeExpiry"]);
  });
});
