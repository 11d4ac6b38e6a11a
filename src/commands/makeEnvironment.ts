import * as vscode from "vscode";
import type { Environment } from "../environments/model.ts";
import { parseTeamFile, teamFileName, withPin, writeTeamFile } from "../inventory/teamFile.ts";
import { askText, pickOne } from "../platform/prompts.ts";
import type { CommandContext, Handler } from "./context.ts";
import { operate, refuseReadOnly } from "./operate.ts";
import { pickClass } from "./setClass.ts";
import { environmentsFor } from "./targets.ts";

type Pin = Parameters<typeof withPin>[1];

/** Gives what belongs together a name and a class: as tags in Azure, or in the team's file in this workspace. */
export function makeEnvironment(context: CommandContext): Handler {
  return async (...args) => {
    refuseReadOnly();
    const session = await context.sessions.open();
    const title = vscode.l10n.t("Make Environment");
    const [environment] = await environmentsFor(session, args, {
      title,
      fits: () => true,
      none: vscode.l10n.t("There is no environment."),
    });
    if (environment === undefined) return;
    const name = await askText({
      title,
      prompt: vscode.l10n.t("Name of the environment"),
      value: environment.name,
      check: checkName,
    });
    const cls = await pickClass(title);
    if ((await pickPlace(title)) === "file") return writePin(toPin(environment, name, cls));
    const request = { operation: "tag", name, class: cls } as const;
    await operate(context, session, {
      environments: [environment],
      work: { request, verb: vscode.l10n.t("Write Tags") },
    });
  };
}

function checkName(name: string): string | null {
  return /^[^\p{Cc}\p{Cf}]{1,200}$/u.test(name.trim())
    ? null
    : vscode.l10n.t("1 to 200 characters, no control characters.");
}

function pickPlace(title: string): Promise<"tags" | "file"> {
  return pickOne<"tags" | "file">(
    [
      {
        label: vscode.l10n.t("Tags in Azure"),
        detail: vscode.l10n.t("For everyone who sees the resources; needs the right to tag"),
        value: "tags",
      },
      {
        label: teamFileName,
        detail: vscode.l10n.t("For everyone who has this workspace; reviewed like code"),
        value: "file",
      },
    ],
    { title, placeholder: vscode.l10n.t("Where to write it") },
  );
}

function toPin({ server, account }: Environment, name: string, cls: Pin["class"]): Pin {
  if (server === null)
    throw new Error(vscode.l10n.t("The team’s file names environments by their server; this one has none."));
  return { name: name.trim(), class: cls, server: server.id, account: account?.id ?? null };
}

/** Opens the changed file unsaved: saving it is the confirmation. */
async function writePin(pin: Pin): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0];
  if (folder === undefined) throw new Error(vscode.l10n.t("Open the team’s folder first: the file belongs into it."));
  if (!vscode.workspace.isTrusted)
    throw new Error(vscode.l10n.t("Trust the workspace first: its team file is not read in Restricted Mode."));
  const uri = vscode.Uri.joinPath(folder.uri, teamFileName);
  const exists = await vscode.workspace.fs.stat(uri).then(
    () => true,
    () => false,
  );
  const document = await vscode.workspace.openTextDocument(exists ? uri : uri.with({ scheme: "untitled" }));
  const pins = document.getText().trim() === "" ? [] : parseTeamFile(document.getText());
  const edit = new vscode.WorkspaceEdit();
  edit.replace(document.uri, new vscode.Range(0, 0, document.lineCount, 0), writeTeamFile(withPin(pins, pin)));
  await vscode.workspace.applyEdit(edit);
  await vscode.window.showTextDocument(document);
}
