import type { Environment, Finding } from "../environments/model.ts";
import { error, lockFindings, requestFaults } from "../environments/guards.ts";
import { readFacts, type FactDeps } from "./facts.ts";
import { planHash } from "./hash.ts";
import type { OperationRecord, Plan, PlanStep } from "./model.ts";
import type { Draft } from "./plan.ts";
import { planConfigure, planTag } from "./planConfigure.ts";
import { joined, planRestart, planStart, planStop } from "./planPower.ts";
import { planScale } from "./planScale.ts";
import { checkRequest, PlanRefused, type OperationRequest } from "./request.ts";

export interface PlanDeps extends FactDeps {
  /** Whether an operation with the same intent is open already, here or in another process. */
  isRunning(draft: {
    readonly operation: Plan["operation"];
    readonly environment: { readonly id: string };
    readonly steps: readonly PlanStep[];
  }): boolean;
  /** An operation on the environment that has not ended yet. */
  undecided(): OperationRecord | null;
}

/** Reads Azure afresh and writes the plan; nothing is changed. Throws `PlanRefused` or `AzureError`. */
export async function makePlan(deps: PlanDeps, request: OperationRequest, environment: Environment): Promise<Plan> {
  checkRequest(request);
  const draft = await draftOf(deps, request, environment);
  const target = { operation: request.operation, environment: { id: environment.id, name: environment.name } };
  const running = draft.steps.length > 0 && deps.isRunning({ ...target, steps: draft.steps });
  const findings = running ? joined(draft.findings) : [...notDecided(deps.undecided(), request), ...draft.findings];
  const blocked = findings.some(({ severity }) => severity === "error");
  const steps = blocked ? [] : draft.steps;
  return {
    ...target,
    class: environment.class,
    steps,
    findings,
    receipt: draft.receipt,
    planHash: planHash({ ...target, steps: draft.steps }),
    typeToConfirm: isGuarded(environment) && steps.length > 0 ? environment.name : null,
    madeAt: deps.azure.clock.now().toISOString(),
    sandbox: deps.azure.sandbox,
  };
}

/** Until it is known what became of the last operation, not even *already so* can be said. */
function notDecided(open: OperationRecord | null, { operation }: OperationRequest): readonly Finding[] {
  if (open === null) return [];
  // A stop asked while a stop is being verified wants the same: what the server shows is true for both.
  if (open.kind === operation && (operation === "stop" || operation === "start")) return [];
  const text = `"${open.title}" has not ended yet (${open.id}: ${open.phase}). Wait for it, or resume it, then plan again.`;
  return [error("serverBusy", text, null)];
}

/** Exit class of a plan that cannot run: the first error decides; null when it can. */
export function refusalOf({ findings }: Pick<Plan, "findings">): PlanRefused | null {
  const first = findings.find(({ severity }) => severity === "error");
  if (first === undefined) return null;
  return new PlanRefused(requestFaults.has(first.code) ? "usage" : "state", first.code, first.message);
}

async function draftOf(deps: PlanDeps, request: OperationRequest, environment: Environment): Promise<Draft> {
  if (request.operation === "tag") return draftTags(deps, request, environment);
  if (environment.server === null) {
    throw new PlanRefused(
      "usage",
      "noServer",
      `${environment.name} has no PostgreSQL server: there is nothing to ${request.operation}.`,
    );
  }
  const describe = deps.azure.writer.describe.bind(deps.azure.writer);
  const facts = await readFacts(deps, environment, needsOf(request));
  switch (request.operation) {
    case "stop":
      return planStop(facts, describe);
    case "start":
      return planStart(facts, describe);
    case "restart":
      return planRestart(facts, request.failover, describe);
    case "scale":
      return planScale(facts, request, describe);
    case "configure":
      return planConfigure(facts, request, describe);
  }
}

function needsOf({ operation }: OperationRequest) {
  return {
    capabilities: operation === "scale" || operation === "configure",
    backups: operation === "scale",
    maxConnections: operation === "scale",
    key: operation === "start",
  };
}

async function draftTags(
  deps: PlanDeps,
  request: OperationRequest & { operation: "tag" },
  environment: Environment,
): Promise<Draft> {
  const { azure } = deps;
  const [server, account, actor] = await Promise.all([
    environment.server === null ? null : azure.servers.get(environment.server.id),
    environment.account === null ? null : azure.accounts.get(environment.account.id),
    azure.directory.actor(environment.subscription.tenantId).catch(() => environment.subscription.account ?? "unknown"),
  ]);
  const id = server?.id ?? account?.id;
  if (id === undefined)
    throw new PlanRefused(
      "usage",
      "nothingToTag",
      `${environment.name} has neither a server nor a storage account to tag.`,
    );
  const [locks, permissions] = await Promise.all([
    azure.scopes.locks(id).catch(() => []),
    azure.scopes.permissions(id).catch(() => null),
  ]);
  const namesakes = request.name === undefined ? [] : (deps.findEnvironments?.(request.name) ?? []);
  const fresh = { ...environment, server, account };
  const facts = { environment: fresh, actor, locks: lockFindings(locks), permissions, namesakes };
  return planTag(facts, request, azure.writer.describe.bind(azure.writer));
}

/** `unknown` counts as prod in every guard. */
function isGuarded(environment: Environment): boolean {
  return environment.class === "prod" || environment.class === "unknown";
}
