import fs from "node:fs";
import path from "node:path";

/** A quiet window that trusts its folder. */
const settings = {
  "security.workspace.trust.enabled": false,
  "workbench.startupEditor": "none",
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "chat.disableAIFeatures": true,
  "telemetry.telemetryLevel": "off",
  "workbench.welcomePage.walkthroughs.openOnInstall": false,
  "extensions.ignoreRecommendations": true,
  "extensions.autoCheckUpdates": false,
  "update.mode": "none",
  // a toast for every port that the sandbox or the browser opens
  "remote.autoForwardPorts": false,
};

/** Writes the settings of a throw-away profile unless they are there: what a person changed stays. */
export function writeSettings(folder) {
  const file = path.join(folder, "User/settings.json");
  if (fs.existsSync(file)) return;
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, `${JSON.stringify(settings, null, 2)}\n`);
}
