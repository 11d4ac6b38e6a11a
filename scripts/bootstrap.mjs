#!/usr/bin/env node
// node scripts/bootstrap.mjs            Node (when the running one is older than 22.18) and the project's packages
// node scripts/bootstrap.mjs --vscode   and VS Code's server
// node scripts/bootstrap.mjs --test     and Chromium and the Bicep CLI
// node scripts/bootstrap.mjs -- CMD …   sets up, then runs CMD with the right Node first on PATH
import { node } from "./lib/node.mjs";
import { attach, endWithChildren } from "./lib/processes.mjs";
import { setUp } from "./lib/setup.mjs";

endWithChildren();
const separator = process.argv.indexOf("--");
const flags = separator < 0 ? process.argv.slice(2) : process.argv.slice(2, separator);
const command = separator < 0 ? [] : process.argv.slice(separator + 1);
try {
  const notes = await setUp({ vscode: flags.includes("--vscode"), test: flags.includes("--test") });
  for (const note of notes) console.error(note);
  process.exitCode = command.length > 0 ? await runCommand(command) : 0;
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}

function runCommand([name, ...args]) {
  return attach(name === "node" ? node() : name, args);
}
