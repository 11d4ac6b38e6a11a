import * as vscode from "vscode";
import { plainText } from "../environments/text.ts";
import type { OperationRecord } from "../operations/model.ts";
import type { Session } from "../tree/session.ts";
import type { CommandContext } from "./context.ts";

export interface Begun {
  readonly name: string;
  readonly id: string | null;
  readonly refused: string | null;
}

/** A success is only worth a notification when the person has turned to something else meanwhile. */
const quietMilliseconds = 10_000;

/** Follows in the background, with progress in the view, and ends in at most one notification for all. */
export function followOperations(context: CommandContext, session: Session, begun: readonly Begun[]): void {
  const startedAt = performance.now();
  const ids = begun.flatMap(({ id }) => id ?? []);
  const settled = vscode.window.withProgress({ location: { viewId: "engram.operations" } }, () =>
    Promise.all(ids.map((id) => session.operations.settled(id))),
  );
  void context.boundary.run("follow", async () => {
    const records = await settled;
    tell(context, { records, begun, elapsed: performance.now() - startedAt });
  });
}

interface Outcome {
  readonly records: readonly OperationRecord[];
  readonly begun: readonly Begun[];
  readonly elapsed: number;
}

function tell(context: CommandContext, { records, begun, elapsed }: Outcome): void {
  const bad = [
    ...begun.flatMap(({ name, refused }) => (refused === null ? [] : [`${plainText(name)}: ${plainText(refused)}`])),
    ...records
      .filter(({ status }) => status === "failed" || status === "canceled" || status === "unknown")
      .map(sentence),
  ];
  const done = records.filter(({ status }) => status === "succeeded");
  if (bad.length > 0) return tellTrouble(context, bad, done.length);
  const looking = vscode.window.state.focused && elapsed < quietMilliseconds;
  if (done.length === 0 || looking) return;
  const what = done.length === 1 ? plainText(done[0]?.title ?? "") : vscode.l10n.t("{0} operations", done.length);
  void vscode.window.showInformationMessage(vscode.l10n.t("Done and verified: {0}", what));
}

function tellTrouble(context: CommandContext, bad: readonly string[], done: number): void {
  const show = vscode.l10n.t("Show Operations");
  const showLog = vscode.l10n.t("Show Log");
  const rest = done === 0 ? "" : ` ${vscode.l10n.t("The other {0} succeeded.", done)}`;
  void vscode.window.showErrorMessage(`${bad.join(" ")}${rest}`, show, showLog).then((pressed) => {
    if (pressed === show) void vscode.commands.executeCommand("engram.operations.focus");
    if (pressed === showLog) context.log.show();
  });
}

function sentence({ title, status, error }: OperationRecord): string {
  const what = plainText(title);
  if (status === "unknown")
    return vscode.l10n.t("{0}: the outcome is unknown. Check it again in Operations; nothing is sent twice.", what);
  const why = error === null ? "" : ` ${plainText(error.message, 500)} (${plainText(error.code)})`;
  return status === "canceled"
    ? vscode.l10n.t("{0} was canceled.{1}", what, why)
    : vscode.l10n.t("{0} failed.{1}", what, why);
}
