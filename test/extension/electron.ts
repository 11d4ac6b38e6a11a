// node test/extension/electron.ts: the suite of test/extension/host in a desktop VS Code, for machines with a screen.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { runTests } from "@vscode/test-electron";
import type { HostResult } from "../support/vscode/hostResult.ts";
import { repository } from "../support/vscode/server.ts";

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "engram-electron-"));
const report = path.join(folder, "result.json");
try {
  // a failing suite rejects too; then there is a report
  await runInDesktop().catch((error: unknown) => {
    if (!fs.existsSync(report)) throw error;
  });
  process.exitCode = print(JSON.parse(fs.readFileSync(report, "utf8")) as readonly HostResult[]);
} catch (error) {
  console.error(`VS Code could not be obtained or started: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
} finally {
  fs.rmSync(folder, { recursive: true, force: true });
}

function runInDesktop(): Promise<number> {
  return runTests({
    extensionDevelopmentPath: repository,
    extensionTestsPath: path.join(repository, "dist/test/host.cjs"),
    extensionTestsEnv: { ENGRAM_HOST_RESULT: report, ENGRAM_STATE_DIR: path.join(folder, "state") },
    launchArgs: ["--disable-extensions", "--disable-workspace-trust", "--user-data-dir", path.join(folder, "profile")],
    timeout: 60_000,
  });
}

/** Gives the exit code. */
function print(results: readonly HostResult[]): number {
  for (const { title, state, error } of results) {
    console.log(`${{ passed: "✔", failed: "✖", skipped: "–" }[state]} ${title.join(" ")}`);
    if (error) console.log(error);
  }
  const count = (wanted: HostResult["state"]): number => results.filter(({ state }) => state === wanted).length;
  console.log(`${count("passed")} passed, ${count("failed")} failed, ${count("skipped")} skipped`);
  return count("failed") > 0 || count("passed") === 0 ? 1 : 0;
}
