import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { at, onPath, read, windows } from "./paths.mjs";

/** VS Code's server, once installed. */
export const vscodeServer = at(".tools/vscode/node_modules/code-server/lib/vscode");

/** A Chromium or Chrome on this machine: CHROME_PATH, PATH, the usual places. */
export function findChromium() {
  const programs = [process.env.ProgramFiles, process.env["ProgramFiles(x86)"], process.env.LOCALAPPDATA];
  const usual = [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    ...programs.filter(Boolean).map((folder) => path.join(folder, "Google/Chrome/Application/chrome.exe")),
  ];
  const named = process.env.CHROME_PATH;
  if (named) return fs.existsSync(named) ? named : undefined;
  return onPath("chromium", "chromium-browser", "google-chrome") ?? usual.find((file) => fs.existsSync(file));
}

/** The Bicep CLI: the restored one, else the Azure CLI's, else one on PATH. */
export function findBicep() {
  const program = windows ? "bicep.exe" : "bicep";
  const azureCli = path.join(os.homedir(), ".azure/bin", program);
  return restoredBicep(program) ?? (fs.existsSync(azureCli) ? azureCli : onPath("bicep"));
}

function restoredBicep(program) {
  const version = /Version="\[(.+?)\]"/.exec(read(at("tools/bicep/bicep.csproj")))?.[1] ?? "none";
  const folder = at(".tools/nuget");
  if (!fs.existsSync(folder)) return undefined;
  return fs
    .readdirSync(folder)
    .filter((name) => name.startsWith("azure.bicep.commandline."))
    .map((name) => path.join(folder, name, version, "tools", program))
    .find((file) => fs.existsSync(file));
}
