import { createSandboxAzure } from "../src/azure/index.ts";
import { Inventory } from "../src/inventory/inventory.ts";
import { startSandbox, type SandboxProcess } from "../test/support/contract/sandboxProcess.ts";
import { blockFigures, watchLoop, type Block } from "./blocks.ts";
import { figure, type Figure } from "./figure.ts";

const count = 500;
const latency = 50;
/** The most rows a page of Resource Graph may have. */
const pageRows = 1_000;

/** 500 environments behind 50 ms: how soon they are there, what a refresh asks of Azure, how long the loop is held. */
export async function fleet(): Promise<readonly Figure[]> {
  const sandbox = await startSandbox(["--fleet", String(count), "--latency", String(latency)], {
    ENGRAM_SANDBOX_RECORD: "",
  });
  try {
    const cold = await refreshOnce(sandbox);
    const warm = await refreshOnce(sandbox);
    const replayed = await replay(sandbox, warm.sent);
    return figures({ cold, warm, replayed });
  } finally {
    await sandbox.stop();
  }
}

export interface Sent {
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly body: { readonly resourceids?: readonly string[] } | null;
}

interface Run {
  readonly first: number;
  readonly whole: number;
  readonly block: Block;
  readonly environments: number;
  readonly sent: readonly Sent[];
}

interface Runs {
  readonly cold: Run;
  readonly warm: Run;
  readonly replayed: { readonly first: number; readonly whole: number; readonly block: Block; readonly rows: number };
}

function figures({ cold, warm, replayed }: Runs): readonly Figure[] {
  const graph = warm.sent.filter(isGraph).length;
  const batches = warm.sent.filter(isBatch);
  const of = `${warm.environments} environments at ${latency} ms`;
  return [
    figure({
      name: `${of}: first ones known, modules cold`,
      value: cold.first,
      unit: "ms",
      baseline: replayed.first,
      goal: 2_000,
    }),
    figure({ name: `${of}: first ones known`, value: warm.first, unit: "ms", baseline: replayed.first, goal: 2_000 }),
    figure({ name: `${of}: refresh with utilization`, value: warm.whole, unit: "ms", baseline: replayed.whole }),
    figure({
      name: `${of}: Resource Graph requests a refresh`,
      value: graph,
      unit: "requests",
      goal: 1 + Math.ceil(replayed.rows / pageRows),
    }),
    figure({
      name: `${of}: metric requests a refresh`,
      value: batches.length,
      unit: "requests",
      goal: fewestBatches(batches),
    }),
    ...blockFigures({
      name: `${of}: longest block of the event loop, modules cold`,
      found: [cold.block],
      bare: [replayed.block],
    }),
    ...blockFigures({ name: `${of}: longest block of the event loop`, found: [warm.block], bare: [replayed.block] }),
  ];
}

/** The tree's model, as the extension builds it. */
async function refreshOnce(sandbox: SandboxProcess): Promise<Run> {
  const before = (await log(sandbox)).length;
  const azure = await createSandboxAzure(sandbox);
  const cache = { read: async () => null, write: async () => undefined };
  const inventory = new Inventory({ azure, cache, pins: () => [], log: () => undefined });
  const loop = watchLoop();
  const start = performance.now();
  let first = Number.NaN;
  inventory.onDidChange(() => {
    if (Number.isNaN(first) && inventory.snapshot.environments.length > 0) first = performance.now() - start;
  });
  await inventory.refresh();
  const whole = performance.now() - start;
  const block = await loop.stop();
  const environments = inventory.snapshot.environments.length;
  inventory.dispose();
  return { first, whole, block, environments, sent: (await log(sandbox)).slice(before) };
}

/** The same requests by bare fetch and JSON.parse: lists one after the other, metrics six at a time. */
export async function replay(sandbox: SandboxProcess, sent: readonly Sent[]): Promise<Runs["replayed"]> {
  const loop = watchLoop();
  const start = performance.now();
  const lists = sent.filter((one) => !isBatch(one));
  let first = Number.NaN;
  let rows = 0;
  for (const one of lists) {
    const answer = await send(sandbox, one);
    if (!isGraph(one)) continue;
    rows += answer.count ?? 0;
    if (Number.isNaN(first)) first = performance.now() - start;
  }
  const left = sent.filter(isBatch);
  await Promise.all(
    Array.from({ length: 6 }, async () => {
      for (let one = left.pop(); one; one = left.pop()) await send(sandbox, one);
    }),
  );
  const whole = performance.now() - start;
  return { first, whole, rows, block: await loop.stop() };
}

async function send(sandbox: SandboxProcess, { method, host, path, query, body }: Sent): Promise<{ count?: number }> {
  const headers = {
    "x-forwarded-host": host,
    "x-sandbox-token": sandbox.token,
    authorization: "Bearer bench",
    "content-type": "application/json",
  };
  const written = body === null ? {} : { body: JSON.stringify(body) };
  const answer = await fetch(`${sandbox.origin}${path}?${new URLSearchParams(query).toString()}`, {
    method,
    headers,
    ...written,
  });
  return (await answer.json()) as { count?: number };
}

export async function log({ origin, token }: SandboxProcess): Promise<readonly Sent[]> {
  return (await (await fetch(`${origin}/_sandbox/log`, { headers: { "x-sandbox-token": token } })).json()) as Sent[];
}

function isGraph({ path }: Sent): boolean {
  return /\/providers\/Microsoft\.ResourceGraph\//i.test(path);
}

function isBatch({ path }: Sent): boolean {
  return path.endsWith("metrics:getBatch");
}

/** ceil(n / 50) for each group of subscription, location, type and what is measured; a resource asked twice is one. */
function fewestBatches(batches: readonly Sent[]): number {
  const groups = new Map<string, Set<string>>();
  for (const { host, path, query, body } of batches) {
    const key = [host, path, query["metricnamespace"], query["metricnames"]].join(" ");
    const asked = (body?.resourceids ?? []).map((id) => id.toLowerCase());
    groups.set(key, new Set([...(groups.get(key) ?? []), ...asked]));
  }
  return [...groups.values()].reduce((sum, { size }) => sum + Math.ceil(size / 50), 0);
}
