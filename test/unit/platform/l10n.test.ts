import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";

const repository = path.resolve(import.meta.dirname, "../../..");

/** The first argument of every `l10n.t("…")`. */
function sentences(): readonly string[] {
  const files = fs.readdirSync(path.join(repository, "src"), { recursive: true, encoding: "utf8" });
  const found = files
    .filter((file) => file.endsWith(".ts"))
    .map((file) => fs.readFileSync(path.join(repository, "src", file), "utf8"))
    .flatMap((text) => [...text.matchAll(/l10n\.t\(\s*("(?:[^"\\]|\\.)*")/g)])
    .map(([, literal]) => JSON.parse(String(literal)) as string);
  return [...new Set(found)].sort();
}

describe("the sentences for translators", () => {
  it("are exactly those the code says", () => {
    const bundle = JSON.parse(fs.readFileSync(path.join(repository, "l10n/bundle.l10n.json"), "utf8")) as object;
    const found = sentences();
    assert.ok(found.length > 100);
    assert.deepEqual(Object.keys(bundle).sort(), found);
  });
});
