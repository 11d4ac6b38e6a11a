// Bundled to dist/test/host.cjs and run by VS Code inside the extension host (extensionTestsPath).
import fs from "node:fs";
import path from "node:path";
import Mocha from "mocha";
import type { HostResult } from "./hostResult.ts";

/** VS Code's contract: resolves when the tests passed, rejects when one failed. */
export async function run(): Promise<void> {
  const mocha = new Mocha({ ui: "bdd", reporter: Mocha.reporters.Base, timeout: 30_000 });
  const folder = path.join(__dirname, "host");
  for (const file of testFiles(folder)) mocha.addFile(file);
  const results = await collect(mocha);
  publish(results);
  const failures = results.filter(({ state }) => state === "failed").length;
  if (failures > 0) throw new Error(`${failures} tests failed`);
}

/** Folders named "with…" need a special window and run only when asked for. */
function testFiles(folder: string): string[] {
  if (!fs.existsSync(folder)) return [];
  const asked = process.env["ENGRAM_HOST_SUITE"];
  const isWanted = (name: string): boolean => (asked ? name.includes(asked) : !name.startsWith("with"));
  const names = fs.readdirSync(folder, { recursive: true, encoding: "utf8" });
  return names.filter((name) => name.endsWith(".test.cjs") && isWanted(name)).map((name) => path.join(folder, name));
}

function collect(mocha: Mocha): Promise<HostResult[]> {
  const results: HostResult[] = [];
  return new Promise((resolve) => {
    const runner = mocha.run(() => resolve(results));
    const add = (test: Mocha.Runnable, outcome: Pick<HostResult, "state" | "error">): void =>
      void results.push({ title: test.titlePath(), duration: test.duration ?? 0, ...outcome });
    runner.on("pass", (test) => add(test, { state: "passed" }));
    runner.on("pending", (test) => add(test, { state: "skipped", ...reason(test) }));
    runner.on("fail", (test, error: Error) => add(test, { state: "failed", error: error.stack ?? String(error) }));
  });
}

function reason(test: Mocha.Test): { error?: string } {
  const given = "skipReason" in test ? String(test.skipReason) : undefined;
  return given === undefined ? {} : { error: given };
}

/** Renamed into place, so that the other side never reads half a file. */
function publish(results: readonly HostResult[]): void {
  const file = process.env["ENGRAM_HOST_RESULT"];
  if (!file) return console.log(JSON.stringify(results, null, 2));
  fs.writeFileSync(`${file}.new`, JSON.stringify(results));
  fs.renameSync(`${file}.new`, file);
}
