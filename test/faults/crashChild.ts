// The process that is killed: it carries out one plan over ports whose other end is the parent's Azure.
import { AzureError, type Azure } from "../../src/azure/ports.ts";
import type { Plan } from "../../src/operations/model.ts";
import { Operations } from "../../src/operations/operations.ts";
import type { PriceTable } from "../../src/sizing/prices.ts";

interface Answer {
  readonly call: number;
  readonly now: number;
  readonly value?: unknown;
  readonly error?: { readonly kind: never; readonly message: string; readonly sent: "no" | "unknown" };
}

const waiting = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
let calls = 0;
let now = 0;

process.on("message", (answer: Answer) => {
  now = answer.now;
  const one = waiting.get(answer.call);
  waiting.delete(answer.call);
  if (answer.error) one?.reject(new AzureError(answer.error.kind, answer.error.message, { sent: answer.error.sent }));
  else one?.resolve(answer.value);
});

function ask(port: string, ...args: unknown[]): Promise<never> {
  calls += 1;
  const call = calls;
  return new Promise((resolve, reject) => {
    waiting.set(call, { resolve: resolve as (value: unknown) => void, reject });
    process.send?.({ call, port, args });
  });
}

const { plan, stateDir, time } = JSON.parse(process.argv[2] as string) as {
  plan: Plan;
  stateDir: string;
  time: number;
};
now = time;

const azure = {
  sandbox: true,
  clock: { now: () => new Date(now), speed: 1, sleep: (ms: number) => ask("clock.sleep", ms) },
  servers: { get: (id: string) => ask("servers.get", id), backups: (id: string) => ask("servers.backups", id) },
  accounts: { get: (id: string) => ask("accounts.get", id) },
  scopes: { activity: async (id: string, since: Date) => ask("scopes.activity", id, since.toISOString()) },
  writer: { send: (change: unknown) => ask("writer.send", change) },
  operations: { poll: (url: string) => ask("operations.poll", url) },
} as unknown as Azure;

const prices = async (): Promise<PriceTable> => ({}) as PriceTable;
const operations = new Operations({ azure, stateDir, prices, log: () => undefined });
await operations.run(plan);
process.disconnect();
