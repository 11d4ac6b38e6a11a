import * as vscode from "vscode";
import { plainText } from "../environments/text.ts";
import { pickOne, askText } from "../platform/prompts.ts";
import type { SubscriptionChoice } from "../tree/session.ts";
import type { CommandContext, Handler } from "./context.ts";
import { targetsOf } from "./targets.ts";

/** Signs in, or with another account; ends with a visible outcome either way. */
export function signIn({ sessions }: CommandContext): Handler {
  return async () => {
    const session = await sessions.open();
    if (!(await session.remote.signIn(null)))
      throw new Error(vscode.l10n.t("The sign-in was not finished. Nothing has changed."));
    await sessions.reopen();
  };
}

/** Signs in to one tenant: the row's, or one named by its id. */
export function signInToTenant({ sessions }: CommandContext): Handler {
  return async (...args) => {
    const session = await sessions.open();
    const tenantId = targetsOf(args)[0]?.tenantId ?? (await askTenant());
    if (!(await session.remote.signIn(tenantId)))
      throw new Error(vscode.l10n.t("The sign-in to the tenant was not finished."));
    await sessions.reopen();
  };
}

function askTenant(): Promise<string> {
  return askText({
    title: vscode.l10n.t("Sign In to Tenant"),
    prompt: vscode.l10n.t("Tenant id (a GUID), for instance from the portal’s Microsoft Entra ID page"),
    placeholder: "00000000-0000-0000-0000-000000000000",
    check: (text) =>
      /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text.trim())
        ? null
        : vscode.l10n.t("A GUID of 36 characters."),
  });
}

/** Which subscriptions are looked into; none checked means all. Kept in the user's settings. */
export function selectSubscriptions({ sessions }: CommandContext): Handler {
  return async () => {
    const session = await sessions.open();
    if (session.sandbox) throw new Error(vscode.l10n.t("The sandbox always shows all of its subscriptions."));
    const configuration = vscode.workspace.getConfiguration("engram");
    const selected = configuration.inspect<readonly string[]>("azure.subscriptions")?.globalValue ?? [];
    const items = session.remote.subscriptions().then((found) => found.map((one) => toItem(one, selected)));
    const picked = await vscode.window.showQuickPick(items, {
      title: vscode.l10n.t("Select Subscriptions"),
      placeHolder: vscode.l10n.t("Checked ones are looked into; none checked means all"),
      canPickMany: true,
      matchOnDescription: true,
    });
    if (picked === undefined) return;
    await configuration.update(
      "azure.subscriptions",
      picked.map(({ value }) => value),
      vscode.ConfigurationTarget.Global,
    );
  };
}

function toItem({ id, name, tenantId, account }: SubscriptionChoice, selected: readonly string[]) {
  const value = `${tenantId}/${id}`;
  return {
    label: plainText(name),
    description: plainText(account ?? ""),
    detail: id,
    value,
    picked: selected.includes(value),
  };
}

/** The local Azure: everything can be tried, nothing leaves the machine. */
export function openSandbox({ sessions }: CommandContext): Handler {
  return async () => {
    await sessions.reopen("sandbox");
    await vscode.commands.executeCommand("engram.environments.focus");
  };
}

export function leaveSandbox({ sessions }: CommandContext): Handler {
  return async () => {
    await sessions.reopen("azure");
  };
}

/** Lets Azure's time pass in the sandbox, for instance until a stopped server starts by itself. */
export function advanceSandboxClock({ sessions }: CommandContext): Handler {
  return async (...args) => {
    const session = await sessions.open();
    const given = args.find((arg) => typeof arg === "string");
    const duration = given ?? (await pickDuration());
    await session.remote.advanceClock(duration);
    await session.inventory.refresh();
  };
}

function pickDuration(): Promise<string> {
  return pickOne(
    [
      { label: vscode.l10n.t("5 minutes"), value: "PT5M" },
      { label: vscode.l10n.t("1 hour"), value: "PT1H" },
      { label: vscode.l10n.t("1 day"), value: "P1D" },
      { label: vscode.l10n.t("7 days"), detail: vscode.l10n.t("A stopped server starts by itself"), value: "P7D" },
    ],
    {
      title: vscode.l10n.t("Advance Sandbox Clock"),
      placeholder: vscode.l10n.t("How much time passes in the sandbox"),
    },
  );
}
