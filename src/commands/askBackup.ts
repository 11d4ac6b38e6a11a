import * as vscode from "vscode";
import type { Environment } from "../environments/model.ts";
import { pickOne } from "../platform/prompts.ts";
import { age } from "../tree/format.ts";

/** Before a scale: an on-demand backup where the disk allows one; otherwise the way back is the restore point shown. */
export async function askBackup(environments: readonly Environment[], now: Date): Promise<boolean> {
  const point = restorePoint(environments, now);
  // Premium SSD v2 takes no on-demand backups (reference/features-and-corrections.md 85).
  const possible = environments.every(({ server }) => server?.storage?.type !== "PremiumV2_LRS");
  if (!possible) return false;
  const items = [
    { label: vscode.l10n.t("Scale without a new backup"), detail: point, value: false },
    {
      label: vscode.l10n.t("Back up first"),
      detail: vscode.l10n.t("Makes an on-demand backup and verifies it, then scales. It counts as backup storage."),
      value: true,
    },
  ];
  return pickOne(items, {
    title: vscode.l10n.t("Scale"),
    placeholder: vscode.l10n.t("The way back, should it be needed"),
  });
}

function restorePoint(environments: readonly Environment[], now: Date): string {
  const earliest = environments
    .map(({ server }) => server?.backup?.earliestRestore ?? null)
    .find((iso) => iso !== null);
  const back = age(earliest ?? null, now);
  return back === null
    ? vscode.l10n.t("Whether a point-in-time restore is possible is not known.")
    : vscode.l10n.t("Azure can restore any moment since {0} into a new server.", back);
}
