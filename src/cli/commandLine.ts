import { parseArgs, type ParseArgsConfig } from "node:util";
import type { OperationRequest } from "../operations/request.ts";
import { UsageError } from "./exitCodes.ts";
import { requestOf, type OperationWord, type Values } from "./requests.ts";

/** What applies to every command that talks to Azure. */
export interface Connecting {
  readonly sandbox: boolean;
  readonly stateFile: string | null;
  readonly speed: number | null;
  readonly faultsFile: string | null;
  readonly fleet: string | null;
  readonly identity: string | null;
}

export interface Approval {
  readonly planOnly: boolean;
  readonly apply: string | null;
  readonly yes: boolean;
  readonly confirm: string | null;
  /** Whether a busy Azure is waited for. */
  readonly wait: boolean;
}

interface Shared {
  readonly json: boolean;
  readonly connecting: Connecting;
}

export type Command =
  | { readonly command: "help" | "version" }
  | { readonly command: "sandbox"; readonly rest: readonly string[] }
  | ({ readonly command: "environments" } & Shared)
  | ({
      readonly command: "operate";
      readonly environment: string;
      readonly request: OperationRequest;
      readonly approval: Approval;
    } & Shared)
  | ({
      readonly command: "operations";
      readonly action: "list" | "resume" | "acknowledge";
      readonly id: string | null;
      /** Also those that are older than 90 days or beyond the newest 500. */
      readonly all: boolean;
    } & Shared);

const text = { type: "string" } as const;
const flag = { type: "boolean" } as const;
const shared = {
  json: flag,
  help: { type: "boolean", short: "h" },
  version: flag,
  sandbox: flag,
  "sandbox-state": text,
  speed: text,
  faults: text,
  fleet: text,
  identity: text,
} as const;
const approval = {
  plan: flag,
  apply: text,
  yes: { type: "boolean", short: "y" },
  confirm: text,
  wait: flag,
} as const;

/** Options of its own for each operation. */
const own = {
  stop: {},
  start: {},
  restart: { failover: flag },
  scale: { sku: text, storage: text, "backup-first": flag },
  configure: { "high-availability": text, "auto-grow": text, "backup-retention": text, "maintenance-window": text },
  tag: { name: text, class: text },
} as const satisfies Record<OperationWord, unknown>;

/** The command line as data. Throws `UsageError` with one sentence; nothing is read or changed. */
export function parseCommandLine(argv: readonly string[]): Command {
  const [word, ...rest] = argv;
  if (word === undefined || word === "help" || word === "--help" || word === "-h") return { command: "help" };
  if (word === "--version" || word === "version") return { command: "version" };
  if (word === "sandbox") return { command: "sandbox", rest };
  if (Object.hasOwn(own, word)) return operate(word as OperationWord, rest);
  if (word === "environments") return listing(rest);
  if (word === "operations") return operations(rest);
  throw new UsageError(`There is no command "${word}". See engram-azure --help.`);
}

/** Whether the answer has to be JSON even when the command line is wrong. */
export function wantsJson(argv: readonly string[]): boolean {
  return argv.includes("--json");
}

function operate(word: OperationWord, rest: readonly string[]): Command {
  const { values, positionals } = read(rest, { ...shared, ...approval, ...own[word] });
  if (values["help"] === true) return { command: "help" };
  const [environment, ...more] = positionals;
  if (environment === undefined || more.length > 0) throw new UsageError(`${word} takes one environment.`);
  const planOnly = values["plan"] === true;
  if (planOnly && (values["apply"] !== undefined || values["yes"] === true)) {
    throw new UsageError("--plan only shows the plan: it goes with neither --apply nor --yes.");
  }
  if (planOnly && values["wait"] === true)
    throw new UsageError("--plan shows what is now: it does not go with --wait.");
  return {
    command: "operate",
    environment,
    request: requestOf(word, values),
    approval: {
      planOnly,
      apply: string(values["apply"]),
      yes: values["yes"] === true,
      confirm: string(values["confirm"]),
      wait: values["wait"] === true,
    },
    ...sharedOf(values),
  };
}

function listing(rest: readonly string[]): Command {
  const { values, positionals } = read(rest, shared);
  if (values["help"] === true) return { command: "help" };
  if (positionals.length > 0) throw new UsageError("environments takes no argument.");
  return { command: "environments", ...sharedOf(values) };
}

function operations(rest: readonly string[]): Command {
  const { values, positionals } = read(rest, { ...shared, all: flag });
  if (values["help"] === true) return { command: "help" };
  const [action = "list", id = null, ...more] = positionals;
  const all = values["all"] === true;
  const command = { command: "operations", id, all, ...sharedOf(values) } as const;
  if (all && action !== "list") throw new UsageError("--all goes with the list of operations alone.");
  if (action === "list" && id === null) return { ...command, action };
  if (action === "resume" && more.length === 0) return { ...command, action };
  if (action === "acknowledge" && id !== null && more.length === 0) return { ...command, action };
  throw new UsageError("operations takes nothing, resume [ID] or acknowledge ID.");
}

function read(args: readonly string[], options: NonNullable<ParseArgsConfig["options"]>) {
  try {
    const parsed = parseArgs({ args: [...args], options, strict: true, allowPositionals: true });
    return { values: parsed.values as Values, positionals: parsed.positionals };
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    // Node's first sentence; its advice is about options in general.
    const [sentence = message] = message.split(/\n|\. To specify/);
    throw new UsageError(`${sentence.replace(/\.$/, "")}. See engram-azure --help.`);
  }
}

function sharedOf(values: Values): Shared {
  const connecting: Connecting = {
    sandbox: values["sandbox"] === true,
    stateFile: string(values["sandbox-state"]),
    speed: speedOf(string(values["speed"])),
    faultsFile: string(values["faults"]),
    fleet: string(values["fleet"]),
    identity: string(values["identity"]),
  };
  const { sandbox, stateFile, speed, faultsFile, fleet, identity } = connecting;
  // Without this, a forgotten --sandbox would change Azure.
  if (!sandbox && [stateFile, speed, faultsFile, fleet].some((one) => one !== null)) {
    throw new UsageError("--sandbox-state, --speed, --faults and --fleet need --sandbox.");
  }
  if (sandbox && identity !== null) throw new UsageError("--identity is for Azure; the sandbox has its own.");
  return { json: values["json"] === true, connecting };
}

function speedOf(value: string | null): number | null {
  if (value === null) return null;
  const speed = Number(value);
  if (value.trim() === "" || !Number.isFinite(speed) || speed <= 0)
    throw new UsageError("--speed is a number above 0.");
  return speed;
}

function string(value: string | boolean | undefined): string | null {
  return typeof value === "string" ? value : null;
}
