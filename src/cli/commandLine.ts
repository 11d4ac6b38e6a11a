import { parseArgs, type ParseArgsConfig } from "node:util";
import type { OperationRequest } from "../operations/request.ts";
import type { Connecting } from "./connecting.ts";
import { UsageError } from "./exitCodes.ts";
import { didYouMean } from "./nearest.ts";
import { programName } from "./programName.ts";
import { requestOf, type OperationWord, type Values } from "./requests.ts";

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
  | { readonly command: "help"; /** One command, or null: all. */ readonly about: string | null }
  | { readonly command: "version" }
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
  version: { type: "boolean", short: "v" },
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
  const { word, rest } = split(argv);
  if (word === undefined || word === "--help" || word === "-h") return { command: "help", about: null };
  if (word === "help") return { command: "help", about: rest[0] ?? null };
  if (word === "--version" || word === "-v" || word === "version") return { command: "version" };
  if (word === "sandbox") return sandboxHelp(rest) ?? { command: "sandbox", rest };
  if (Object.hasOwn(own, word)) return operate(word as OperationWord, rest);
  if (word === "environments") return listing(rest);
  if (word === "operations") return operations(rest);
  throw new UsageError(`There is no command "${word}".${didYouMean(word, words)} See ${programName()} --help.`);
}

/** What a command line that could not be read was about, for the document that says so. */
export function subjectOf(argv: readonly string[]): Subject {
  const { word, rest } = split(argv);
  const isOperation = word !== undefined && Object.hasOwn(own, word);
  const [first] = rest;
  const environment = isOperation && first !== undefined && !first.startsWith("-") ? first : null;
  return { word: word ?? null, kind: isOperation ? word : null, environment };
}

interface Subject {
  readonly word: string | null;
  readonly kind: string | null;
  readonly environment: string | null;
}

const words: readonly string[] = [...Object.keys(own), "environments", "operations", "sandbox", "help", "version"];

/** The command, and everything else: options of every command may stand before it. */
function split(argv: readonly string[]): { readonly word: string | undefined; readonly rest: readonly string[] } {
  let at = 0;
  for (let word = argv[at]; word !== undefined && isShared(word); word = argv[at]) at += takesValue(word) ? 2 : 1;
  return { word: argv[at], rest: [...argv.slice(at + 1), ...argv.slice(0, at)] };
}

function isShared(word: string): boolean {
  const name = word.replace(/^--/, "").replace(/=.*$/, "");
  return word.startsWith("--") && name !== "help" && name !== "version" && Object.hasOwn(shared, name);
}

function takesValue(word: string): boolean {
  return !word.includes("=") && shared[word.slice(2) as keyof typeof shared].type === "string";
}

function sandboxHelp(rest: readonly string[]): Command | null {
  return rest.includes("--help") || rest.includes("-h") ? { command: "help", about: "sandbox" } : null;
}

/** Whether the answer has to be JSON even when the command line is wrong. */
export function wantsJson(argv: readonly string[]): boolean {
  return argv.includes("--json");
}

function operate(word: OperationWord, rest: readonly string[]): Command {
  const { values, positionals } = read(rest, { ...shared, ...approval, ...own[word] });
  if (values["help"] === true) return { command: "help", about: word };
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
      apply: hashOf(string(values["apply"])),
      yes: values["yes"] === true,
      confirm: string(values["confirm"]),
      wait: values["wait"] === true,
    },
    ...sharedOf(values),
  };
}

function listing(rest: readonly string[]): Command {
  const { values, positionals } = read(rest, shared);
  if (values["help"] === true) return { command: "help", about: "environments" };
  if (positionals.length > 0) throw new UsageError("environments takes no argument.");
  return { command: "environments", ...sharedOf(values) };
}

function operations(rest: readonly string[]): Command {
  const { values, positionals } = read(rest, { ...shared, all: flag });
  if (values["help"] === true) return { command: "help", about: "operations" };
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
    throw new UsageError(`${plainly(message, Object.keys(options))} See ${programName()} --help.`);
  }
}

/** Node's first sentence in our words; its advice is about options in general. */
function plainly(message: string, names: readonly string[]): string {
  const [, option, kind] =
    /^(?:Option|Unknown option) '(?:-\w, )?(--?[^' <]+)[^']*' ?(argument is ambiguous|argument missing|does not take)?/.exec(
      message,
    ) ?? [];
  if (option !== undefined && kind === "does not take") return `${option} takes no value.`;
  if (option !== undefined && kind !== undefined) return `${option} needs a value.`;
  if (option !== undefined && message.startsWith("Unknown option")) {
    return `There is no option ${option} here.${didYouMean(
      option,
      names.map((name) => `--${name}`),
    )}`;
  }
  const [sentence = message] = message.split(/\n|\. To specify/);
  return `${sentence.replace(/\.$/, "")}.`;
}

/** SHA-256 in hexadecimal digits; a shortened one would be called *changed*, which it is not. */
function hashOf(value: string | null): string | null {
  if (value === null || /^[0-9a-f]{64}$/i.test(value)) return value?.toLowerCase() ?? null;
  throw new UsageError("--apply takes the whole hash of a plan, 64 hexadecimal digits, as --plan shows it.");
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
