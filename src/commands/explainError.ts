import * as vscode from "vscode";

/** One sentence on what to do, where the error itself does not say it; null otherwise. Structural: see `errorText`. */
export function explainError(error: unknown): string | null {
  const kind = typeof error === "object" && error !== null && "kind" in error ? error.kind : null;
  if (kind === "rights")
    return vscode.l10n.t(
      "If you are eligible for the role, activate it in Privileged Identity Management and try again.",
    );
  if (kind === "auth") return vscode.l10n.t("Sign in from the Engram view and try again.");
  if (kind === "offline")
    return vscode.l10n.t("Behind a proxy, look at the settings http.proxy and http.systemCertificates.");
  return null;
}
