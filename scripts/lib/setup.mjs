import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { ensureChromium } from "./chromium.mjs";
import { installBicep, installNode, installPackages, installVscodeServer } from "./install.mjs";
import { findBicep, findChromium, vscodeServer } from "./locate.mjs";
import { alone } from "./lock.mjs";
import { nodeVersion, ownNode, runningNodeIsOld } from "./node.mjs";
import { at, onPath, read } from "./paths.mjs";
import { Progress } from "./progress.mjs";

/**
 * Sees to it that everything is there. `vscode`: also VS Code's server; `test`: that, Chromium and the Bicep CLI.
 * Gives what is missing but can be done without, in sentences.
 */
export async function setUp({ vscode = false, test = false } = {}) {
  const chosen = steps().filter((step) => step.when({ vscode: vscode || test, test }));
  if (chosen.every(isUpToDate)) return missing(test);
  const progress = new Progress();
  await alone(
    () => runAll(chosen, progress),
    () => progress.say("Another setup runs in this folder; waiting for it …"),
  );
  return missing(test);
}

/** A step is done when its stamp, kept inside what it made, equals the hash of its inputs. */
function steps() {
  return [
    {
      name: `Node ${nodeVersion}`,
      when: () => runningNodeIsOld,
      stamp: at(".tools/node/.stamp"),
      inputs: ["tools/node/package-lock.json"],
      made: () => [ownNode],
      run: installNode,
    },
    {
      name: "Packages",
      when: () => true,
      stamp: at("node_modules/.stamp"),
      inputs: ["package-lock.json"],
      made: () => [at("node_modules/.package-lock.json")],
      run: installPackages,
      after: `Node ${nodeVersion}`,
    },
    {
      name: "VS Code server",
      when: ({ vscode }) => vscode,
      stamp: at(".tools/vscode/.stamp"),
      inputs: ["package.json", "package-lock.json", "spdlog/index.js"].map((name) => `tools/vscode/${name}`),
      made: () => [path.join(vscodeServer, "out/server-main.js"), path.join(vscodeServer, "node_modules")],
      run: installVscodeServer,
    },
    {
      name: "Chromium",
      when: ({ test }) => test,
      stamp: at(".tools/chromium.stamp"),
      inputs: ["scripts/lib/chromium.mjs"],
      made: () => [findChromium() ?? at(".tools/none")],
      run: ensureChromium,
    },
    {
      name: "Bicep CLI",
      when: ({ test }) => test && Boolean(onPath("dotnet")),
      stamp: at(".tools/nuget/.stamp"),
      inputs: ["tools/bicep/bicep.csproj"],
      made: () => [findBicep() ?? at(".tools/none")],
      run: restoreBicep,
    },
  ];
}

async function runAll(chosen, progress) {
  const running = new Map();
  for (const step of chosen) running.set(step.name, runStep(step, running.get(step.after), progress));
  const outcomes = await Promise.allSettled(running.values());
  const errors = outcomes.filter(({ status }) => status === "rejected").map(({ reason }) => reason.message);
  if (errors.length > 0) throw new Error([...new Set(errors)].join("\n\n"));
}

async function runStep(step, before, progress) {
  await before;
  if (isUpToDate(step)) return;
  progress.start(step.name);
  try {
    fs.rmSync(step.stamp, { force: true });
    await step.run();
    fs.mkdirSync(path.dirname(step.stamp), { recursive: true });
    fs.writeFileSync(step.stamp, hash(step));
    progress.done(step.name);
  } catch (error) {
    progress.done(step.name, "failed");
    throw error;
  }
}

function isUpToDate(step) {
  return read(step.stamp) === hash(step) && step.made().every((file) => fs.existsSync(file));
}

function hash({ inputs }) {
  const digest = createHash("sha256");
  for (const name of inputs) digest.update(`${name}\0${read(at(name))}\0`);
  return digest.digest("hex");
}

/** Without the Bicep CLI the tests that need it are skipped with a reason; that is no reason to stop here. */
async function restoreBicep() {
  try {
    await installBicep();
    const restored = findBicep();
    // the package marks it executable for its owner only
    if (restored?.startsWith(at(".tools"))) fs.chmodSync(restored, 0o755);
  } catch (error) {
    if (!findBicep()) process.stderr.write(`The Bicep CLI could not be restored: ${error.message}\n`);
  }
}

function missing(test) {
  if (!test || findBicep()) return [];
  return ["The Bicep CLI is missing (no dotnet, none on PATH or in ~/.azure/bin): tests that need it are skipped."];
}
