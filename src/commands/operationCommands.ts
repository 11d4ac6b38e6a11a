import * as vscode from "vscode";
import { plainText } from "../environments/text.ts";
import type { OperationRecord } from "../operations/model.ts";
import { pickOne } from "../platform/prompts.ts";
import { isOpen, statusWord } from "../tree/operationRows.ts";
import type { Session } from "../tree/session.ts";
import type { CommandContext, Handler } from "./context.ts";
import { operationDocument } from "./operationDocument.ts";
import { targetsOf } from "./targets.ts";

/** Ends the waiting, not the operation: Azure goes on, and it can be looked at again. */
export function stopWaiting({ sessions }: CommandContext): Handler {
  return async (...args) => {
    const session = await sessions.open();
    const record = await operationFor(session, args, (one) => isOpen(one) && one.followedHere);
    session.operations.stopWaiting(record.id);
  };
}

/** Looks at an operation nobody follows; reads only, sends nothing. */
export function resumeOperation({ sessions }: CommandContext): Handler {
  return async (...args) => {
    const session = await sessions.open();
    const record = await operationFor(session, args, isOpen);
    await session.operations.resume(record.id);
  };
}

/** What was planned and confirmed, or for an operation of another window what its record tells. */
export function showPlan(context: CommandContext): Handler {
  return async (...args) => {
    const session = await context.sessions.open();
    const record = await operationFor(session, args, () => true);
    const text = context.plans.get(record.id) ?? operationDocument(record);
    await context.documents.show(`${plainText(record.title)}.plan.md`, text);
  };
}

export function copyOperationId({ sessions }: CommandContext): Handler {
  return async (...args) => {
    const session = await sessions.open();
    const { id } = await operationFor(session, args, () => true);
    await vscode.env.clipboard.writeText(id);
    vscode.window.setStatusBarMessage(vscode.l10n.t("Copied"), 2000);
  };
}

async function operationFor(
  session: Session,
  args: readonly unknown[],
  fits: (record: OperationRecord) => boolean,
): Promise<OperationRecord> {
  const id = targetsOf(args)[0]?.operationId ?? args.find((arg) => typeof arg === "string");
  const known = typeof id === "string" ? session.operations.get(id) : null;
  if (known !== null) return known;
  const fitting = session.operations.list().filter(fits);
  if (fitting.length === 0) throw new Error(vscode.l10n.t("No operation fits that now."));
  const items = fitting.map((record) => ({
    label: plainText(record.title),
    description: statusWord(record),
    detail: record.id,
    value: record,
  }));
  return pickOne(items, { title: vscode.l10n.t("Operations"), placeholder: vscode.l10n.t("Choose an operation") });
}
