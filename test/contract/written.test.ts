import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { skipBecause } from "../support/skip.ts";
import { canary, search, searchedSoFar, type Searched } from "../support/written.ts";

const results = fileURLToPath(new URL("../../test-results", import.meta.url));

/** Named so that mocha runs it last: state, logs, journals, records, caches and VS Code's own files of all suites. */
describe("What all suites wrote", () => {
  it("holds no token where results are kept", () => {
    assert.deepEqual(search(results).found, []);
  });

  it("was searched in every suite before it was thrown away, and held no token", function () {
    const tally = process.env["ENGRAM_WRITTEN"];
    if (process.env["ENGRAM_WHOLE_SUITE"] !== "true" || !tally || !existsSync(tally))
      skipBecause(this, "only a run of all suites has written everything");
    const lines = readFileSync(tally, "utf8").trim().split("\n");
    const suites = lines.map((line) => JSON.parse(line) as Searched & { readonly suite: string });
    for (const name of ["unit", "sandbox", "azure", "faults", "security", "extension", "extension/ui"]) {
      const files = suites.filter(({ suite }) => suite.startsWith(`test/${name}/*`)).map((one) => one.files);
      assert.ok(
        files.some((count) => count > 0),
        `${name} wrote files: ${files.join()}`,
      );
    }
    assert.deepEqual(
      suites.flatMap(({ found }) => found),
      [],
    );
  });
});

describe("The search for tokens", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), "engram-written-"))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it("finds one deep in a folder, between other bytes, in every form", () => {
    mkdirSync(join(folder, "logs/window1"), { recursive: true });
    const sandbox = `sandbox.${Buffer.from('{"aud":"https://vault.azure.net"}').toString("base64url")}.`;
    for (const token of [canary, sandbox, "Bearer real-7", `Bearer eyJ${"a".repeat(20)}`]) {
      const file = join(folder, "logs/window1/renderer.log");
      writeFileSync(file, Buffer.concat([Buffer.of(0, 255, 0xe2), Buffer.from(`x${token}x`), Buffer.of(0)]));
      assert.deepEqual(search(folder), { files: 1, found: [file] }, token);
      rmSyncUnseen(file);
    }
  });

  it("takes cut tokens and challenges for what they are, and follows no link", () => {
    writeFileSync(join(folder, "record.jsonl"), '{"authorization":"Bearer <cut>","challenge":"Bearer realm=\\"\\""}');
    symlinkSync(folder, join(folder, "again"));
    assert.deepEqual(search(folder), { files: 1, found: [] });
  });

  it("happens before a test's folder is removed", () => {
    const before = searchedSoFar().files;
    const inner = mkdtempSync(join(folder, "x-"));
    writeFileSync(join(inner, "state.json"), "{}");
    rmSync(inner, { recursive: true });
    assert.equal(searchedSoFar().files, before + 1);
    assert.ok(!existsSync(inner));
  });

  /** Emptied first: what is planted here must not count as found. */
  function rmSyncUnseen(file: string): void {
    writeFileSync(file, "");
    rmSync(file);
  }
});
