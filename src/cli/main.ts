import { spawn } from "node:child_process";
import { constants } from "node:os";
import { parseCommandLine, subjectOf, wantsJson, type Command } from "./commandLine.ts";
import { commandHelp } from "./commandHelp.ts";
import { openSession, sandboxCommand } from "./connect.ts";
import { environments, unreadDocument } from "./environments.ts";
import { exit, faultOf, type ExitCode, type Fault } from "./exitCodes.ts";
import { help, version } from "./help.ts";
import { checkApproval, operate } from "./operate.ts";
import { acknowledge, listOperations, resumeOperations } from "./operationsCommand.ts";
import { unsentDocument } from "./results.ts";
import { createTerminal, surviveClosedPipes, type Terminal } from "./terminal.ts";

surviveClosedPipes([process.stdout, process.stderr]);
void main(process.argv.slice(2)).then((code) => {
  // Not process.exit: a pipe may still hold what was written.
  process.exitCode = code;
});

async function main(argv: readonly string[]): Promise<number> {
  const json = wantsJson(argv);
  const sandbox = argv.includes("--sandbox");
  const terminal = createTerminal({ json, sandbox, ...process });
  let command: Command | null = null;
  try {
    command = parseCommandLine(argv);
    return await carryOut(command, terminal);
  } catch (cause) {
    return fail(cause, command, { json, sandbox, terminal, argv });
  }
}

async function carryOut(command: Command, terminal: Terminal): Promise<number> {
  switch (command.command) {
    case "help":
      process.stdout.write((command.about === null ? null : commandHelp(command.about)) ?? help);
      return exit.done;
    case "version":
      process.stdout.write(`${version}\n`);
      return exit.done;
    case "sandbox":
      return runSandbox(command.rest);
    case "operations":
      if (command.action === "list") return listOperations(command, terminal);
      if (command.action === "acknowledge") return acknowledge(command, terminal);
      return connected(command, terminal);
    case "operate":
      checkApproval(command.approval, terminal);
      return connected(command, terminal);
    default:
      return connected(command, terminal);
  }
}

type Connected = Extract<Command, { command: "environments" | "operate" | "operations" }>;

async function connected(command: Connected, terminal: Terminal): Promise<ExitCode> {
  const log = process.env["ENGRAM_LOG"] === undefined ? () => undefined : (line: string) => terminal.error(line);
  const interrupt = listenForInterrupt(terminal);
  const session = await openSession(command.connecting, log);
  const running = { session, terminal, stop: interrupt.signal, connecting: command.connecting };
  try {
    if (command.command === "environments") return await environments(command.json, running);
    if (command.command === "operations") return await resumeOperations(command, running);
    return await operate(command, running);
  } finally {
    interrupt.dispose();
    session.dispose();
  }
}

/** Ctrl+C ends the waiting; a second one ends the program. Either way the record is kept. */
function listenForInterrupt(terminal: Terminal): { readonly signal: AbortSignal; dispose(): void } {
  const controller = new AbortController();
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(exit.open);
    // Whether anything was sent by now is told at the end, by who knows it.
    terminal.error("Stopping.");
    controller.abort();
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  return {
    signal: controller.signal,
    dispose: () => {
      process.off("SIGINT", onSignal);
      process.off("SIGTERM", onSignal);
    },
  };
}

interface Failing {
  readonly json: boolean;
  readonly sandbox: boolean;
  readonly terminal: Terminal;
  readonly argv: readonly string[];
}

function fail(cause: unknown, command: Command | null, failing: Failing): number {
  const { json, terminal } = failing;
  const fault = faultOf(cause);
  if (json) terminal.document(failureDocument(command, fault, failing));
  terminal.error(`engram-azure: ${fault.message}`);
  return fault.exit;
}

function failureDocument(command: Command | null, { code, message }: Fault, { sandbox, argv }: Failing): unknown {
  const subject = subjectOf(argv);
  if (subject.word === "environments") return unreadDocument(sandbox, { code, message });
  const operation = command?.command === "operate" ? command : null;
  const kind = operation?.request.operation ?? subject.kind;
  const environment = operation?.environment ?? subject.environment;
  const error = { code, message };
  return unsentDocument({ kind, environment, environmentId: null, status: "notStarted", error, sandbox });
}

/** The sandbox is a program of its own; its first line on standard output is its address. */
function runSandbox(rest: readonly string[]): Promise<number> {
  const [program = process.execPath, ...first] = sandboxCommand();
  const child = spawn(program, [...first, ...rest], { stdio: "inherit" });
  const pass = (signal: NodeJS.Signals): void => void child.kill(signal);
  process.on("SIGINT", pass);
  process.on("SIGTERM", pass);
  return new Promise((resolve) => {
    child.on("error", () => resolve(exit.failed));
    child.on("exit", (code, signal) => resolve(code ?? 128 + constants.signals[signal ?? "SIGTERM"]));
  });
}
