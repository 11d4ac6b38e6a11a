import { AzureError } from "../azure/ports.ts";
import { encryptionStatus } from "../environments/encryption.ts";
import type { Environment } from "../environments/model.ts";
import { environmentReport, reportWarnings, type ReportFacts, type Warning } from "../environments/report.ts";
import type { EnvironmentDetails, Part } from "../inventory/details.ts";
import { readFleet } from "./connect.ts";
import { exit, type ExitCode } from "./exitCodes.ts";
import type { Running } from "./operate.ts";
import { table } from "./table.ts";

/** How many environments' details are read side by side. */
const together = 8;

/** The fleet: one JSON document, or a table and the parts that could not be read. */
export async function environments(json: boolean, { session, terminal, stop }: Running): Promise<ExitCode> {
  const { inventory, azure } = session;
  await readFleet(session, stop);
  const { snapshot } = inventory;
  const warnings = snapshot.problems.map(({ scope, code, message }) => ({ scope, code, message }));
  if (json) {
    const reports = await mapLimited(snapshot.environments, (one) => report(one, { session, terminal, stop }));
    terminal.document({
      sandbox: azure.sandbox,
      asOf: snapshot.asOf,
      environments: reports.map(({ row: one }) => one),
      warnings: [...warnings, ...reports.flatMap((one) => one.warnings)],
    });
    return exit.done;
  }
  for (const line of table([heading, ...snapshot.environments.map((one) => row(one, session))])) terminal.line(line);
  if (snapshot.environments.length === 0) terminal.line("No environments found.");
  for (const { label, message } of snapshot.problems) terminal.error(`${label}: ${message}`);
  return exit.done;
}

/** The same document when nothing could be read. */
export function unreadDocument(
  sandbox: boolean,
  { code, message }: { readonly code: string; readonly message: string },
): unknown {
  return { sandbox, asOf: null, environments: [], warnings: [{ scope: "all", code, message }] };
}

interface Reported {
  readonly row: unknown;
  readonly warnings: readonly Warning[];
}

async function report(environment: Environment, { session }: Running): Promise<Reported> {
  const { inventory, prices, azure } = session;
  const details = await inventory.details(environment.id).catch(signedOutOnly);
  const facts: ReportFacts = {
    serverMetrics: environment.server === null ? null : inventory.serverMetrics(environment.server.id),
    accountMetrics: environment.account === null ? null : inventory.accountMetrics(environment.account.id),
    prices: await prices.table(environment.location),
    keys: valueOf(details?.keys) ?? [],
    parameters: valueOf(details?.parameters),
    stopped: valueOf(details?.stopped),
    now: azure.clock.now(),
  };
  return { row: environmentReport(environment, facts), warnings: reportWarnings(environment, facts) };
}

function signedOutOnly(cause: unknown): EnvironmentDetails | null {
  if (cause instanceof AzureError && cause.kind !== "auth") return null;
  throw cause;
}

function valueOf<T>(part: Part<T> | undefined): T | null {
  return part !== undefined && "value" in part ? part.value : null;
}

const heading = [
  "NAME",
  "CLASS",
  "STATE",
  "SIZE",
  "STORAGE",
  "CPU",
  "MEMORY",
  "DISK",
  "CONNECTIONS",
  "ENCRYPTION",
  "LOCATION",
];

function row(environment: Environment, { inventory, azure }: Running["session"]): readonly string[] {
  const { server } = environment;
  const metrics = server === null ? null : inventory.serverMetrics(server.id);
  const encryption = encryptionStatus(environment, [], azure.clock.now());
  return [
    environment.name,
    environment.class,
    server?.state ?? "–",
    server?.sku?.name.replace(/^Standard_/, "") ?? "–",
    server?.storage ? `${server.storage.sizeGiB} GiB` : "–",
    ...[metrics?.cpu, metrics?.memory, metrics?.storage, metrics?.connections].map(percent),
    `${owner(encryption.server)}/${owner(encryption.account)}`,
    environment.location,
  ];
}

function percent(value: number | null | undefined): string {
  return value === null || value === undefined ? "–" : `${Math.round(value * 100)} %`;
}

function owner(word: string): string {
  return word === "customerKey" ? "CMK" : word === "serviceKey" ? "service" : "?";
}

async function mapLimited<T, R>(items: readonly T[], each: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  const queue = [...items.entries()];
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) results[next[0]] = await each(next[1]);
  };
  await Promise.all(Array.from({ length: together }, work));
  return results;
}
