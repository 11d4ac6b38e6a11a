import * as vscode from "vscode";
import type { EnvironmentClass } from "../environments/model.ts";
import { pickOne } from "../platform/prompts.ts";
import type { CommandContext, Handler } from "./context.ts";
import { operate } from "./operate.ts";
import { environmentsFor } from "./targets.ts";

type KnownClass = Exclude<EnvironmentClass, "unknown">;

/** Says what an environment is for, by its tag; until somebody does it is treated as prod. */
export function setClass(context: CommandContext): Handler {
  return async (...args) => {
    const session = await context.sessions.open();
    const title = vscode.l10n.t("Set Class");
    const environments = await environmentsFor(session, args, {
      title,
      fits: () => true,
      none: vscode.l10n.t("There is no environment."),
    });
    const request = { operation: "tag", class: await pickClass(title) } as const;
    await operate(context, session, { environments, work: { request, verb: vscode.l10n.t("Set Class") } });
  };
}

export function pickClass(title: string): Promise<KnownClass> {
  return pickOne<KnownClass>(
    [
      // The most protective first: Enter alone must not take a guard away.
      {
        label: "prod",
        detail: vscode.l10n.t("Every change asks for the environment’s name to be typed"),
        value: "prod",
      },
      { label: "uat", detail: vscode.l10n.t("As dev; expected to have high availability"), value: "uat" },
      { label: "test", detail: vscode.l10n.t("As dev"), value: "test" },
      { label: "dev", detail: vscode.l10n.t("Stopped and scaled by one confirmation"), value: "dev" },
    ],
    { title, placeholder: vscode.l10n.t("What the environment is for") },
  );
}
