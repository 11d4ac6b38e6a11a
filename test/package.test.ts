import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { promisify } from "node:util";

const root = path.resolve(import.meta.dirname, "..");
/** In kB, as the script prints. */
const limit = 1024;

/** Everything a user gets; a chunk's hash is shown as HASH. */
const packed = [
  "CHANGELOG.md",
  "LICENSE",
  "README.md",
  "dist/extension.cjs",
  "dist/lazy/CHUNK-HASH.mjs",
  "dist/lazy/azure.mjs",
  "dist/lazy/main.mjs",
  "dist/sandbox.cjs",
  "l10n/bundle.l10n.json",
  "media/engram.svg",
  "media/icon.png",
  "media/walkthrough/environments.svg",
  "media/walkthrough/look.svg",
  "media/walkthrough/scale.svg",
  "media/walkthrough/stop.svg",
  "media/walkthrough/subscriptions.svg",
  "package.json",
  "package.nls.json",
];

describe("the package", function () {
  this.timeout(120_000);
  let output = "";
  before(async () => {
    output = (await promisify(execFile)(process.execPath, ["scripts/package.mjs"], { cwd: root })).stdout;
  });

  it("holds the pinned files and nothing else", () => {
    const lines = output.split("\n").filter((line) => /^[\w./-]+\.\w+$|^LICENSE$/.test(line));
    const files = lines.map((line) => line.replace(/^(dist\/lazy\/).+-[A-Z0-9]{8}(\.mjs)$/, "$1CHUNK-HASH$2"));
    assert.deepEqual([...new Set(files)].toSorted(), packed);
  });

  it("is at most 1 MB", () => {
    const size = Number(/engram-azure\.vsix: (\d+) kB/.exec(output)?.[1]);
    assert.ok(size > 0 && size <= limit, `${size} kB`);
  });

  it("gets Node's network modules through the entry, where VS Code's proxy support patches them", () => {
    const folder = path.join(root, ".tools/package/dist/lazy");
    const texts = fs.readdirSync(folder).map((name) => fs.readFileSync(path.join(folder, name), "utf8"));
    const direct = /(from|import|require\()\s*"(node:)?(https?|tls|net)"/;
    assert.deepEqual(
      texts.flatMap((text) => direct.exec(text)?.[0] ?? []),
      [],
    );
    assert.ok(texts.some((text) => /Symbol\.for\("engram\.require"\)\]\("https"\)/.test(text)));
    assert.match(
      fs.readFileSync(path.join(folder, "../extension.cjs"), "utf8"),
      /^globalThis\[Symbol\.for\("engram\.require"\)\]/m,
    );
  });

  it("keeps everything but the registration out of what activation loads", () => {
    const entry = fs.readFileSync(path.join(root, ".tools/package/dist/extension.cjs"), "utf8");
    assert.doesNotMatch(entry, /azsdk-js|@azure\/core|x-ms-client-request-id/);
    assert.deepEqual(entry.match(/import\([^)]*\)/g), ['import("./lazy/main.mjs")']);
    assert.ok(entry.length < 10_000, `${entry.length} bytes`);
  });
});
