import { OperationStore } from "../operations/store.ts";
import { isOpen } from "../operations/records.ts";
import type { Command } from "./commandLine.ts";
import type { Connecting } from "./connecting.ts";
import { journalFolder } from "./connect.ts";
import { exit, exitOf, UsageError, type ExitCode } from "./exitCodes.ts";
import { followToEnd, type Running } from "./operate.ts";
import { resumeCommand } from "./programName.ts";
import { operationsTable, resultDocument, resultLines } from "./results.ts";
import { tellLines, type Terminal } from "./terminal.ts";

type Listing = Extract<Command, { command: "operations" }>;

/** What the journal knows. Azure is not asked, so that it works signed out. */
export async function listOperations(command: Listing, terminal: Terminal): Promise<ExitCode> {
  const store = await openStore(command.connecting);
  if (command.all) await store.loadOlder();
  const records = store.list();
  if (command.json) terminal.document(records.map(resultDocument));
  else for (const line of operationsTable(records, terminal.columns)) terminal.line(line);
  if (store.olderCount > 0) terminal.error(`${store.olderCount} older operations are kept and not listed: add --all.`);
  return exit.done;
}

/** Puts a tampered journal away as it is, so that its operation may be planned again. */
export async function acknowledge(command: Listing, terminal: Terminal): Promise<ExitCode> {
  const store = await openStore(command.connecting);
  const record = store.get(command.id ?? "");
  if (record === null) throw unknown(command.id);
  if (record.reason !== "tampered")
    throw new UsageError(
      `${record.id} is whole: only an operation whose journal was damaged is put away.`,
      "notTampered",
    );
  store.acknowledge(record.id);
  if (command.json) terminal.document(resultDocument(record));
  terminal.line(`Put away as it is: ${record.id}.`);
  return exit.done;
}

/** Goes on watching one operation, or all that are unfinished. Nothing is ever sent. */
export async function resumeOperations(
  command: Listing,
  { session, terminal, stop, connecting }: Running,
): Promise<ExitCode> {
  const { operations } = session;
  const known = (await openStore(command.connecting)).list();
  if (command.id !== null && !known.some(({ id }) => id === command.id)) throw unknown(command.id);
  const wanted = known.filter((one) => one.id === command.id || (command.id === null && isOpen(one)));
  await operations.resumeStarted(command.id ?? undefined);
  const settled = await Promise.all(wanted.map(({ id }) => followToEnd(id, { operations, terminal, stop })));
  const [first] = settled;
  if (command.json)
    terminal.document(command.id === null ? settled.map(resultDocument) : resultDocument(first as never));
  for (const record of settled) tellLines(resultLines(record, resumeCommand(record.id, connecting)), terminal);
  if (settled.length === 0) terminal.line("Nothing is unfinished.");
  return settled.map(exitOf).reduce((worst, code) => (code > worst ? code : worst), exit.done as ExitCode);
}

/** The journals of this Azure, read now. */
export async function openStore(connecting: Connecting): Promise<OperationStore> {
  const ignore = (): void => undefined;
  const store = new OperationStore(journalFolder(connecting), {
    live: () => null,
    changed: ignore,
    log: ignore,
    now: () => new Date(),
  });
  await store.refresh();
  return store;
}

function unknown(id: string | null): UsageError {
  return new UsageError(`There is no operation ${id ?? ""}.`, "unknownOperation");
}
