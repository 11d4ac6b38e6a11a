import type { OperationRecord, Plan } from "../operations/model.ts";
import { refusalOf } from "../operations/planner.ts";
import { PlanRefused } from "../operations/request.ts";
import type { WaitForReady } from "../operations/waitForReady.ts";
import type { Approval, Command } from "./commandLine.ts";
import type { Connecting } from "./connecting.ts";
import { readFleet, type Session } from "./connect.ts";
import { exit, exitOf, UsageError, type ExitCode } from "./exitCodes.ts";
import { findEnvironment } from "./findEnvironment.ts";
import { planDocument, planLines } from "./planText.ts";
import { quoted, resumeCommand } from "./programName.ts";
import { resultDocument, resultLines, unsentDocument } from "./results.ts";
import { tellLines, type Terminal } from "./terminal.ts";

type Operate = Extract<Command, { command: "operate" }>;

export interface Running {
  readonly session: Session;
  readonly terminal: Terminal;
  /** Aborted by Ctrl+C. */
  readonly stop: AbortSignal;
  /** As the command line had it: commands that are suggested need the same. */
  readonly connecting: Connecting;
}

/** Refuses, before Azure is asked anything, what could not be confirmed. */
export function checkApproval({ planOnly, yes }: Approval, terminal: Terminal): void {
  if (planOnly || yes || terminal.interactive) return;
  throw new UsageError(
    "There is no terminal to ask on: add --yes (and --confirm NAME for production), or --plan to look.",
    "confirmationNeeded",
  );
}

/** Plan, confirm, carry out, tell. */
export async function operate(command: Operate, running: Running): Promise<ExitCode> {
  const { session, terminal } = running;
  const { approval, request, json } = command;
  session.inventory.setShown([]);
  await readFleet(session, running);
  const environment = findEnvironment(session.inventory, command.environment);
  const { operations } = session;
  const wait = approval.wait ? waiting({ request, environment }, running) : null;
  const plan = await (wait === null ? operations.plan(request, environment) : operations.planWhenReady(wait));
  if (approval.planOnly) return show(plan, command, terminal);
  const refused = refusalOf(plan);
  if (refused !== null) throw withHint(refused, approval);
  if (plan.steps.length === 0) return alreadySo(plan, json, terminal);
  if (approval.apply !== null && approval.apply !== plan.planHash) throw changed(approval.apply, plan);
  checkConfirmation(plan, approval, terminal);
  tellLines(planLines(plan), terminal);
  await confirm(plan, approval, terminal);
  const record = await carryOut(plan, wait, running);
  if (operations.isRefusedAsBusy(record) && wait === null) terminal.error(waitHint);
  return tell(record, json, running);
}

const waitHint = "Add --wait to wait until Azure is ready and then go on.";

function withHint(refused: PlanRefused, { wait }: Approval): PlanRefused {
  if (refused.code !== "serverBusy" || wait) return refused;
  return new PlanRefused(refused.kind, refused.code, `${refused.message} ${waitHint}`);
}

function waiting(
  wanted: Pick<WaitForReady, "request" | "environment">,
  { session: { operations }, terminal, stop }: Running,
): WaitForReady {
  return {
    ...wanted,
    signal: stop,
    waiting: (text) => terminal.progress(`Waiting: ${text}`),
    follow: (id) => followToEnd(id, { operations, terminal, stop }),
  };
}

/** Follows to the end, or to Ctrl+C: then Azure goes on and the record stays. */
async function carryOut(plan: Plan, wait: WaitForReady | null, running: Running): Promise<OperationRecord> {
  const { operations } = running.session;
  running.stop.throwIfAborted();
  if (wait !== null) return operations.runWhenReady(plan, wait);
  return followToEnd(operations.begin(plan), { ...running, operations });
}

export async function followToEnd(
  id: string,
  {
    operations,
    terminal,
    stop,
  }: { readonly operations: Session["operations"]; readonly terminal: Terminal; readonly stop: AbortSignal },
): Promise<OperationRecord> {
  const show = (changed: string): void => {
    const record = operations.get(id);
    if (changed === id && record?.status === "running") terminal.progress(`${record.title}: ${record.phase}`);
  };
  const halt = (): void => operations.stopWaiting(id);
  const listening = operations.onDidChange(show);
  stop.addEventListener("abort", halt, { once: true });
  if (stop.aborted) halt();
  try {
    show(id);
    return await operations.settled(id);
  } finally {
    stop.removeEventListener("abort", halt);
    listening.dispose();
  }
}

function tell(record: OperationRecord, json: boolean, { terminal, connecting }: Running): ExitCode {
  if (json) terminal.document(resultDocument(record));
  tellLines(resultLines(record, resumeCommand(record.id, connecting)), terminal);
  return exitOf(record);
}

function show(plan: Plan, { json, approval }: Operate, terminal: Terminal): ExitCode {
  void approval;
  if (json) terminal.document(planDocument(plan));
  else tellLines(planLines(plan), terminal);
  const refused = refusalOf(plan);
  if (refused === null) return exit.done;
  if (refused.kind === "usage") return exit.usage;
  return refused.code === "serverBusy" ? exit.busy : exit.failed;
}

function alreadySo(plan: Plan, json: boolean, terminal: Terminal): ExitCode {
  const said = plan.findings.find(({ code }) => code === "alreadySo")?.message ?? "Already so.";
  const { operation: kind, environment, sandbox } = plan;
  const named = { environment: environment.name, environmentId: environment.id };
  if (json) terminal.document(unsentDocument({ kind, ...named, status: "succeeded", error: null, sandbox }));
  terminal.line(`${said} Nothing was sent.`);
  return exit.done;
}

function changed(hash: string, plan: Plan): PlanRefused {
  const message = `The plan changed since it was shown: it was ${hash.slice(0, 12)}…, it is ${plan.planHash.slice(0, 12)}…. Nothing was sent; look at --plan again.`;
  return new PlanRefused("state", "changedSincePlanned", message);
}

/** Refuses what nobody can confirm any more, before the whole plan is printed. */
function checkConfirmation(plan: Plan, { yes, confirm: given }: Approval, terminal: Terminal): void {
  const { typeToConfirm } = plan;
  if (given !== null && given !== plan.environment.name) {
    throw new UsageError(
      `--confirm says "${given}", the environment is "${plan.environment.name}". Nothing was sent.`,
      "notConfirmed",
    );
  }
  if (yes && typeToConfirm !== null && given === null && !terminal.interactive) {
    throw new UsageError(
      `${plan.environment.name} is ${plan.class === "prod" ? "production" : "without a class and treated as production"}: add --confirm ${quoted(plan.environment.name)}. Nothing was sent.`,
      "confirmationNeeded",
    );
  }
}

/** Production and unknown class: the environment's name has to be typed, or given by --confirm beside --yes. */
async function confirm(plan: Plan, { yes, confirm: given }: Approval, terminal: Terminal): Promise<void> {
  const { typeToConfirm } = plan;
  if (yes && (typeToConfirm === null || given === typeToConfirm)) return;
  const question = typeToConfirm === null ? "Go on? Type yes:" : `Type ${typeToConfirm} to go on:`;
  const answer = (await terminal.ask(question))?.trim() ?? "";
  const wanted = typeToConfirm === null ? /^y(es)?$/i.test(answer) : answer === typeToConfirm;
  if (!wanted) throw new UsageError("Not confirmed: nothing was sent.", "notConfirmed");
}
