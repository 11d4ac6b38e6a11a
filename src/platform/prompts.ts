import * as vscode from "vscode";
import { UserCancelledError } from "./errors.ts";

export interface Choice<T> extends vscode.QuickPickItem {
  readonly value: T;
}

export interface PickOptions {
  readonly title: string;
  readonly placeholder: string;
  /** Stays open while the person looks at a document beside it. */
  readonly sticky?: true;
}

/** Shows a list; throws `UserCancelledError` when it is dismissed. Items may still be on their way. */
export async function pickOne<T>(
  items: readonly (Choice<T> | Separator)[] | Promise<readonly (Choice<T> | Separator)[]>,
  options: PickOptions,
): Promise<T> {
  const list: Thenable<(Choice<T> | Separator)[]> = Promise.resolve(items).then((found) => [...found]);
  const picked = chosen(await vscode.window.showQuickPick<Choice<T> | Separator>(list, quickPickOptions(options)));
  if (!("value" in picked)) throw new UserCancelledError();
  return picked.value;
}

export interface Separator extends vscode.QuickPickItem {
  readonly kind: vscode.QuickPickItemKind.Separator;
}

export function separator(label: string): Separator {
  return { label, kind: vscode.QuickPickItemKind.Separator };
}

/** Asks for a line of text; `check` answers with what is wrong, or null. */
export async function askText(options: {
  readonly title: string;
  readonly prompt: string;
  readonly placeholder?: string;
  readonly value?: string;
  readonly check?: (value: string) => string | null;
}): Promise<string> {
  const text = await vscode.window.showInputBox({
    title: options.title,
    prompt: options.prompt,
    ...(options.placeholder === undefined ? {} : { placeHolder: options.placeholder }),
    ...(options.value === undefined ? {} : { value: options.value }),
    ignoreFocusOut: true,
    validateInput: (value) => options.check?.(value) ?? null,
  });
  return chosen(text);
}

/** A native modal; answers with the button pressed, throws when it is dismissed. */
export async function askModal<T extends string>(message: string, detail: string, buttons: readonly T[]): Promise<T> {
  const pressed = await vscode.window.showWarningMessage(message, { modal: true, detail }, ...buttons);
  return chosen(pressed);
}

function quickPickOptions(options: PickOptions): vscode.QuickPickOptions {
  return {
    title: options.title,
    placeHolder: options.placeholder,
    matchOnDescription: true,
    matchOnDetail: true,
    ...(options.sticky ? { ignoreFocusOut: true } : {}),
  };
}

function chosen<T>(value: T | undefined): T {
  if (value === undefined) throw new UserCancelledError();
  return value;
}
