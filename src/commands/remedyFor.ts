import * as vscode from "vscode";
import type { Remedy } from "../platform/boundary.ts";

/** The command that helps against an error, null where the sentence itself says what to do. Structural: see `errorText`. */
export function remedyFor(error: unknown): Remedy | null {
  const kind = typeof error === "object" && error !== null && "kind" in error ? error.kind : null;
  return kind === "auth" ? { title: vscode.l10n.t("Sign In"), command: "engram.signIn" } : null;
}
