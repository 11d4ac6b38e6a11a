// node scripts/package.mjs: dist/engram-azure.vsix from the allow list in .vscodeignore.
import fs from "node:fs";
import { node } from "./lib/node.mjs";
import { at } from "./lib/paths.mjs";
import { attach, capture } from "./lib/processes.mjs";

const vsix = at("dist/engram-azure.vsix");
const vsce = at("node_modules/@vscode/vsce/vsce");

try {
  if ((await attach(node(), ["esbuild.mjs", "--package"])) !== 0) throw new Error("The build failed; see above.");
  // the bundles hold the dependencies; the manifest names no script that vsce would run
  await capture(node(), [vsce, "package", "--no-dependencies", "--out", vsix]);
  console.log(`dist/engram-azure.vsix: ${(fs.statSync(vsix).size / 1024).toFixed(0)} kB`);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
