import * as vscode from "vscode";
import type { Environment } from "../environments/model.ts";
import { plainText } from "../environments/text.ts";
import type { Plan } from "../operations/model.ts";
import type { OperationRequest } from "../operations/request.ts";
import { errorText } from "../platform/errors.ts";
import { machineSetting } from "../platform/settings.ts";
import type { Session } from "../tree/session.ts";
import { confirmPlans } from "./confirmPlans.ts";
import type { CommandContext } from "./context.ts";
import { followOperations, type Begun } from "./followOperations.ts";
import { isRefused, planDocument, verdict } from "./planText.ts";

export interface Work {
  readonly request: OperationRequest;
  /** On the button: `Stop`. */
  readonly verb: string;
}

/**
 * Plan, show, confirm, begin: the way of every change, for one environment or for several at once. Nothing is sent
 * before the confirmation. Returns when the operations have begun; they are followed in the background.
 */
export async function operate(
  context: CommandContext,
  session: Session,
  { environments, work }: { readonly environments: readonly Environment[]; readonly work: Work },
): Promise<void> {
  refuseReadOnly();
  const plans = await makePlans(session, environments, work.request);
  const ready = plans.filter((plan) => !isRefused(plan) && plan.steps.length > 0);
  if (ready.length === 0) return nothingToDo(plans);
  await confirmPlans(context, ready.length === plans.length ? ready : plans, work.verb);
  const begun = ready.map((plan) => begin(context, session, plan));
  followOperations(context, session, begun);
}

export function refuseReadOnly(): void {
  if (!machineSetting("readOnly", false)) return;
  throw new Error(vscode.l10n.t("Engram is read-only here (setting engram.readOnly). Nothing was sent."));
}

function makePlans(
  session: Session,
  environments: readonly Environment[],
  request: OperationRequest,
): Thenable<readonly Plan[]> {
  return vscode.window.withProgress({ location: { viewId: "engram.environments" } }, () =>
    Promise.all(environments.map((environment) => session.operations.plan(request, environment))),
  );
}

function nothingToDo(plans: readonly Plan[]): void {
  const refused = plans.filter(isRefused);
  const reasons = (refused.length > 0 ? refused : plans).map(
    (plan) => `${plainText(plan.environment.name)}: ${plainText(verdict(plan))}`,
  );
  const [only] = plans;
  if (refused.length > 0) throw new Error(plans.length === 1 && only ? plainText(verdict(only)) : reasons.join(" "));
  void vscode.window.showInformationMessage(vscode.l10n.t("Nothing to do. {0}", reasons.join(", ")));
}

/** One refused start does not keep the others from starting. */
function begin(context: CommandContext, session: Session, plan: Plan): Begun {
  try {
    const id = session.operations.begin(plan);
    context.plans.set(id, planDocument([plan]));
    return { name: plan.environment.name, id, refused: null };
  } catch (error) {
    return { name: plan.environment.name, id: null, refused: errorText(error) };
  }
}
