import * as vscode from "vscode";
import { errorDetail, errorText, isCancelled } from "./errors.ts";
import type { Log } from "./log.ts";

export interface Remedy {
  readonly title: string;
  readonly command: string;
}

/** What a failed action becomes: one notification, at most two buttons, and the whole story in the log. */
export class Boundary {
  private readonly log: Log;
  private readonly remedy: (error: unknown) => Remedy | null;

  /** `remedy` may know a command that helps; it becomes the first button. */
  constructor(log: Log, remedy: (error: unknown) => Remedy | null = () => null) {
    this.log = log;
    this.remedy = remedy;
  }

  /** Runs an action a person asked for. Its failure is told, its cancellation is not. */
  async run<T>(name: string, action: () => T | Promise<T>): Promise<T | undefined> {
    try {
      return await action();
    } catch (error) {
      if (!isCancelled(error)) this.tell(name, error);
      return undefined;
    }
  }

  /** Runs what nobody asked for: the log hears of its failure, the person is left in peace. */
  async quietly(name: string, action: () => unknown): Promise<void> {
    try {
      await action();
    } catch (error) {
      if (!isCancelled(error)) this.log.warn(`${name}: ${errorDetail(error)}`);
    }
  }

  private tell(name: string, error: unknown): void {
    this.log.error(`${name}: ${errorDetail(error)}`);
    const showLog = vscode.l10n.t("Show Log");
    const action = this.remedy(error);
    const buttons = action === null ? [showLog] : [action.title, showLog];
    const text = errorText(error);
    // Not awaited: a notification may stand for hours, the command is over now.
    void vscode.window.showErrorMessage(text, ...buttons).then((pressed) => {
      if (pressed === showLog) this.log.show();
      else if (pressed !== undefined && action !== null) void vscode.commands.executeCommand(action.command);
    });
  }
}
