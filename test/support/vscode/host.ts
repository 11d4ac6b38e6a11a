import fs from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import Mocha from "mocha";
import { skipBecause } from "../skip.ts";
import type { HostResult } from "./hostResult.ts";
import { launchBrowser, windowUrl } from "./launch.ts";
import type { LaunchOptions } from "./launch.ts";
import { createServer, repository } from "./server.ts";
import type { Server } from "./server.ts";

export type HostOptions = Partial<LaunchOptions> & {
  /** Only test files of test/extension/host whose path contains this. */
  readonly suite?: string;
};

const limitMs = 180_000;

/** Runs test/extension/host inside a real extension host and brings each of its tests back as a test of this suite. */
export function describeInHost(title: string, options: HostOptions = {}): void {
  describe(title, function () {
    this.timeout(limitMs + 20_000);
    before(async function () {
      const results = await runInHost(options);
      const suite = this.test?.parent;
      for (const result of results) suite?.addTest(asTest(result));
      found = results.length;
    });
    let found = 0;
    it("finds tests inside the extension host", () => {
      if (found === 0) throw new Error("No test ran inside the extension host.");
    });
  });
}

/** The results of every inner test; rejects when the extension host never answers. */
async function runInHost(options: HostOptions): Promise<readonly HostResult[]> {
  const launch = { extensionDir: repository, ...options, hostTests: true };
  const result = path.join(fs.mkdtempSync(path.join(repository, ".tools/host-")), "result.json");
  const env = { ...options.env, ENGRAM_HOST_RESULT: result, ENGRAM_HOST_SUITE: options.suite };
  const server = await createServer({ ...launch, env });
  try {
    await server.start();
    return await runWindow({ server, url: testUrl(server, launch), result });
  } finally {
    await server.dispose();
    fs.rmSync(path.dirname(result), { recursive: true, force: true });
  }
}

function testUrl(server: Server, launch: LaunchOptions): string {
  const remote = (file: string): string => `vscode-remote://127.0.0.1:${server.port}${file}`;
  return windowUrl(server, launch, [
    ["extensionDevelopmentPath", remote(launch.extensionDir)],
    ["extensionTestsPath", remote(path.join(repository, "dist/test/host.cjs"))],
    ["skipWelcome", "true"],
  ]);
}

async function runWindow(job: { server: Server; url: string; result: string }): Promise<readonly HostResult[]> {
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage();
    const errors: string[] = [];
    page.on("console", (message) => void (message.type() === "error" && errors.push(message.text())));
    await page.goto(job.url, { waitUntil: "commit" });
    for (const end = Date.now() + limitMs; Date.now() < end; await sleep(100)) {
      if (fs.existsSync(job.result)) return JSON.parse(fs.readFileSync(job.result, "utf8"));
    }
    throw new Error(`The extension host gave no results.\n${errors.join("\n")}\n${job.server.log()}`);
  } finally {
    await browser.close();
  }
}

function asTest({ title, state, error }: HostResult): Mocha.Test {
  return new Mocha.Test(title.join(" "), function (this: Mocha.Context) {
    if (state === "skipped") skipBecause(this, error ?? "no reason given");
    if (state === "failed") throw Object.assign(new Error(error?.split("\n")[0]), { stack: error });
  });
}
