import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { figure, median, timed, type Figure } from "./figure.ts";

const run = promisify(execFile);
const cli = fileURLToPath(new URL("../dist/cli.cjs", import.meta.url));

/** From the command to its answer, where nothing has to be asked; the baseline is a Node that does nothing. */
export async function cliStart(): Promise<readonly Figure[]> {
  const ours: number[] = [];
  const empty: number[] = [];
  for (let round = 0; round < 7; round++) {
    ours.push(...(await timed(1, () => run(process.execPath, [cli, "--version"]))));
    empty.push(...(await timed(1, () => run(process.execPath, ["-e", "0"]))));
  }
  return [
    figure({
      name: "command line: start to answer",
      value: median(ours),
      unit: "ms",
      baseline: median(empty),
      goal: 200,
    }),
  ];
}
