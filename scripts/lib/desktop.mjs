import path from "node:path";
import { onPath, root, windows } from "./paths.mjs";
import { attach } from "./processes.mjs";
import { writeSettings } from "./vscodeSettings.mjs";

/** VS Code's own command where there is a desktop to show it on. */
export function findDesktopCode() {
  if (process.env.ENGRAM_START === "browser" || process.env.ENGRAM_START_PORT) return undefined;
  const screen = windows || process.platform === "darwin" || process.env.DISPLAY || process.env.WAYLAND_DISPLAY;
  return screen ? onPath("code") : undefined;
}

/** Opens VS Code with a throw-away profile and waits until its window is closed. */
export function openDesktop(code, { folder, workspace, env }) {
  const profile = path.join(folder, "profile");
  writeSettings(profile);
  console.log("Opening VS Code. Close its window, or press Ctrl+C here, to end.");
  const place = ["--user-data-dir", profile, "--extensions-dir", path.join(folder, "extensions")];
  return attach(code, [...place, "--extensionDevelopmentPath", root, "--new-window", "--wait", workspace], { env });
}
