import { AzureError } from "../azure/ports.ts";
import type { Environment } from "../environments/model.ts";
import { environmentReport, reportWarnings, type ReportFacts, type Warning } from "../environments/report.ts";
import type { EnvironmentDetails, Part } from "../inventory/details.ts";
import { readFleet } from "./connect.ts";
import { environmentLines, type Reported } from "./environmentsText.ts";
import { exit, type ExitCode } from "./exitCodes.ts";
import { couldNotBeRead } from "./findEnvironment.ts";
import { mapLimited } from "./mapLimited.ts";
import type { Running } from "./operate.ts";
import { openStore } from "./operationsCommand.ts";
import { readRecentlyChanged } from "./recent.ts";
import { wrapped } from "./wrap.ts";

/** The fleet: one JSON document, or a table, what needs somebody, and the parts that could not be read. */
export async function environments(json: boolean, running: Running): Promise<ExitCode> {
  const { session, terminal, connecting } = running;
  const { inventory, azure } = session;
  await readFleet(session, running);
  const older = await readRecentlyChanged((await openStore(connecting)).list(), running);
  const reports = await readReports(running);
  const { snapshot, coverage } = inventory;
  if (json) {
    const warnings = snapshot.problems.map(({ scope, code, message }) => ({ scope, code, message }));
    terminal.document({
      sandbox: azure.sandbox,
      asOf: coverage.read === 0 && coverage.unread.length > 0 ? null : snapshot.asOf,
      environments: reports.map(({ environment, facts }) => environmentReport(environment, facts)),
      warnings: [...warnings, ...older, ...reports.flatMap(caveats)],
    });
  } else {
    for (const line of environmentLines(reports, terminal.columns)) terminal.line(line);
    for (const { label, message } of snapshot.problems) tell(`${label}: ${message}`, terminal);
    for (const { message } of older) tell(message, terminal);
  }
  if (reports.length > 0) return exit.done;
  if (coverage.unread.length === 0) return say("No environments found.", exit.done, running);
  if (coverage.read === 0) return say("The environments could not be read.", exit.failed, running);
  return say(`No environments found in what could be read. ${couldNotBeRead(coverage.unread)}`, exit.done, running);
}

/** The same document when nothing could be read. */
export function unreadDocument(
  sandbox: boolean,
  { code, message }: { readonly code: string; readonly message: string },
): unknown {
  return { sandbox, asOf: null, environments: [], warnings: [{ scope: "all", code, message }] };
}

async function readReports({ session, terminal }: Running): Promise<readonly Reported[]> {
  const all = session.inventory.snapshot.environments;
  let done = 0;
  return mapLimited(all, async (environment) => {
    const facts = await factsOf(environment, session);
    done += 1;
    if (done % progressEvery === 0) terminal.waiting(`Reading keys and parameters: ${done} of ${all.length}`);
    return { environment, facts };
  });
}

const progressEvery = 100;

async function factsOf(environment: Environment, session: Running["session"]): Promise<ReportFacts> {
  const { inventory, prices, azure } = session;
  const details = await inventory.details(environment.id).catch(signedOutOnly);
  return {
    serverMetrics: environment.server === null ? null : inventory.serverMetrics(environment.server.id),
    accountMetrics: environment.account === null ? null : inventory.accountMetrics(environment.account.id),
    prices: await prices.table(environment.location),
    keys: valueOf(details?.keys) ?? [],
    parameters: valueOf(details?.parameters),
    stopped: valueOf(details?.stopped),
    now: azure.clock.now(),
  };
}

function caveats({ environment, facts }: Reported): readonly Warning[] {
  return reportWarnings(environment, facts);
}

function signedOutOnly(cause: unknown): EnvironmentDetails | null {
  if (cause instanceof AzureError && cause.kind !== "auth") return null;
  throw cause;
}

function valueOf<T>(part: Part<T> | undefined): T | null {
  return part !== undefined && "value" in part ? part.value : null;
}

function tell(text: string, terminal: Running["terminal"]): void {
  for (const line of wrapped([text], terminal.columns)) terminal.error(line);
}

function say(text: string, code: ExitCode, { terminal }: Running): ExitCode {
  for (const line of wrapped([text], terminal.columns)) code === exit.done ? terminal.line(line) : terminal.error(line);
  return code;
}
