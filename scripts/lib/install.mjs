import fs from "node:fs";
import path from "node:path";
import { node, nodePackage, nodeVersion, npmCli, ownNode } from "./node.mjs";
import { at, read, root } from "./paths.mjs";
import { capture } from "./processes.mjs";

const quiet = { npm_config_audit: "false", npm_config_fund: "false", npm_config_progress: "false" };

/** Node from npm's platform package; its integrity is in tools/node/package-lock.json. */
export async function installNode() {
  if (!nodePackage) {
    throw new Error(
      `npm has no Node for ${process.platform}-${process.arch}. Install Node 24 from https://nodejs.org.`,
    );
  }
  if (lockIsInstalled(at("tools/node"), at(".tools/node")) && (await runs(ownNode, nodeVersion))) return;
  await staged(at(".tools/node"), async (folder) => {
    copyTools("node", folder);
    await npmCi(folder, process.execPath);
  });
}

/** The project's own packages. */
export async function installPackages() {
  if (lockIsInstalled(root, root)) return;
  await npmCi(root, node()).catch(async () => {
    // a first failure may be what a killed run left behind: start from an empty folder
    await fs.promises.rm(at("node_modules"), { recursive: true, force: true, maxRetries: 20, retryDelay: 500 });
    await npmCi(root, node());
  });
}

/** VS Code's server without any native build (see tools/vscode/README.md). */
export async function installVscodeServer() {
  await staged(at(".tools/vscode"), async (folder) => {
    copyTools("vscode", folder);
    await npmCi(folder, process.execPath);
    // the server and its page look for their packages only there
    const modules = path.join(folder, "node_modules/code-server/lib/vscode/node_modules");
    fs.symlinkSync("../../..", modules, "junction");
  });
}

/** The Bicep CLI as a NuGet package of its own, for this platform. */
export async function installBicep() {
  await capture("dotnet", [
    "restore",
    at("tools/bicep/bicep.csproj"),
    "--nologo",
    "-v",
    "q",
    `-p:BaseIntermediateOutputPath=${at(".tools/bicep")}/`,
  ]);
}

/** Whether what npm installed in a folder (its hidden lock file is written last) is what the lock file says. */
function lockIsInstalled(lockFolder, folder) {
  const wanted = parse(path.join(lockFolder, "package-lock.json"));
  const installed = parse(path.join(folder, "node_modules/.package-lock.json"));
  if (!wanted || !installed || !rootMatches(wanted.packages[""], parse(path.join(lockFolder, "package.json"))))
    return false;
  const names = Object.keys(wanted.packages).filter(Boolean);
  const same = (name) => installed.packages[name]?.integrity === wanted.packages[name].integrity;
  const foreign = (name) => wanted.packages[name].optional && !installed.packages[name];
  const any = names.some((name) => installed.packages[name]);
  return any && names.every((name) => foreign(name) || same(name));
}

const sections = ["dependencies", "devDependencies", "optionalDependencies"];
const rootMatches = (locked, manifest) =>
  sections.every((section) => JSON.stringify(locked?.[section] ?? {}) === JSON.stringify(manifest?.[section] ?? {}));

function parse(file) {
  try {
    return JSON.parse(read(file));
  } catch {
    return undefined;
  }
}

async function runs(binary, version) {
  return (await capture(binary, ["--version"]).catch(() => "")).trim() === `v${version}`;
}

/** Fills a folder beside the target and swaps it in: a run killed in the middle leaves nothing half made. */
async function staged(target, fill) {
  const fresh = `${target}.new`;
  const old = `${target}.old`;
  const remove = (folder) => fs.promises.rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 300 });
  await Promise.all([remove(fresh), remove(old)]);
  await fill(fresh);
  if (fs.existsSync(target)) await fs.promises.rename(target, old);
  await fs.promises.rename(fresh, target);
  await remove(old);
}

function copyTools(name, folder) {
  fs.cpSync(at("tools", name), folder, { recursive: true, filter: (file) => path.basename(file) !== "node_modules" });
}

function npmCi(folder, nodeBinary) {
  const args = [npmCli(), "ci", "--ignore-scripts", "--no-audit", "--no-fund"];
  return capture(nodeBinary, args, { cwd: folder, env: quiet });
}
