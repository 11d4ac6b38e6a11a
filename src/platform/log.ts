import * as vscode from "vscode";
import { redact } from "./redact.ts";

/** The one log of the extension: an output channel whose level the person sets; every line is redacted. */
export interface Log extends vscode.Disposable {
  info(text: string): void;
  warn(text: string): void;
  error(text: string): void;
  debug(text: string): void;
  show(): void;
}

export function createLog(): Log {
  const channel = vscode.window.createOutputChannel("Engram", { log: true });
  return {
    info: (text) => channel.info(redact(text)),
    warn: (text) => channel.warn(redact(text)),
    error: (text) => channel.error(redact(text)),
    debug: (text) => channel.debug(redact(text)),
    show: () => channel.show(),
    dispose: () => channel.dispose(),
  };
}
