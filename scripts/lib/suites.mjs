import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { checks, inPairs, runCheck } from "./checks.mjs";
import { findBicep } from "./locate.mjs";
import { childEnvironment, node } from "./node.mjs";
import { at } from "./paths.mjs";
import { capture } from "./processes.mjs";

const minute = 60_000;

/** The suites in lanes: lanes of one stage run side by side, the stages and a lane's suites one after the other. */
export const stages = [
  [
    [{ name: "checks" }, { name: "manifest", files: "test/*.test.ts" }],
    [
      { name: "unit", files: "test/unit/**/*.test.ts" },
      { name: "sandbox", files: "test/sandbox/**/*.test.ts" },
      { name: "azure", files: "test/azure/**/*.test.ts" },
      { name: "faults", files: "test/faults/**/*.test.ts" },
      { name: "security", files: "test/security/**/*.test.ts" },
    ],
  ],
  [
    [
      { name: "host", files: "test/extension/*.test.ts", confined: true },
      { name: "ui", files: "test/extension/ui/**/*.test.ts", confined: true },
    ],
  ],
  // Last: it judges every exchange that the suites before it recorded.
  [[{ name: "contract", files: "test/contract/**/*.test.ts" }]],
];

/** Runs one suite; gives its tests as { title, state, error?, reason?, ms? }. One that runs nothing fails. */
export async function runSuite(suite, environment) {
  const tests = suite.name === "checks" ? await runChecks() : await runMocha(suite, environment);
  if (tests.some(({ state }) => state !== "skipped")) return tests;
  return [
    ...tests,
    { title: `the suite ${suite.name} runs at least one test`, state: "failed", error: "It ran none." },
  ];
}

async function runChecks() {
  const tests = [];
  await inPairs(checks(), async (check) => void tests.push(await runCheck(check)));
  return tests;
}

async function runMocha(suite, environment) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "engram-test-"));
  const report = path.join(folder, "report.jsonl");
  const env = { ...environment, ENGRAM_REPORT: report, ENGRAM_STATE_DIR: path.join(folder, "state") };
  const mocha = [at("node_modules/mocha/bin/mocha.js"), "--reporter", at("scripts/lib/reporter.cjs"), suite.files];
  const [command, ...args] = suite.confined ? confined([node(), ...mocha]) : [node(), ...mocha];
  let output = "";
  const options = { env, timeout: 10 * minute, killSignal: "SIGKILL", onStart: (child) => relay(child) };
  const relay = ({ stdout, stderr }) => {
    for (const stream of [stdout, stderr]) stream.on("data", (text) => (output += text));
  };
  await capture(command, args, options).catch((error) => (output ||= error.message));
  const records = readReport(report);
  fs.rmSync(folder, { recursive: true, force: true });
  if (records.at(-1)?.state === "end") return records.slice(0, -1);
  if (/No test files found/.test(output)) return records;
  return [
    ...records,
    { title: `the suite ${suite.name} runs to its end`, state: "failed", error: output.slice(-4000) },
  ];
}

function readReport(file) {
  if (!fs.existsSync(file)) return [];
  const lines = fs.readFileSync(file, "utf8").split("\n").filter(Boolean);
  return lines.map((line) => JSON.parse(line));
}

/** Where we may, a network with nothing but this machine in it: no test can depend on anything outside. */
function confined(command) {
  if (process.platform !== "linux" || process.getuid() !== 0) return command;
  const env = childEnvironment();
  if (spawnSync("unshare", ["-n", "ip", "link", "set", "lo", "up"], { env }).status !== 0) return command;
  return ["unshare", "-n", "sh", "-c", 'ip link set lo up && exec "$@"', "sh", ...command];
}

/**
 * What every suite finds in its environment. Each sandbox records its exchanges in a folder that starts empty; only a run
 * of all suites can say that an operation was never exercised.
 */
export function suiteEnvironment(wanted) {
  const exchanges = at("test-results/exchanges");
  fs.rmSync(exchanges, { recursive: true, force: true });
  fs.mkdirSync(exchanges, { recursive: true });
  for (const name of ["contract.txt", "searched.jsonl"]) fs.rmSync(at("test-results", name), { force: true });
  const specs = path.resolve(process.env.ENGRAM_AZURE_SPECS ?? at("../shared/azure-specs"));
  const bicep = findBicep();
  return {
    ...(fs.existsSync(specs) ? { ENGRAM_AZURE_SPECS: specs } : {}),
    ...(bicep ? { ENGRAM_BICEP: bicep } : {}),
    ENGRAM_SANDBOX_RECORD: exchanges,
    ENGRAM_WRITTEN: at("test-results/searched.jsonl"),
    ...(wanted ? {} : { ENGRAM_WHOLE_SUITE: "true" }),
  };
}
