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
  /** One just before ours, one just after. */
  readonly empty: readonly [Cost, Cost];
  readonly loaded: readonly string[];
}

/**
 * What `activate()` costs over an extension that does nothing: all are installed in the same real VS Code and activated
 * in the same extension host, one empty, ours, another empty. Each sample is a new host; the first warms up and does not
 * count.
 */
export async function activation(): Promise<readonly Figure[]> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "engram-bench-"));
  const result = path.join(folder, "result.json");
  const runner = emptyExtension(folder, "runner");
  const empty = ["first", "before", "after"].map((name) => emptyExtension(folder, name));
  const packaged = path.join(repository, ".tools/package");
  const env = { BENCH_RESULT: result, ENGRAM_STATE_DIR: path.join(folder, "state") };
  const server = await createServer({
    extensionDir: runner,
    extraExtensions: [packaged, ...empty],
    hostTests: true,
    env,
  });
  try {
    await server.start();
    const found: Sample[] = [];
    for (let sample = 0; sample <= samples; sample++) found.push(await once({ server, runner, result }));
    return figures(found.slice(1));
  } finally {
    await server.dispose();
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

function figures(found: readonly Sample[]): readonly Figure[] {
  const files = found.flatMap(({ loaded }) => loaded).filter((file) => file !== "dist/extension.cjs");
  return [
    { ...over(found, "wall"), name: "activate(): over an empty extension, median" },
    {
      ...over(found, "processor"),
      name: "activate(): the same in processor time of its thread",
      goal: null,
      met: null,
    },
    figure({
      name: "activate(): modules loaded besides the entry, Azure's or not",
      value: new Set(files).size,
      unit: "modules",
      goal: 0,
    }),
  ];
}

/**
 * The median over the hosts of what ours took longer than its two neighbours. A person waits by the clock, so that is
 * what is judged; processor time stands beside it, unjudged, for machines too busy to tell.
 */
function over(found: readonly Sample[], clock: keyof Cost): Figure {
  const emptyOf = ({ empty: [before, after] }: Sample): number => (before[clock] + after[clock]) / 2;
  const value = median(found.map((sample) => sample.ours[clock] - emptyOf(sample)));
  return figure({ name: "", value, unit: "ms", baseline: median(found.map(emptyOf)), goal: 15 });
}

interface Job {
  readonly server: Server;
  readonly runner: string;
  readonly result: string;
}

async function once({ server, runner, result }: Job): Promise<Sample> {
  const remote = (file: string): string => `vscode-remote://127.0.0.1:${server.port}${file}`;
  const url = windowUrl(server, { extensionDir: runner }, [
    ["extensionDevelopmentPath", remote(runner)],
    ["extensionTestsPath", remote(path.join(repository, "bench/activateInHost.cjs"))],
    ["skipWelcome", "true"],
  ]);
  fs.rmSync(result, { force: true });
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
