import fs from "node:fs";
import path from "node:path";
import { chromium } from "playwright-core";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { findChromium } from "../../../scripts/lib/locate.mjs";
import { createHands } from "./hands.ts";
import type { Hands } from "./hands.ts";
import { createServer, repository } from "./server.ts";
import type { Server, ServerOptions } from "./server.ts";

export type LaunchOptions = ServerOptions & {
  /** The folder to open; an empty one by default. */
  readonly workspace?: string;
};

/** VS Code's own themes by their names in the theme picker, and the class that the window then has. */
const themes = {
  dark: { name: "Dark 2026", window: ".vs-dark" },
  light: { name: "Light 2026", window: ".vs" },
  highContrastDark: { name: "Dark High Contrast", window: ".hc-black" },
  highContrastLight: { name: "Light High Contrast", window: ".hc-light" },
} as const;

export type VsCode = {
  readonly page: Page;
  readonly server: Server;
  readonly hands: Hands;
  /** The page's errors so far. */
  readonly consoleErrors: readonly string[];
  /** Loads the window again: the extension host is a new process, the user's state stays. */
  readonly reload: () => Promise<void>;
  /** Ends the server and its extension hosts (SIGKILL for a crash), starts it again and loads the window. */
  readonly restart: (signal?: NodeJS.Signals) => Promise<void>;
  readonly useTheme: (theme: keyof typeof themes) => Promise<void>;
  /** Saves test-results/screenshots/NAME.png and gives its path. */
  readonly screenshot: (name: string) => Promise<string>;
  readonly close: () => Promise<void>;
};

/** A real VS Code with the extension under test in it, in a headless browser that reaches nothing but this machine. */
export async function launchVsCode(options: LaunchOptions): Promise<VsCode> {
  const server = await createServer(options);
  try {
    await server.start();
    const browser = await launchBrowser();
    return await openWindow({ server, browser, url: windowUrl(server, options) });
  } catch (error) {
    await server.dispose();
    throw error;
  }
}

/** Chromium that resolves no name, so that no test can depend on the network. */
export function launchBrowser(): Promise<Browser> {
  const executablePath = findChromium();
  if (!executablePath) throw new Error("No Chromium: run node scripts/bootstrap.mjs --test");
  const root = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  const args = ["--disable-dev-shm-usage", "--disable-gpu", "--disable-background-networking", "--no-first-run"];
  const rules = "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1";
  return chromium.launch({ executablePath, headless: true, args: [...root, ...args, rules] });
}

/** The address that opens a folder; `payload` is VS Code's own way to hand a window its test options. */
export function windowUrl(
  server: Server,
  { workspace }: LaunchOptions,
  payload?: readonly (readonly string[])[],
): string {
  const folder = workspace ?? path.join(server.folder, "workspace");
  fs.mkdirSync(folder, { recursive: true });
  const query = new URLSearchParams({ tkn: server.token, folder });
  if (payload) query.set("payload", JSON.stringify(payload));
  return `http://127.0.0.1:${server.port}/?${query}`;
}

type Parts = { readonly server: Server; readonly browser: Browser; readonly url: string };

async function openWindow({ server, browser, url }: Parts): Promise<VsCode> {
  const context = await browser.newContext({ viewport: { width: 1400, height: 900 }, reducedMotion: "reduce" });
  const page = await context.newPage();
  const consoleErrors: string[] = [];
  page.on("console", (message) => void (message.type() === "error" && consoleErrors.push(message.text())));
  // VS Code's own "are you sure to leave" must not hold up a reload
  page.on("dialog", (dialog) => void dialog.accept().catch(() => undefined));
  const load = async (): Promise<void> => {
    await page.goto(url, { waitUntil: "commit" });
    await page.locator(".monaco-workbench .part.statusbar").waitFor({ timeout: 60_000 });
  };
  await load();
  return {
    page,
    server,
    consoleErrors,
    hands: createHands(page),
    reload: load,
    restart: async (signal) => {
      await page.goto("about:blank");
      await server.stop(signal);
      await server.start();
      await load();
    },
    useTheme: (theme) => useTheme(page, themes[theme]),
    screenshot: (name) => screenshot(page, name),
    close: () => close(server, context),
  };
}

async function useTheme(page: Page, { name, window }: { name: string; window: string }): Promise<void> {
  const hands = createHands(page);
  await hands.command("Preferences: Color Theme");
  await hands.typeInQuickInput(name);
  await page.locator(`.monaco-workbench${window}`).waitFor();
}

async function screenshot(page: Page, name: string): Promise<string> {
  const file = path.join(repository, "test-results/screenshots", `${name}.png`);
  await page.screenshot({ path: file });
  return file;
}

async function close(server: Server, context: BrowserContext): Promise<void> {
  await context.close();
  await context.browser()?.close();
  await server.dispose();
}
