import type { Change, RequestDescription } from "../azure/ports.ts";
import type { Finding, Server } from "../environments/model.ts";
import { classFindings, deploymentFindings, lockFindings, rightsFindings } from "../environments/guards.ts";
import type { Receipt, ReceiptFacts } from "../environments/receipts.ts";
import type { PlanFacts } from "./facts.ts";
import type { PlanStep } from "./model.ts";
import { pick, serverFacts } from "./observe.ts";

/** What a planner decides; `finish` in operations.ts turns it into a `Plan`. */
export interface Draft {
  readonly steps: readonly PlanStep[];
  readonly findings: readonly Finding[];
  readonly receipt: Receipt;
}

/** Writes a change as a request, without sending it. */
export type Describe = (change: Change) => RequestDescription;

export interface StepParts {
  readonly change: Change;
  readonly title: string;
  readonly before: Readonly<Record<string, unknown>>;
  readonly expect: Readonly<Record<string, unknown>>;
}

export function toStep(parts: StepParts, describe: Describe): PlanStep {
  return { ...parts, request: describe(parts.change) };
}

/** The preconditions of a change to a server: its state and the facts that change. */
export function before(server: Server, expect: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return pick(serverFacts(server), [...new Set(["state", ...Object.keys(expect)])]);
}

/** Guards that every operation passes: locks, rights, running deployments, the class, what could not be read. */
export function commonFindings(facts: PlanFacts, actions: readonly string[]): readonly Finding[] {
  const rights =
    facts.permissions === null
      ? []
      : rightsFindings({ permissions: facts.permissions, actions, resource: facts.server.name });
  return [
    ...lockFindings(facts.locks),
    ...rights,
    ...deploymentFindings(facts.deployments),
    ...classFindings(facts.environment.class),
    ...facts.unread,
  ];
}

/** The RBAC action a change needs (Azure RBAC: Microsoft.DBforPostgreSQL resource provider operations). */
export function actionOf(change: Change): string {
  const server = "Microsoft.DBforPostgreSQL/flexibleServers";
  if (change.kind === "mergeTags") return "Microsoft.Resources/tags/write";
  if (change.kind === "updateServer") return `${server}/write`;
  if (change.kind === "backup") return `${server}/backups/write`;
  return `${server}/${change.kind}/action`;
}

export function receiptFacts(facts: PlanFacts): ReceiptFacts {
  const { environment, server, replicas, prices, replicaPrices, actor } = facts;
  return { environment, server, replicas, prices, replicaPrices, actor };
}
