import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { parseFaults } from "./faults.ts";
import { createFleet } from "./fleet/generate.ts";
import { becomeOwner } from "./owner.ts";
import type { State } from "./types.ts";

const usage = `Usage: sandbox [--port N] [--state FILE] [--fleet demo|COUNT] [--latency MS] [--speed FACTOR] [--faults FILE] [--json]

The first line on standard output is {"origin": "http://127.0.0.1:PORT", "tokenFile": "…"}.
Without --state the state lives in a new temporary folder. It ends after 60 seconds without a request.`;

/** Exit codes as the CLI's: 2 usage, 6 busy. */
class UsageError extends Error {}

// no top-level await: the bundle is CommonJS
run(process.argv.slice(2)).catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  if (error instanceof UsageError) process.stderr.write(`${usage}\n`);
  process.exit(error instanceof UsageError ? 2 : 1);
});

async function run(argv: readonly string[]): Promise<void> {
  const flags = readFlags(argv);
  if (flags.help) return void process.stdout.write(`${usage}\n`);
  const createState = fleetFlag(flags.fleet ?? "demo");
  const outcome = await becomeOwner({
    stateFile: flags.state ?? temporaryState(),
    mode: flags.join ? "join" : "takeOver",
    port: numberFlag(flags.port, "--port", { least: 0, most: 65_535 }),
    latency: numberFlag(flags.latency, "--latency", { least: 0, most: 3_600_000 }) ?? 0,
    speed: speedFlag(flags.speed),
    faults: flags.faults === undefined ? undefined : readFaults(flags.faults),
    createState: () => createState(Date.now()),
    exit: () => process.exit(0),
  });
  if (outcome.kind === "busy") {
    process.stderr.write("The owner of this state file is answering a request. Try again.\n");
    process.exit(6);
  }
  const { origin, tokenFile } = outcome;
  process.stdout.write(`${JSON.stringify({ origin, tokenFile })}\n`);
  if (outcome.kind === "owned") process.exit(0);
  if (!flags.json) process.stderr.write(`SANDBOX: the local Azure answers at ${origin}.\n`);
}

function readFlags(argv: readonly string[]) {
  const text = { type: "string" } as const;
  const flag = { type: "boolean" } as const;
  const options = {
    port: text,
    state: text,
    fleet: text,
    latency: text,
    speed: text,
    faults: text,
    json: flag,
    join: flag,
    help: flag,
  };
  try {
    return parseArgs({ args: [...argv], options, strict: true }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

interface Range {
  readonly least: number;
  readonly most: number;
}

function numberFlag(text: string | undefined, name: string, { least, most }: Range): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() === "" || !Number.isInteger(value) || value < least || value > most)
    throw new UsageError(`${name} is a whole number from ${least} to ${most}.`);
  return value;
}

function speedFlag(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const speed = Number(text);
  if (!(speed > 0 && Number.isFinite(speed))) throw new UsageError("--speed is a number above 0.");
  return speed;
}

function readFaults(file: string): unknown {
  try {
    const rules = JSON.parse(readFileSync(file, "utf8")) as unknown;
    parseFaults(rules);
    return rules;
  } catch (error) {
    throw new UsageError(`--faults ${file}: ${(error as Error).message}`);
  }
}

/** Checked before anything is started, used only when there is no state yet. */
function fleetFlag(fleet: string): (realNow: number) => State {
  if (fleet === "demo") return (realNow) => createFleet({ kind: "demo", realNow });
  const count = numberFlag(fleet, "--fleet (unless demo)", { least: 1, most: 5000 })!;
  return (realNow) => createFleet({ kind: "count", count, seed: 1, realNow });
}

/** A folder of its own that nobody else may enter. */
function temporaryState(): string {
  return join(mkdtempSync(join(tmpdir(), "engram-sandbox-")), "state.json");
}
