import * as vscode from "vscode";

/** One when-clause context key; sends a value only when it changed. */
export class ContextKey<V extends string | boolean> {
  private readonly name: string;
  private value: V | undefined;

  constructor(name: string) {
    this.name = name;
  }

  set(value: V): void {
    if (value === this.value) return;
    this.value = value;
    void vscode.commands.executeCommand("setContext", this.name, value);
  }
}
