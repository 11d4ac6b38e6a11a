// node scripts/test.mjs                   sets up, builds, checks and runs every suite
// node scripts/test.mjs --only unit,azure only these
import fs from "node:fs";
import { node } from "./lib/node.mjs";
import { at } from "./lib/paths.mjs";
import { capture, endWithChildren } from "./lib/processes.mjs";
import { setUp } from "./lib/setup.mjs";
import { runSuite, stages, suiteEnvironment } from "./lib/suites.mjs";

endWithChildren();
const all = [];

try {
  for (const note of await setUp({ test: true })) console.log(note);
  await main(wantedSuites());
} catch (error) {
  record("setup", [{ title: "the setup works", state: "failed", error: error.message }], 0);
}
sayContract();
finish();

async function main(wanted) {
  const build = await capture(node(), ["esbuild.mjs"]).then(
    () => ({ title: "the build works", state: "passed" }),
    ({ message }) => ({ title: "the build works", state: "failed", error: message }),
  );
  record("build", [build], 0);
  if (build.state === "failed") return;
  const environment = suiteEnvironment(wanted);
  requireSpecs(environment);
  for (const lanes of stages) await Promise.all(lanes.map((lane) => runLane(lane, wanted, environment)));
}

async function runLane(lane, wanted, environment) {
  for (const suite of lane) {
    if (wanted && !wanted.includes(suite.name)) continue;
    const started = Date.now();
    record(suite.name, await runSuite(suite, environment), Date.now() - started);
  }
}

/** A clone elsewhere skips the checks against Azure's own documents; our own runs must not. */
function requireSpecs({ ENGRAM_AZURE_SPECS: specs }) {
  if (specs) return;
  const where = "Azure's API documents (ENGRAM_AZURE_SPECS or ../shared/azure-specs) are not there";
  if (process.env.CI !== "true") return void console.log(`${where}: checks against them are skipped.`);
  record("contract documents", [{ title: "Azure's API documents are there", state: "failed", error: where }], 0);
}

function wantedSuites() {
  const index = process.argv.indexOf("--only");
  if (index < 0) return undefined;
  const wanted = (process.argv[index + 1] ?? "").split(",");
  const names = stages.flat(2).map(({ name }) => name);
  const unknown = wanted.filter((name) => !names.includes(name));
  if (unknown.length > 0) throw new Error(`No suite ${unknown.join(", ")}. There are: ${names.join(", ")}.`);
  return wanted;
}

function record(suite, tests, ms) {
  all.push(...tests);
  const failed = tests.filter(({ state }) => state === "failed");
  const skipped = tests.filter(({ state }) => state === "skipped");
  const counts = `${tests.length - failed.length - skipped.length} passed, ${failed.length} failed`;
  const time = ms > 0 ? ` (${(ms / 1000).toFixed(1)} s)` : "";
  console.log(`${failed.length > 0 ? "✖" : "✔"} ${suite}: ${counts}${time}`);
  for (const { title, error } of failed) console.log(`\n  ✖ ${suite}: ${title}\n${indent(error)}\n`);
  for (const { title, reason } of skipped) console.log(`  – skipped: ${title}: ${reason}`);
}

function indent(text = "") {
  return text.replaceAll(/^/gm, "    ");
}

/** What judged the recorded exchanges; the listing itself is long. */
function sayContract() {
  const listing = at("test-results/contract.txt");
  if (fs.existsSync(listing))
    console.log(`${fs.readFileSync(listing, "utf8").split("\n")[0]} (listed in test-results/contract.txt)`);
}

function finish() {
  const count = (wanted) => all.filter(({ state }) => state === wanted).length;
  if (count("skipped") > 0) console.log(`${count("skipped")} skipped, each with its reason above`);
  process.exitCode = count("failed") > 0 ? 1 : 0;
  console.log(`${count("passed")} passed, ${count("failed")} failed`);
}
