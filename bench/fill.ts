import { createSandboxAzure } from "../src/azure/index.ts";
import { Inventory } from "../src/inventory/inventory.ts";
import { startSandbox, type SandboxProcess } from "../test/support/contract/sandboxProcess.ts";
import { blockFigures, watchLoop, type Block } from "./blocks.ts";
import type { Figure } from "./figure.ts";
import { log, replay, type Sent } from "./fleet.ts";

const rounds = 5;
/** Rows on a large screen: only these are measured. */
const shown = 50;

/** How long the tree's model holds the event loop while it fills, from nothing and from its cache. */
export async function fill(): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const count of [500, 2_000]) figures.push(...(await fillOf(count)));
  return figures;
}

async function fillOf(count: number): Promise<readonly Figure[]> {
  const sandbox = await startSandbox(["--fleet", String(count), "--latency", "50"], { ENGRAM_SANDBOX_RECORD: "" });
  try {
    const found: Round[] = [];
    for (let at = 0; at <= rounds; at += 1) found.push(await round(sandbox));
    const blocks = (of: keyof Round): readonly Block[] => found.slice(1).map((one) => one[of]);
    const of = `${count} environments: longest block of the event loop`;
    return [
      ...blockFigures({ name: `${of}, filled from Azure`, found: blocks("empty"), bare: blocks("bareEmpty") }),
      ...blockFigures({ name: `${of}, filled from the cache`, found: blocks("cached"), bare: blocks("bareCached") }),
    ];
  } finally {
    await sandbox.stop();
  }
}

/** The bare ones are the same requests by fetch and JSON.parse, and the cache by JSON.parse. */
interface Round {
  readonly empty: Block;
  readonly bareEmpty: Block;
  readonly cached: Block;
  readonly bareCached: Block;
}

async function round(sandbox: SandboxProcess): Promise<Round> {
  const before = (await log(sandbox)).length;
  let text: string | null = null;
  const cache = { read: async () => text, write: async (next: string) => void (text = next) };
  const azure = await createSandboxAzure(sandbox);
  const open = (): Inventory => new Inventory({ azure, cache, pins: () => [], log: () => undefined });
  const empty = await blockOf(open(), async (inventory) => {
    inventory.setShown([]);
    await inventory.refresh();
    inventory.setShown(inventory.snapshot.environments.slice(0, shown).map(({ id }) => id));
    await inventory.refreshMetrics();
  });
  const cached = await blockOf(open(), (inventory) => inventory.loadCache());
  const sent: readonly Sent[] = (await log(sandbox)).slice(before);
  const lines = String(text ?? "").split("\n");
  const loop = watchLoop();
  for (const line of lines) if (line !== "") JSON.parse(line);
  const bareCached = await loop.stop();
  return { empty, cached, bareCached, bareEmpty: (await replay(sandbox, sent)).block };
}

async function blockOf(inventory: Inventory, work: (inventory: Inventory) => Promise<void>): Promise<Block> {
  const loop = watchLoop();
  await work(inventory);
  const block = await loop.stop();
  inventory.dispose();
  return block;
}
