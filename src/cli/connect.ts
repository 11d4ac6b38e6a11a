import { existsSync, readFileSync, realpathSync } from "node:fs";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { AzureError, type Azure } from "../azure/ports.ts";
import type { CacheStore } from "../inventory/cache.ts";
import { Inventory } from "../inventory/inventory.ts";
import { PriceBook } from "../inventory/prices.ts";
import { Operations } from "../operations/operations.ts";
import { defaultSandboxState, defaultStateDir, privateFolder, sandboxStateDir } from "../operations/stateDir.ts";
import type { Connecting } from "./connecting.ts";
import { UsageError } from "./exitCodes.ts";
import { openIdentity } from "./identity.ts";
import type { Terminal } from "./terminal.ts";

/** Everything one command works with. */
export interface Session {
  readonly azure: Azure;
  readonly inventory: Inventory;
  readonly prices: PriceBook;
  readonly operations: Operations;
  dispose(): void;
}

/** Opens Azure or the sandbox. Rejects with `UsageError` or `AzureError` of kind `auth`. */
export async function openSession(connecting: Connecting, log: (line: string) => void): Promise<Session> {
  const stateDir = privateFolder(journalFolder(connecting));
  const azure = connecting.sandbox ? await openLocalAzure(connecting) : await openIdentity(connecting.identity);
  const prices = new PriceBook({
    prices: azure.prices,
    clock: azure.clock,
    cache: fileStore(join(stateDir, "prices.json")),
    log,
  });
  const inventory = new Inventory({ azure, cache: noCache, pins: () => [], log });
  const operations = new Operations({
    azure,
    stateDir,
    prices: (location) => prices.table(location),
    findVault: (name) => inventory.findVault(name),
    log,
  });
  const dispose = (): void => {
    operations.dispose();
    inventory.dispose();
  };
  return { azure, inventory, prices, operations, dispose };
}

/** Reads the fleet. Rejects with `AzureError` of kind `auth` when nothing could be read for want of a sign-in. */
export async function readFleet({ inventory }: Session, { stop, terminal }: Watching): Promise<void> {
  const told = tellSlowReading(inventory, terminal);
  try {
    await inventory.refresh(stop);
  } finally {
    told.dispose();
  }
  const { environments, problems } = inventory.snapshot;
  const signIn = problems.find(({ remedy }) => remedy === "signIn");
  if (environments.length > 0 || signIn === undefined) return;
  throw new AzureError("auth", `Sign in first, for instance with az login. ${signIn.message}`, { code: signIn.code });
}

interface Watching {
  readonly stop: AbortSignal;
  readonly terminal: Pick<Terminal, "waiting">;
}

/** A fleet of thousands takes many seconds: silence would look like a hang. */
function tellSlowReading(inventory: Inventory, terminal: Watching["terminal"]): { dispose(): void } {
  const timer = setInterval(() => {
    const { length } = inventory.snapshot.environments;
    terminal.waiting(length === 0 ? "Reading the environments" : `Reading the environments: ${length} so far`);
  }, slowReadingMs);
  return { dispose: () => clearInterval(timer) };
}

const slowReadingMs = 2_000;

/** The sandbox's operations live apart, one folder a state file. */
export function journalFolder(connecting: Connecting): string {
  const stateDir = defaultStateDir();
  return connecting.sandbox ? sandboxStateDir(stateDir, stateFileOf(connecting)) : stateDir;
}

async function openLocalAzure(connecting: Connecting): Promise<Azure> {
  const { openSandbox } = await import("../azure/index.ts");
  const { speed, faultsFile, fleet } = connecting;
  const stateFile = stateFileOf(connecting);
  await mkdir(dirname(stateFile), { recursive: true, mode: 0o700 });
  return openSandbox({
    stateFile,
    serverCommand: sandboxCommand(),
    ...(speed === null ? {} : { speed }),
    ...(faultsFile === null ? {} : { faultsFile: readable(faultsFile) }),
    ...(fleet === null ? {} : { fleet }),
  });
}

function stateFileOf({ stateFile }: Connecting): string {
  return resolve(stateFile ?? defaultSandboxState(defaultStateDir()));
}

/** The sandbox beside this program: the bundle of a build, or the sources. */
export function sandboxCommand(): readonly string[] {
  const here = dirname(realpathSync(process.argv[1] ?? "."));
  const candidates = [join(here, "sandbox.cjs"), join(here, "..", "..", "sandbox", "main.ts")];
  const found = candidates.find((path) => existsSync(path));
  if (found === undefined) throw new UsageError(`The sandbox is not there: ${candidates[0]}. Run npm run build.`);
  return [process.execPath, found];
}

function readable(path: string): string {
  try {
    JSON.parse(readFileSync(path, "utf8"));
    return resolve(path);
  } catch (cause) {
    throw new UsageError(`--faults ${path}: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
}

const noCache: CacheStore = { read: () => Promise.resolve(null), write: () => Promise.resolve() };

/** Written beside and renamed, so that a kill leaves the old text. */
function fileStore(path: string): CacheStore {
  return {
    read: () => readFile(path, "utf8").catch(() => null),
    write: async (text) => {
      const own = `${path}.${process.pid}`;
      await writeFile(own, text, { mode: 0o600 });
      await rename(own, path);
    },
  };
}
