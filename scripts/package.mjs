// node scripts/package.mjs: dist/engram-azure.vsix; prints what is in it and its size.
import fs from "node:fs";
import path from "node:path";
import { node } from "./lib/node.mjs";
import { at } from "./lib/paths.mjs";
import { attach, capture } from "./lib/processes.mjs";

// a folder of its own: packing must not change what a running VS Code has loaded from dist
const stage = at(".tools/package");
const vsix = at("dist/engram-azure.vsix");
const vsce = at("node_modules/@vscode/vsce/vsce");
const sources = [
  "package.json",
  "package.nls.json",
  "README.md",
  "CHANGELOG.md",
  "LICENSE",
  "media",
  "snippets",
  "l10n",
];

try {
  fs.rmSync(stage, { recursive: true, force: true });
  if ((await attach(node(), ["esbuild.mjs", "--package"])) !== 0) throw new Error("The build failed; see above.");
  for (const name of [...sources, ".vscodeignore"].filter((name) => fs.existsSync(at(name)))) {
    fs.cpSync(at(name), path.join(stage, name), { recursive: true });
  }
  fs.mkdirSync(at("dist"), { recursive: true });
  // the bundles hold the dependencies
  await capture(node(), [vsce, "package", "--no-dependencies", "--out", vsix], { cwd: stage });
  console.log(await capture(node(), [vsce, "ls", "--no-dependencies"], { cwd: stage }));
  console.log(`dist/engram-azure.vsix: ${Math.ceil(fs.statSync(vsix).size / 1024)} kB`);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
