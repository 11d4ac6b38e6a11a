import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";

const root = path.resolve(import.meta.dirname, "..");
const mebibyte = 1024;

/** Everything a user gets; a chunk's hash is shown as HASH. */
const packed = [
  "CHANGELOG.md",
  "LICENSE",
  "README.md",
  "dist/azure/CHUNK-HASH.mjs",
  "dist/azure/index.mjs",
  "dist/extension.cjs",
  "dist/sandbox.cjs",
  "media/engram.svg",
  "media/icon.png",
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
    const files = lines.map((line) => line.replace(/^(dist\/azure\/).+-[A-Z0-9]{8}(\.mjs)$/, "$1CHUNK-HASH$2"));
    assert.deepEqual([...new Set(files)].toSorted(), packed);
  });

  it("is at most 1 MB", () => {
    const size = Number(/engram-azure\.vsix: (\d+) kB/.exec(output)?.[1]);
    assert.ok(size > 0 && size <= mebibyte, `${size} kB`);
  });
});
