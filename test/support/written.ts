import assert from "node:assert/strict";
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import os from "node:os";
import path from "node:path";

/** What tests sign in with where a token must be easy to find again. In parts, because this text is a file, too. */
export const canary = ["CANARY", "51d0e7", "never-to-be-written"].join("-");

/** The canary, the sandbox's own bearer tokens, and anything that was sent as one. */
const tokens = new RegExp(`${canary}|sandbox\\.eyJ[\\w-]{16,}|Bearer (?:eyJ|real-)[\\w-]+`);

export interface Searched {
  readonly files: number;
  /** Path of each file that holds a token. */
  readonly found: readonly string[];
}

/** Looks for tokens in every file at and below a path; links are not followed. */
export function search(place: string): Searched {
  const known = fs.lstatSync(place, { throwIfNoEntry: false });
  if (known?.isFile()) return { files: 1, found: holdsToken(place) ? [place] : [] };
  if (!known?.isDirectory()) return { files: 0, found: [] };
  return below(place)
    .map((name) => search(path.join(place, name)))
    .reduce((sum, one) => ({ files: sum.files + one.files, found: [...sum.found, ...one.found] }), nothing);
}

const nothing: Searched = { files: 0, found: [] };

/** Folders and files of running programs may go at any time. */
function below(folder: string): readonly string[] {
  try {
    return fs.readdirSync(folder);
  } catch {
    return [];
  }
}

function holdsToken(file: string): boolean {
  try {
    return tokens.test(fs.readFileSync(file, "latin1"));
  } catch {
    return false;
  }
}

const made = new Set<string>();
let total = nothing;

export function searchedSoFar(): Searched {
  return total;
}

function note(place: string): void {
  const { files, found } = search(place);
  total = { files: total.files + files, found: [...total.found, ...found] };
}

/** Tests clean up behind themselves: each temporary folder is searched just before it is removed. */
function searchBeforeRemoval(): void {
  const { rmSync, mkdtempSync } = fs;
  fs.mkdtempSync = ((prefix: string, options?: BufferEncoding) => {
    const folder = mkdtempSync(prefix, options);
    made.add(folder);
    return folder;
  }) as typeof fs.mkdtempSync;
  fs.rmSync = (place, options) => {
    const name = path.resolve(String(place));
    if (made.delete(name) || name.startsWith(os.tmpdir() + path.sep)) note(name);
    rmSync(place, options);
  };
  // `import { rmSync }` sees it, too
  syncBuiltinESMExports();
}

searchBeforeRemoval();

/** For .mocharc.json: what is left at the end is searched, and all of it counted for test/contract/written.test.ts. */
export const mochaHooks = {
  afterAll(): void {
    for (const left of [...made, process.env["ENGRAM_STATE_DIR"] ?? ""]) if (left !== "") note(left);
    made.clear();
    const tally = process.env["ENGRAM_WRITTEN"];
    const suite = process.argv.find((word) => word.endsWith(".test.ts")) ?? "";
    if (tally) fs.appendFileSync(tally, `${JSON.stringify({ suite, ...total })}\n`);
    assert.deepEqual(total.found, [], "a token was written to a file");
  },
};
