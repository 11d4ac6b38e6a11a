import * as vscode from "vscode";
import { plainText } from "../environments/text.ts";
import type { Plan } from "../operations/model.ts";
import { askModal, askText, pickOne } from "../platform/prompts.ts";
import type { CommandContext } from "./context.ts";
import { planDocument, planLines, verdict } from "./planText.ts";

/** Shows what would be done and asks; throws `UserCancelledError` on anything but a clear yes. */
export async function confirmPlans(context: CommandContext, plans: readonly Plan[], verb: string): Promise<void> {
  const guarded = plans.filter(({ typeToConfirm }) => typeToConfirm !== null);
  const yes = guarded.length === 0 ? verb : `${verb}…`;
  const showPlan = vscode.l10n.t("Show Plan");
  const pressed = await askModal(question(plans, verb), detail(plans), [yes, showPlan]);
  if (pressed === showPlan) await confirmBesideDocument(context, plans, yes);
  for (const plan of guarded) await typeName(plan, verb);
}

function question(plans: readonly Plan[], verb: string): string {
  const [first] = plans;
  const title = plans.length === 1 && first ? plainText(first.receipt.title) : `${verb}: ${plans.length} environments`;
  return first?.sandbox ? `SANDBOX: ${title}?` : `${title}?`;
}

function detail(plans: readonly Plan[]): string {
  const [first] = plans;
  if (plans.length === 1 && first) return planLines(first).join("\n");
  const rows = plans.map(
    (plan) =>
      `• ${plainText(plan.environment.name)} (${plan.class}): ${plainText(plan.receipt.title)}, ${verdict(plan)}`,
  );
  return [...rows, "", vscode.l10n.t("Show Plan has each with its cost and the exact request.")].join("\n");
}

/** The document is read first; the answer waits in a list that stays open beside it. */
async function confirmBesideDocument(context: CommandContext, plans: readonly Plan[], yes: string): Promise<void> {
  await context.documents.show(`${plainText(plans[0]?.receipt.title ?? "Plan")}.plan.md`, planDocument(plans));
  await pickOne([{ label: yes, value: true, detail: vscode.l10n.t("Carries out the plan shown in the editor") }], {
    title: question(plans, yes),
    placeholder: vscode.l10n.t("Enter to go on, Escape to leave everything as it is"),
    sticky: true,
  });
}

async function typeName({ typeToConfirm, class: cls, sandbox }: Plan, verb: string): Promise<void> {
  const name = typeToConfirm ?? "";
  const why =
    cls === "unknown" ? vscode.l10n.t("it has no class, so it is treated as prod") : vscode.l10n.t("it is prod");
  await askText({
    title: `${sandbox ? "SANDBOX: " : ""}${verb} ${plainText(name)}`,
    prompt: vscode.l10n.t("Type the name {0} to go on, because {1}.", plainText(name), why),
    placeholder: plainText(name),
    check: (value) => (value === name || value === plainText(name) ? null : vscode.l10n.t("Not the name yet.")),
  });
}
