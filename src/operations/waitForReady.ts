import { AzureError, type Azure } from "../azure/ports.ts";
import { movingStates } from "../environments/guards.ts";
import type { Environment } from "../environments/model.ts";
import { stableJson } from "./hash.ts";
import type { OperationRecord, Plan, PlanStep } from "./model.ts";
import { refusalOf } from "./planner.ts";
import { PlanRefused, type OperationRequest } from "./request.ts";

/** *Wait and continue*: what is wanted, and who is told meanwhile. */
export interface WaitForReady {
  readonly request: OperationRequest;
  readonly environment: Environment;
  /** Ends the waiting; after that nothing is sent. */
  readonly signal: AbortSignal;
  /** Whose state is waited for, a sentence. */
  waiting?(text: string): void;
  /** Given each operation as it begins: a refused one is followed by the next. Resolves when it is not followed any more. */
  follow?(id: string): Promise<OperationRecord>;
}

/** The part of `Operations` that this needs. */
export interface WaitingEngine {
  plan(request: OperationRequest, environment: Environment): Promise<Plan>;
  begin(plan: Plan): string;
  settled(id: string): Promise<OperationRecord>;
  /** Whether Azure refused because it is busy, and nothing it accepted is left undone. */
  isRefusedAsBusy(record: OperationRecord): boolean;
}

/** Re-reads this often, for this long (reliability.md 3.1), in Azure's time. */
const everyMs = 15_000;
const patienceMs = 30 * 60_000;
/** A server that looks ready and still refuses is asked less and less often: every try is a request and a record. */
const longestPauseMs = 4 * 60_000;

/** Plans when nothing moves any more; after 30 minutes the plan still says `serverBusy`. Rejects when aborted. */
export async function planWhenReady(engine: WaitingEngine, azure: Azure, wait: WaitForReady): Promise<Plan> {
  return planBefore(engine, azure, { wait, until: azure.clock.now().getTime() + patienceMs });
}

/**
 * Carries a plan out; where Azure is busy it waits, plans afresh and goes on only with what was confirmed. Each refusal
 * is an operation of its own, closed before the next one's intent is written. Throws `PlanRefused` as `begin` does, and
 * `changedSincePlanned` when the fresh plan is another one.
 */
export async function runWhenReady(
  engine: WaitingEngine,
  azure: Azure,
  { plan, wait }: { readonly plan: Plan; readonly wait: WaitForReady },
): Promise<OperationRecord> {
  const until = azure.clock.now().getTime() + patienceMs;
  let todo = plan;
  for (let pause = everyMs; ; pause = Math.min(pause * 2, longestPauseMs)) {
    const tried = await tryOnce(engine, todo, wait);
    if (tried.kind === "ended" || azure.clock.now().getTime() + pause > until) return outcomeOf(tried);
    wait.waiting?.(tried.text);
    if (!(await pauseFor(azure, pause, wait.signal))) return outcomeOf(tried);
    const fresh = await planBefore(engine, azure, { wait: withoutDoneBackup(wait, todo, tried), until });
    if (refusalOf(fresh)?.code === "serverBusy") return outcomeOf(tried);
    if (!isRest(fresh, todo, doneOf(tried))) throw changed(fresh, tried);
    todo = fresh;
  }
}

type Tried =
  | { readonly kind: "ended"; readonly record: OperationRecord }
  | { readonly kind: "busy"; readonly record: OperationRecord; readonly text: string }
  | { readonly kind: "taken"; readonly refused: PlanRefused; readonly text: string };

async function tryOnce(engine: WaitingEngine, plan: Plan, wait: WaitForReady): Promise<Tried> {
  try {
    const id = engine.begin(plan);
    const record = await (wait.follow?.(id) ?? engine.settled(id));
    if (!engine.isRefusedAsBusy(record)) return { kind: "ended", record };
    return { kind: "busy", record, text: record.error?.message ?? record.phase };
  } catch (cause) {
    // Another window's operation holds the server: the same waiting.
    if (!(cause instanceof PlanRefused) || cause.code !== "serverBusy") throw cause;
    return { kind: "taken", refused: cause, text: cause.message };
  }
}

function outcomeOf(tried: Tried): OperationRecord {
  if (tried.kind === "taken") throw tried.refused;
  return tried.record;
}

function doneOf(tried: Tried): number {
  return tried.kind === "taken" ? 0 : tried.record.steps.done;
}

interface Until {
  readonly wait: WaitForReady;
  readonly until: number;
}

async function planBefore(engine: WaitingEngine, azure: Azure, { wait, until }: Until): Promise<Plan> {
  for (;;) {
    const plan = await engine.plan(wait.request, wait.environment);
    const refused = refusalOf(plan);
    if (refused?.code !== "serverBusy" || azure.clock.now().getTime() >= until) return plan;
    wait.waiting?.(refused.message);
    do await azure.clock.sleep(everyMs, wait.signal);
    while ((await isAnyMoving(azure, wait.environment)) && azure.clock.now().getTime() < until);
  }
}

/** A server that cannot be read now counts as moving; signed out ends the waiting. */
async function isAnyMoving({ servers }: Azure, { server, replicas }: Environment): Promise<boolean> {
  const ids = [server, ...replicas].flatMap((one) => (one === null ? [] : [one.id]));
  try {
    const read = await Promise.all(ids.map((id) => servers.get(id)));
    return read.some(({ state }) => state !== null && movingStates.has(state));
  } catch (cause) {
    if (cause instanceof AzureError && cause.kind !== "auth") return true;
    throw cause;
  }
}

async function pauseFor({ clock }: Azure, milliseconds: number, signal: AbortSignal): Promise<boolean> {
  try {
    await clock.sleep(milliseconds, signal);
    return !signal.aborted;
  } catch (cause) {
    if (signal.aborted) return false;
    throw cause;
  }
}

/** A backup that was made before the refusal is not made again. */
function withoutDoneBackup(wait: WaitForReady, plan: Plan, tried: Tried): WaitForReady {
  const { request } = wait;
  if (request.operation !== "scale" || plan.steps[0]?.change.kind !== "backup" || doneOf(tried) === 0) return wait;
  return { ...wait, request: { ...request, backupFirst: false } };
}

/** Whether a fresh plan is exactly what is left of the confirmed one. */
function isRest(fresh: Plan, plan: Plan, done: number): boolean {
  if (done === 0) return fresh.planHash === plan.planHash;
  return stableJson(fresh.steps.map(approved)) === stableJson(plan.steps.slice(done).map(approved));
}

function approved({ change, before, expect }: PlanStep): Pick<PlanStep, "change" | "before" | "expect"> {
  return { change, before, expect };
}

function changed(fresh: Plan, tried: Tried): PlanRefused {
  const done = doneOf(tried);
  const steps =
    done === 0 ? "Nothing was sent" : `${done === 1 ? "1 step is" : `${done} steps are`} done, the rest was not sent`;
  const message = `${fresh.environment.name} changed while it was waited for. ${steps}; look at the plan again.`;
  return new PlanRefused("state", "changedSincePlanned", message);
}
