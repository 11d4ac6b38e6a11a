import { createInterface } from "node:readline";
import { terminalText } from "../environments/text.ts";
import { wrapped } from "./wrap.ts";

/** Where the command line writes and asks. Every human line says SANDBOX when it is one. */
export interface Terminal {
  /** People's lines: standard output, or standard error when standard output is for JSON. */
  line(text: string): void;
  /** The one JSON document. */
  document(value: unknown): void;
  error(text: string): void;
  /** What is waited for now: rewritten in place on a terminal, a line each in a pipe. */
  progress(text: string): void;
  /** What takes long before there is anything to say; on standard error, so that a pipe's lines stay the answer. */
  waiting(text: string): void;
  /** Columns of the terminal that people read; null in a pipe, where lines may have any length. */
  readonly columns: number | null;
  /** Whether somebody can be asked. */
  readonly interactive: boolean;
  /** Null when the answer was cut off. */
  ask(question: string): Promise<string | null>;
}

export interface TerminalOptions {
  readonly json: boolean;
  readonly sandbox: boolean;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
}

export function createTerminal({ json, sandbox, stdin, stdout, stderr }: TerminalOptions): Terminal {
  const people = json ? stderr : stdout;
  const prefix = sandbox ? "SANDBOX  " : "";
  let drawn: NodeJS.WriteStream | null = null;
  let last = "";
  const clear = (): void => {
    drawn?.write("\r\u001b[2K");
    drawn = null;
  };
  const show = (stream: NodeJS.WriteStream, text: string): void => {
    if (text === last && !stream.isTTY) return;
    last = text;
    if (!stream.isTTY) return write(stream, text);
    clear();
    stream.write(`${prefix}${terminalText(text, Math.max(20, (stream.columns || 80) - prefix.length - 1))}`);
    drawn = stream;
  };
  const write = (stream: NodeJS.WriteStream, text: string): void => {
    clear();
    for (const part of text.split("\n")) stream.write(`${`${prefix}${indented(part)}`.trimEnd()}\n`);
  };
  return {
    line: (text) => write(people, text),
    document: (value) => void stdout.write(`${JSON.stringify(value, rounded, 2)}\n`),
    error: (text) => write(stderr, text),
    progress: (text) => show(people, text),
    waiting: (text) => show(stderr, text),
    columns: people.isTTY ? Math.max(40, (people.columns || 80) - prefix.length) : null,
    interactive: stdin.isTTY === true && people.isTTY === true,
    ask: (question) => (clear(), ask(`${prefix}${terminalText(question)} `, stdin, people)),
  };
}

/** Lines for people, broken between words on a terminal. */
export function tellLines(lines: readonly string[], terminal: Pick<Terminal, "line" | "columns">): void {
  for (const line of wrapped(lines, terminal.columns)) terminal.line(line);
}

/** A reader that went away (`| head`) ends the program quietly; the operation's record is on disk already. */
export function surviveClosedPipes(streams: readonly NodeJS.WriteStream[]): void {
  for (const stream of streams) {
    stream.on("error", (cause: NodeJS.ErrnoException) => {
      if (cause.code !== "EPIPE") throw cause;
    });
  }
}

/** Ten digits are exact for every figure here; more are only how binary fractions add up (0.9259999999999999). */
function rounded(_name: string, value: unknown): unknown {
  return typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(10)) : value;
}

/** Inert text that keeps its indentation. */
function indented(text: string): string {
  const inner = text.trimStart();
  return " ".repeat(text.length - inner.length) + terminalText(inner, 2_000);
}

function ask(question: string, input: NodeJS.ReadStream, output: NodeJS.WriteStream): Promise<string | null> {
  return new Promise((resolve) => {
    const reader = createInterface({ input, output });
    reader.on("SIGINT", () => reader.close());
    reader.on("close", () => resolve(null));
    reader.question(question, (answer) => {
      resolve(answer);
      reader.close();
    });
  });
}
