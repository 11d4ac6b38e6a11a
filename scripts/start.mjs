// node scripts/start.mjs: sets up, builds and opens VS Code with the extension on the sandbox's demo fleet.
// ENGRAM_START=browser  VS Code in the browser, even where there is a desktop `code`
// ENGRAM_START_PORT=N   that browser address's port
import fs from "node:fs";
import { findDesktopCode, openDesktop } from "./lib/desktop.mjs";
import { node } from "./lib/node.mjs";
import { at } from "./lib/paths.mjs";
import { attach, endWithChildren } from "./lib/processes.mjs";
import { endSandbox, sandboxEnvironment } from "./lib/sandboxProcess.mjs";
import { setUp } from "./lib/setup.mjs";
import { serve } from "./lib/webServer.mjs";

const folder = at(".tools/start");
const workspace = at(".tools/start/workspace");

process.on("exit", () => endSandbox(folder));
endWithChildren();
try {
  const desktop = findDesktopCode();
  await setUp({ vscode: !desktop });
  if ((await attach(node(), ["esbuild.mjs"])) !== 0) throw new Error("The build failed; see above.");
  fs.mkdirSync(workspace, { recursive: true });
  const place = { folder, workspace, env: sandboxEnvironment(folder) };
  process.exitCode = desktop ? await openDesktop(desktop, place) : await serve(place);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
