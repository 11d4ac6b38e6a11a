// node bench/main.ts [--json] [--only NAME,…]: run by scripts/bench.mjs, which sets up and packages before.
import os from "node:os";
import { activation } from "./activation.ts";
import { cliStart } from "./cliStart.ts";
import type { Figure } from "./figure.ts";
import { fill } from "./fill.ts";
import { fleet } from "./fleet.ts";
import { journal } from "./journal.ts";
import { packageSize } from "./packageSize.ts";
import { recognition } from "./recognition.ts";
import { sandboxRate } from "./sandboxRate.ts";

const parts: Readonly<Record<string, () => Promise<readonly Figure[]>>> = {
  activation,
  fleet,
  fill,
  recognition,
  journal,
  package: packageSize,
  cli: cliStart,
  sandbox: sandboxRate,
};

await main(process.argv.slice(2));

/** One part that cannot run is said on stderr and fails the run; a goal missed never does. */
async function main(argv: readonly string[]): Promise<void> {
  const only = argv.includes("--only") ? (argv[argv.indexOf("--only") + 1] ?? "").split(",") : Object.keys(parts);
  const figures: Figure[] = [];
  for (const [name, measure] of Object.entries(parts)) {
    if (!only.includes(name)) continue;
    process.stderr.write(`${name} …\n`);
    try {
      figures.push(...(await measure()));
    } catch (error) {
      process.stderr.write(
        `${name} could not be measured: ${error instanceof Error ? error.message : String(error)}\n`,
      );
      process.exitCode = 1;
    }
  }
  const report = { machine: machine(), figures };
  process.stdout.write(argv.includes("--json") ? `${JSON.stringify(report, null, 2)}\n` : table(report));
}

function machine(): Readonly<Record<string, unknown>> {
  const cpus = os.cpus();
  return {
    platform: `${process.platform} ${os.release()} ${process.arch}`,
    cpu: cpus[0]?.model ?? "unknown",
    cores: cpus.length,
    memoryGiB: Number((os.totalmem() / 2 ** 30).toFixed(1)),
    node: process.version,
    loadAverage: os.loadavg().map((one) => Number(one.toFixed(2))),
    at: new Date().toISOString(),
  };
}

function table({ machine: place, figures }: { readonly machine: object; readonly figures: readonly Figure[] }): string {
  const head = ["", "value", "baseline", "ratio", "goal", ""];
  const rows = figures.map((one) => [
    one.name,
    `${one.value} ${one.unit}`,
    one.baseline === null ? "–" : `${one.baseline} ${one.unit}`,
    one.ratio === null ? "–" : `× ${one.ratio}`,
    one.goal === null ? "–" : `${one.goalOn === "ratio" ? "× " : ""}${one.goal}`,
    one.met === null ? "" : one.met ? "met" : "MISSED",
  ]);
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => (row[column] ?? "").length)));
  const lines = [head, ...rows].map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  return `${Object.entries(place)
    .map(([name, value]) => `${name}: ${String(value)}`)
    .join(" · ")}\n\n${lines.join("\n")}\n`;
}
