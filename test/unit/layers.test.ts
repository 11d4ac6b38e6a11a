import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

const root = path.resolve(import.meta.dirname, "../..");

/** [the rule that must speak, the file with the violation, its text] */
const violations: readonly (readonly [string, string, string])[] = [
  ["layer-sizing", "src/sizing/plant.ts", 'import "../environments/model.ts";'],
  ["sizing-imports-nothing", "src/sizing/plant.ts", 'import "node:fs";'],
  ["layer-environments", "src/environments/plant.ts", 'import type { a } from "../azure/ports.ts"; export type B = a;'],
  ["layer-azure/ports", "src/azure/ports/plant.ts", 'import "../plant.ts";'],
  ["ports-are-without-sdk", "src/azure/ports/plant.ts", 'import "@azure/core-auth";'],
  ["layer-azure", "src/azure/plant.ts", 'import "../inventory/plant.ts";'],
  ["layer-inventory", "src/inventory/plant.ts", 'import "../azure/plant.ts";'],
  ["layer-operations", "src/operations/plant.ts", 'export const a = () => import("../azure/plant.ts");'],
  ["layer-operations", "src/operations/plant.ts", 'import "../inventory/plant.ts";'],
  ["layer-bicep", "src/bicep/plant.ts", 'import "../azure/ports.ts";'],
  ["layer-evidence", "src/evidence/plant.ts", 'import "../bicep/plant.ts";'],
  ["layer-tools/core", "src/tools/core/plant.ts", 'import "../../azure/ports.ts";'],
  ["tools-core-without-vscode", "src/tools/core/plant.ts", 'import "vscode";'],
  ["layer-platform", "src/platform/plant.ts", 'import "../sizing/plant.ts";'],
  ["platform-imports-vscode-only", "src/platform/plant.ts", 'import "mocha";'],
  ["layer-tree", "src/tree/plant.ts", 'import "../azure/ports.ts";'],
  ["layer-tree", "src/tree/plant.ts", 'import "../commands/plant.ts";'],
  ["layer-webviews/protocol", "src/webviews/protocol/plant.ts", 'import "../../inventory/plant.ts";'],
  ["protocol-is-types-only", "src/webviews/protocol/plant.ts", 'import { a } from "../../sizing/plant.ts"; a;'],
  ["layer-webviews/ui", "src/webviews/ui/plant.ts", 'import "../../operations/plant.ts";'],
  ["pages-know-no-node", "src/webviews/ui/plant.ts", 'import "node:path";'],
  ["vscode-only-where-allowed", "src/webviews/ui/plant.ts", 'import "vscode";'],
  ["layer-webviews/host", "src/webviews/host/plant.ts", 'import "../ui/plant.ts";'],
  ["layer-editors", "src/editors/plant.ts", 'import "../operations/plant.ts";'],
  ["layer-tools", "src/tools/plant.ts", 'import "../inventory/plant.ts";'],
  ["layer-commands", "src/commands/plant.ts", 'import "../azure/ports.ts";'],
  ["layer-cli", "src/cli/plant.ts", 'import "../platform/plant.ts";'],
  ["vscode-only-where-allowed", "src/cli/plant.ts", 'import type { Uri } from "vscode"; export type A = Uri;'],
  ["vscode-only-where-allowed", "src/inventory/plant.ts", 'import "vscode";'],
  ["azure-sdk-only-in-azure", "src/inventory/plant.ts", 'import "@azure/core-auth";'],
  ["azure-sdk-only-in-azure", "sandbox/plant.ts", 'import "@azure/core-auth";'],
  ["sandbox-only-from-transport-and-cli", "src/azure/plant.ts", 'import "../../sandbox/connect.ts";'],
  ["sandbox-only-through-connect", "src/cli/plant.ts", 'import "../../sandbox/plant.ts";'],
  ["sandbox-is-independent", "sandbox/plant.ts", 'import "../src/sizing/plant.ts";'],
  ["scripts-run-what-is-built", "scripts/plant.mjs", 'import "../src/sizing/plant.ts";'],
  ["src-never-imports-test-or-scripts", "src/tree/plant.ts", 'import "../../test/plant.ts";'],
  ["nobody-imports-the-root", "src/commands/plant.ts", 'import "../extension.ts";'],
  ["every-file-has-a-layer", "src/utilities/plant.ts", "export const a = 1;"],
  ["every-file-has-a-layer", "src/plant.ts", "export const a = 1;"],
  ["no-cycles", "src/tree/plant.ts", 'import type { B } from "./cycle.ts"; export type A = B;'],
];

const legal: readonly (readonly [string, string])[] = [
  ["src/azure/transport.ts", 'import "../../sandbox/connect.ts"; import "./plant.ts"; import "@azure/core-auth";'],
  ["src/inventory/legal.ts", 'import "../azure/ports.ts"; import "../environments/model.ts";'],
  ["src/cli/legal.ts", 'import "../tools/core/plant.ts"; import "../azure/plant.ts";'],
  ["src/platform/legal.ts", 'import "vscode"; import "node:path";'],
  ["src/webviews/protocol/legal.ts", 'import type { a } from "../../sizing/plant.ts"; export type A = typeof a;'],
  ["src/extension.ts", 'import "vscode"; import "./commands/plant.ts"; import "./azure/plant.ts";'],
];

describe("the layer rules", function () {
  this.timeout(60_000);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "engram-layers-"));
  let broken: ReadonlyMap<string, readonly string[]> = new Map();
  before(() => {
    makeSkeleton(folder);
    for (const [file, text] of legal) write(folder, file, text);
    violations.forEach(([, file, text], index) => write(folder, numbered(file, index), text));
    broken = brokenRules(folder);
  });
  after(() => fs.rmSync(folder, { recursive: true, force: true }));

  for (const [file] of legal) {
    it(`find nothing wrong with ${file}, which imports what its layer may`, () =>
      assert.deepEqual(broken.get(file) ?? [], []));
  }

  violations.forEach(([rule, file, text], index) => {
    it(`catch ${text.trim()} in ${file}`, () => {
      const spoke = broken.get(numbered(file, index)) ?? [];
      assert.ok(spoke.includes(rule), `${rule} was silent; spoke: ${spoke.join(", ")}`);
    });
  });
});

/** One file for each violation: plant.ts itself stays innocent, because others import it. */
function numbered(file: string, index: number): string {
  return file.replace(/plant\./, `plant${index}.`);
}

const plants = [
  ...[
    "azure",
    "inventory",
    "operations",
    "bicep",
    "evidence",
    "tools/core",
    "tools",
    "platform",
    "tree",
    "commands",
    "cli",
  ],
  ...["webviews/protocol", "webviews/ui", "webviews/host", "editors", "sizing", "environments"],
].map((layer) => `src/${layer}/plant.ts`);

function makeSkeleton(folder: string): void {
  const others = [
    "src/environments/model.ts",
    "src/azure/ports.ts",
    "src/extension.ts",
    "sandbox/connect.ts",
    "sandbox/plant.ts",
  ];
  for (const file of [...plants, ...others, "test/plant.ts"]) write(folder, file, "export const a = 1;");
  const cycle = violations.findIndex(([rule]) => rule === "no-cycles");
  write(folder, "src/tree/cycle.ts", `import type { A } from "./plant${cycle}.ts"; export type B = A;`);
  write(folder, "scripts/plant.mjs", "");
  fs.copyFileSync(path.join(root, ".dependency-cruiser.cjs"), path.join(folder, ".dependency-cruiser.cjs"));
  fs.copyFileSync(path.join(root, "tsconfig.json"), path.join(folder, "tsconfig.json"));
  fs.writeFileSync(path.join(folder, "package.json"), '{ "type": "module" }');
  fs.symlinkSync(path.join(root, "node_modules"), path.join(folder, "node_modules"), "junction");
}

function write(folder: string, file: string, text: string): void {
  fs.mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
  fs.writeFileSync(path.join(folder, file), text);
}

/** The rules that spoke, by the file they spoke of. */
function brokenRules(folder: string): ReadonlyMap<string, readonly string[]> {
  const cruiser = path.join(root, "node_modules/dependency-cruiser/bin/dependency-cruiser.mjs");
  const args = [cruiser, "--output-type", "json", "src", "sandbox", "scripts", "test"];
  const text = execFileSync(process.execPath, args, { cwd: folder, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
  const { summary } = JSON.parse(text) as { summary: { violations: Violation[] } };
  const spoken = summary.violations.flatMap(({ from, rule, cycle = [] }) =>
    [from, ...cycle.map(({ name }) => name)].map((file) => ({ file, rule: rule.name })),
  );
  const files = new Set(spoken.map(({ file }) => file));
  const rulesFor = (wanted: string): string[] => spoken.flatMap(({ file, rule }) => (file === wanted ? [rule] : []));
  return new Map([...files].map((file) => [file, rulesFor(file)]));
}

/** As dependency-cruiser reports it; one cycle is reported once, from any of its files. */
type Violation = {
  readonly from: string;
  readonly rule: { readonly name: string };
  readonly cycle?: readonly { readonly name: string }[];
};
