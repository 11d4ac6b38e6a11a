// node scripts/makeIcon.mjs: draws media/icon.png (256 × 256, what the Marketplace shows) from media/icon.svg.
import fs from "node:fs";
import { chromium } from "playwright-core";
import { findChromium } from "./lib/locate.mjs";
import { at } from "./lib/paths.mjs";

const root = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
const browser = await chromium.launch({ executablePath: findChromium(), args: root });
const page = await browser.newPage({ viewport: { width: 256, height: 256 } });
await page.setContent(
  `<style>body{margin:0}svg{display:block}</style>${fs.readFileSync(at("media/icon.svg"), "utf8")}`,
);
await page.screenshot({ path: at("media/icon.png"), omitBackground: true });
await browser.close();
