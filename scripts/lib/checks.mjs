import fs from "node:fs";
import path from "node:path";
import { node } from "./node.mjs";
import { at, root } from "./paths.mjs";
import { capture } from "./processes.mjs";

const tool = (name, file, ...args) => ({ name, command: [at("node_modules", file), ...args] });

/** Everything that judges the code without running it; each counts as a test. */
export function checks() {
  return [
    tool("eslint", "eslint/bin/eslint.js", ".", "--max-warnings", "0"),
    tool("prettier", "prettier/bin/prettier.cjs", "--check", "--log-level", "warn", "."),
    tool("dependency-cruiser", "dependency-cruiser/bin/dependency-cruiser.mjs", "src", "sandbox", "scripts", "test"),
    tool("knip", "knip/bin/knip.js", "--no-progress"),
    ...tsconfigs().map((file) => tool(`tsc -p ${file}`, "typescript/bin/tsc", "--noEmit", "-p", file)),
  ];
}

/** Runs one check and gives its complaint, if it has one. */
export async function runCheck({ name, command }) {
  const started = Date.now();
  const error = await capture(node(), command).then(
    () => undefined,
    ({ message }) => message,
  );
  return { title: name, state: error === undefined ? "passed" : "failed", error, ms: Date.now() - started };
}

/** Calls `work` for every item, two at a time. */
export async function inPairs(items, work) {
  const waiting = [...items];
  const worker = async () => {
    while (waiting.length > 0) await work(waiting.shift());
  };
  await Promise.all([worker(), worker()]);
}

function tsconfigs() {
  const folders = ["src", "sandbox", "test"].filter((folder) => fs.existsSync(at(folder)));
  const nested = folders.flatMap((folder) =>
    fs
      .readdirSync(at(folder), { recursive: true })
      .filter((name) => path.basename(name) === "tsconfig.json")
      .map((name) => path.join(folder, name)),
  );
  return ["tsconfig.json", ...nested].filter((name) => fs.existsSync(path.join(root, name)));
}
