import type { Finding, Server } from "../environments/model.ts";
import { error, info, keyFindings, movingStates, stateFindings } from "../environments/guards.ts";
import { alreadySo } from "../environments/guardsScale.ts";
import { restartReceipt, startReceipt, stopReceipt } from "../environments/receipts.ts";
import type { PlanFacts } from "./facts.ts";
import type { PlanStep } from "./model.ts";
import { actionOf, before, commonFindings, receiptFacts, toStep, type Describe, type Draft } from "./plan.ts";

/** Stops the primary first, then its replicas (concepts-read-replicas.md@441b9c8). */
export function planStop(facts: PlanFacts, describe: Describe): Draft {
  const { server, replicas } = facts;
  const steps = [server, ...replicas].filter(isNot("Stopped")).map((one) => powerStep("stop", one, describe));
  const findings = steps.length === 0 ? [alreadySo(`${server.name} is already stopped.`)] : stopFindings(facts);
  return { steps, findings, receipt: stopReceipt(receiptFacts(facts)) };
}

/** Starts replicas first, then the primary. */
export function planStart(facts: PlanFacts, describe: Describe): Draft {
  const { server, replicas } = facts;
  const steps = [...replicas, server].filter(isNot("Ready")).map((one) => powerStep("start", one, describe));
  const findings = steps.length === 0 ? [alreadySo(`${server.name} is already running.`)] : startFindings(facts);
  return { steps, findings, receipt: startReceipt(receiptFacts(facts)) };
}

/** Restarts the primary, where HA is on and it is asked by a planned failover. */
export function planRestart(facts: PlanFacts, failover: boolean, describe: Describe): Draft {
  const { server } = facts;
  const change = { kind: "restart", id: server.id, failover: failover ? "PlannedFailover" : null } as const;
  const step = toStep(
    { change, title: `Restart ${server.name}`, before: before(server, {}), expect: { state: "Ready" } },
    describe,
  );
  const findings = [
    ...stateFindings(server, "restart"),
    ...(failover ? failoverFindings(server) : []),
    ...commonFindings(facts, [actionOf(change)]),
  ];
  return { steps: [step], findings, receipt: restartReceipt(receiptFacts(facts), failover) };
}

function powerStep(kind: "stop" | "start", server: Server, describe: Describe): PlanStep {
  const expect = { state: kind === "stop" ? "Stopped" : "Ready" };
  const title = `${kind === "stop" ? "Stop" : "Start"} ${server.name}`;
  return toStep({ change: { kind, id: server.id }, title, before: before(server, expect), expect }, describe);
}

function stopFindings(facts: PlanFacts): readonly Finding[] {
  const running = [facts.server, ...facts.replicas].filter(isNot("Stopped"));
  const action = actionOf({ kind: "stop", id: facts.server.id });
  return [
    ...running.flatMap((one) => stateFindings(one, "stop")),
    ...failingOver(facts.server),
    ...commonFindings(facts, [action]),
  ];
}

function startFindings(facts: PlanFacts): readonly Finding[] {
  const asleep = [...facts.replicas, facts.server].filter(isNot("Ready"));
  const key =
    facts.server.state === "Stopped"
      ? keyFindings(facts.server, { key: facts.key, pinnedVersion: null, now: facts.now })
      : [];
  const action = actionOf({ kind: "start", id: facts.server.id });
  return [...asleep.flatMap((one) => stateFindings(one, "start")), ...key, ...commonFindings(facts, [action])];
}

function failoverFindings({ name, highAvailability }: Server): readonly Finding[] {
  if (highAvailability.mode === "none") {
    return [
      error("noHighAvailability", `${name} has no high availability: there is no standby to fail over to.`, null),
    ];
  }
  if (highAvailability.state === null || highAvailability.state === "Healthy") return [];
  return [
    error(
      "standbyNotHealthy",
      `The standby of ${name} is ${highAvailability.state}, not Healthy: a planned failover is not possible now.`,
      null,
    ),
  ];
}

/** `FailingOver` is one of Azure's words for the pair's state (ServerHAState, api-version 2025-08-01). */
function failingOver({ name, highAvailability }: Server): readonly Finding[] {
  if (highAvailability.state !== "FailingOver") return [];
  return [error("serverBusy", `${name} is failing over to its standby. Wait until it is done, then plan again.`, null)];
}

function isNot(state: "Ready" | "Stopped"): (server: Server) => boolean {
  return (server) => server.state !== state;
}

/** A plan of an intent that is already being carried out: its findings about a moving server do not count. */
export function joined(findings: readonly Finding[]): readonly Finding[] {
  const rest = findings.filter(
    ({ severity, code }) => severity !== "error" || !(code === "serverBusy" || code === "serverNotReady"),
  );
  return [
    info("alreadyRunning", "The same operation is already going on: this one joins it and sends nothing.", null),
    ...rest,
  ];
}

export function isMoving({ state }: Server): boolean {
  return state !== null && movingStates.has(state);
}
