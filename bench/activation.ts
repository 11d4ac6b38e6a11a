import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { launchBrowser, windowUrl } from "../test/support/vscode/launch.ts";
import { createServer, repository, type Server } from "../test/support/vscode/server.ts";
import { figure, median, type Figure } from "./figure.ts";

const samples = 7;
const limit = 120_000;

interface Cost {
  readonly wall: number;
  readonly processor: number;
}

interface Sample {
  readonly ours: Cost;
  readonly empty: Cost;
  readonly loaded: readonly string[];
}

/**
 * What `activate()` costs over an extension that does nothing, both installed in the same real VS Code and activated in
 * the same extension host, in turn. Each sample is a new host; the first warms up and does not count.
 */
export async function activation(): Promise<readonly Figure[]> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "engram-bench-"));
  const result = path.join(folder, "result.json");
  const [empty, runner] = ["empty", "runner"].map((name) => emptyExtension(folder, name)) as [string, string];
  const packaged = path.join(repository, ".tools/package");
  const env = { BENCH_RESULT: result, ENGRAM_STATE_DIR: path.join(folder, "state") };
  const server = await createServer({ extensionDir: runner, extraExtensions: [packaged, empty], hostTests: true, env });
  try {
    await server.start();
    const found: Sample[] = [];
    for (let sample = 0; sample <= samples; sample++) found.push(await once({ server, runner, result, sample }));
    return figures(found.slice(1));
  } finally {
    await server.dispose();
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

function figures(found: readonly Sample[]): readonly Figure[] {
  const loaded = found.map(
    (sample) => sample.loaded.filter((file) => /[\\/](dist[\\/]azure|@azure)[\\/]/.test(file)).length,
  );
  return [
    { ...over(found, "wall"), name: "activate(): over an empty extension, median" },
    { ...over(found, "processor"), name: "activate(): the same in processor time of its thread" },
    figure({ name: "activate(): Azure modules loaded", value: Math.max(...loaded), unit: "modules", goal: 0 }),
  ];
}

/** Both were activated in the same host: the difference is taken there, the median over the hosts. */
function over(found: readonly Sample[], clock: keyof Cost): Figure {
  const value = median(found.map(({ ours, empty }) => ours[clock] - empty[clock]));
  const baseline = median(found.map(({ empty }) => empty[clock]));
  return figure({ name: "", value, unit: "ms", baseline, goal: 15 });
}

interface Job {
  readonly server: Server;
  readonly runner: string;
  readonly result: string;
  readonly sample: number;
}

async function once({ server, runner, result, sample }: Job): Promise<Sample> {
  const remote = (file: string): string => `vscode-remote://127.0.0.1:${server.port}${file}`;
  const url = windowUrl(server, { extensionDir: runner }, [
    ["extensionDevelopmentPath", remote(runner)],
    ["extensionTestsPath", remote(path.join(repository, "bench/activateInHost.cjs"))],
    ["skipWelcome", "true"],
  ]);
  fs.rmSync(result, { force: true });
  fs.writeFileSync(`${result}.order`, sample % 2 === 0 ? "empty first" : "ours first");
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage();
    await page.goto(url, { waitUntil: "commit" });
    for (const end = Date.now() + limit; Date.now() < end; await sleep(100)) {
      if (fs.existsSync(result)) return read(result);
    }
    throw new Error(`The extension host gave no result.\n${server.log().slice(-2000)}`);
  } finally {
    await browser.close();
  }
}

function read(result: string): Sample {
  const found = JSON.parse(fs.readFileSync(result, "utf8")) as Sample | { readonly error: string };
  if ("error" in found) throw new Error(found.error);
  return found;
}

function emptyExtension(folder: string, name: string): string {
  const place = path.join(folder, name);
  fs.mkdirSync(place);
  const manifest = {
    publisher: "bench",
    name,
    version: "1.0.0",
    engines: { vscode: "^1.106.0" },
    main: "./main.js",
    activationEvents: [],
    contributes: {},
  };
  fs.writeFileSync(path.join(place, "package.json"), JSON.stringify(manifest));
  fs.writeFileSync(path.join(place, "main.js"), "exports.activate = () => undefined;\n");
  return place;
}
