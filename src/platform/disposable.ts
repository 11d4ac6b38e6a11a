import type * as vscode from "vscode";

/** Owns what was created together; disposes in reverse order, and at once what arrives after its own end. */
export class Disposables implements vscode.Disposable {
  private readonly items: vscode.Disposable[] = [];
  private ended = false;

  add<T extends vscode.Disposable>(item: T): T {
    if (this.ended) item.dispose();
    else this.items.push(item);
    return item;
  }

  dispose(): void {
    this.ended = true;
    for (const item of this.items.splice(0).reverse()) item.dispose();
  }
}

/** Runs the action at most once per quiet period, after the last call. */
export function debounce(milliseconds: number, action: () => void): (() => void) & vscode.Disposable {
  let timer: NodeJS.Timeout | undefined;
  const call = (): void => {
    clearTimeout(timer);
    timer = setTimeout(action, milliseconds);
  };
  return Object.assign(call, { dispose: () => clearTimeout(timer) });
}
