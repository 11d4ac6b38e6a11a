import { AzureError, type Azure, type ImmutabilitySummary, type LifecycleSummary } from "../azure/ports.ts";
import { keysOf } from "../environments/encryption.ts";
import type { Environment, Server, Vault, VaultKey } from "../environments/model.ts";

/** A part that was read, or why it was not: parts fail one by one. */
export type Part<T> = { readonly value: T } | { readonly error: PartError };

export interface PartError {
  /** Azure's code, or `vaultNotVisible`. */
  readonly code: string;
  /** A sentence for people. */
  readonly message: string;
}

/** What is read only when somebody opens an environment. */
export interface EnvironmentDetails {
  /** ISO 8601, Azure's time of reading. */
  readonly at: string;
  readonly keys: Part<readonly VaultKey[]>;
  /** Null: the environment has no account, or the account no policy. */
  readonly lifecycle: Part<LifecycleSummary | null>;
  readonly immutability: Part<ImmutabilitySummary | null>;
  /** `azure.extensions` and `max_connections`; empty for a stopped server, which answers nothing else. */
  readonly parameters: Part<Readonly<Record<string, string>>>;
  /** Null unless the server is stopped. */
  readonly stopped: Part<StopClock | null>;
}

export interface StopClock {
  /** From the activity log; null when no stop was found there. */
  readonly stoppedSince: string | null;
  /** Seven days after the stop Azure starts the server by itself (how-to-stop-server). */
  readonly restartsAt: string | null;
}

export const parameterNames = ["azure.extensions", "max_connections"] as const;

const week = 7 * 86_400_000;

interface DetailsRequest {
  readonly environment: Environment;
  /** Vaults of the inventory: the key's vault is found by its name. */
  readonly vaults: readonly Vault[];
  readonly signal?: AbortSignal;
}

/** Reads all parts at once; never rejects except when aborted. */
export async function loadDetails(azure: Azure, request: DetailsRequest): Promise<EnvironmentDetails> {
  const { environment, signal } = request;
  const { server, account } = environment;
  const at = azure.clock.now().toISOString();
  const [keys, lifecycle, immutability, parameters, stopped] = await Promise.all([
    part(() => readKeys(azure, request)),
    part(async () => account && absentAsNull(azure.accounts.lifecycle(account.id, signal))),
    part(async () => account && azure.accounts.immutability(account.id, signal)),
    part(async () => (isRunning(server) ? azure.servers.parameters(server.id, parameterNames, signal) : {})),
    part(async () => (server?.state === "Stopped" ? stopClock(azure, server, signal) : null)),
  ]);
  signal?.throwIfAborted();
  return { at, keys, lifecycle, immutability, parameters, stopped };
}

/** The value of a part, or null when it could not be read. */
export function valueOf<T>(part: Part<T> | undefined): T | null {
  return part !== undefined && "value" in part ? part.value : null;
}

async function part<T>(read: () => Promise<T>): Promise<Part<T>> {
  try {
    return { value: await read() };
  } catch (error) {
    const code = error instanceof AzureError ? error.code : "unexpected";
    return { error: { code, message: error instanceof Error ? error.message : String(error) } };
  }
}

async function readKeys(azure: Azure, request: DetailsRequest): Promise<readonly VaultKey[]> {
  const { environment, vaults, signal } = request;
  const used = new Map(keysOf(environment).map((key) => [`${key.vaultName}/${key.keyName}`.toLowerCase(), key]));
  return Promise.all(
    [...used.values()].map(({ vaultName, keyName }) => azure.keys.get(vaultId(vaults, vaultName), keyName, signal)),
  );
}

function vaultId(vaults: readonly Vault[], name: string): string {
  const vault = vaults.find((one) => one.name.toLowerCase() === name.toLowerCase());
  if (vault) return vault.id;
  const message = `The key vault ${name} is not among the vaults you may read, so its keys are not known.`;
  throw new AzureError("notFound", message, { code: "vaultNotVisible" });
}

async function absentAsNull<T>(reading: Promise<T>): Promise<T | null> {
  try {
    return await reading;
  } catch (error) {
    if (error instanceof AzureError && error.kind === "notFound") return null;
    throw error;
  }
}

function isRunning(server: Server | null): server is Server {
  return server !== null && !["Stopped", "Stopping", "Starting", "Dropping"].includes(server.state ?? "");
}

async function stopClock(azure: Azure, server: Server, signal: AbortSignal | undefined): Promise<StopClock> {
  const since = new Date(azure.clock.now().getTime() - week - 86_400_000);
  const events = await azure.scopes.activity(server.id, since, signal);
  const stop = events.find((event) => isStop(event.operation) && /succe|accepted|started/i.test(event.status));
  const stoppedSince = stop?.at ?? null;
  const time = Date.parse(stoppedSince ?? "");
  return { stoppedSince, restartsAt: Number.isNaN(time) ? null : new Date(time + week).toISOString() };
}

function isStop(operation: string): boolean {
  return operation.toLowerCase().endsWith("/flexibleservers/stop/action");
}
