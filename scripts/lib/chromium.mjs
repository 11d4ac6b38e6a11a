import { capture } from "./processes.mjs";
import { findChromium } from "./locate.mjs";
import { onPath } from "./paths.mjs";

// the second font has the Chinese, Japanese and Korean signs of names in the demo fleet
const packages = ["chromium", "fonts-dejavu-core", "fonts-droid-fallback"];

/** Sees to a browser that starts: apt brings one with its libraries when we are root, else the error names what is lacking. */
export async function ensureChromium() {
  if (findChromium() || process.env.CHROME_PATH) return void (await ensureStarts());
  if (process.getuid?.() !== 0 || !onPath("apt-get")) throw new Error(lacking("No Chromium or Chrome was found."));
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  const apt = (...args) => capture("apt-get", ["-o", "DPkg::Lock::Timeout=120", ...args], { env });
  await apt("update");
  await apt("install", "-y", "--no-install-recommends", ...packages);
  await ensureStarts();
}

async function ensureStarts() {
  const browser = findChromium();
  if (!browser) throw new Error(lacking(`CHROME_PATH (${process.env.CHROME_PATH}) does not exist.`));
  if (process.platform === "win32") return; // chrome.exe --version opens a window there
  await capture(browser, ["--version"]).catch((error) => {
    throw new Error(lacking(`${browser} does not start: ${error.message}`));
  });
}

function lacking(reason) {
  return [
    reason,
    `The extension's tests need a browser. Install these packages: ${packages.join(" ")}`,
    `  Debian, Ubuntu: sudo apt-get install ${packages.join(" ")}`,
    "  elsewhere: install Google Chrome, or set CHROME_PATH to a browser you have.",
  ].join("\n");
}
