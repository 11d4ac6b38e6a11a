import type * as vscode from "vscode";
import type { Boundary } from "../platform/boundary.ts";
import type { Log } from "../platform/log.ts";
import type { ReadonlyDocuments } from "../platform/readonlyDocuments.ts";
import type { DisplayStore } from "../tree/displayStore.ts";
import type { Sessions } from "../tree/sessions.ts";

/** What commands work with; built once by the composition root. */
export interface CommandContext {
  readonly sessions: Sessions;
  readonly display: DisplayStore;
  readonly documents: ReadonlyDocuments;
  readonly boundary: Boundary;
  readonly log: Log;
  /** Remembers the last choices of this workspace. */
  readonly memory: Pick<vscode.Memento, "get" | "update">;
  /** What was planned for operations begun in this window, by operation id: Markdown. */
  readonly plans: Map<string, string>;
}

/** What VS Code hands a command: nothing, the clicked row, or the clicked row and all selected ones. */
export type Handler = (...args: readonly unknown[]) => unknown;
