import { createSandboxAzure } from "../src/azure/index.ts";
import { Inventory } from "../src/inventory/inventory.ts";
import { startSandbox, type SandboxProcess } from "../test/support/contract/sandboxProcess.ts";
import { watchLoop } from "./blocks.ts";
import { figure, median, type Figure } from "./figure.ts";

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
    const blocks = { empty: [] as number[], cached: [] as number[] };
    await round(sandbox);
    for (let at = 0; at < rounds; at += 1) {
      const { empty, cached } = await round(sandbox);
      blocks.empty.push(empty);
      blocks.cached.push(cached);
    }
    const of = `${count} environments: longest block of the event loop`;
    return [
      figure({ name: `${of}, filled from Azure`, value: median(blocks.empty), unit: "ms", goal: 50 }),
      figure({ name: `${of}, filled from the cache`, value: median(blocks.cached), unit: "ms", goal: 50 }),
    ];
  } finally {
    await sandbox.stop();
  }
}

async function round(sandbox: SandboxProcess): Promise<{ readonly empty: number; readonly cached: number }> {
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
  return { empty, cached: await blockOf(open(), (inventory) => inventory.loadCache()) };
}

async function blockOf(inventory: Inventory, work: (inventory: Inventory) => Promise<void>): Promise<number> {
  const loop = watchLoop();
  await work(inventory);
  const block = await loop.stop();
  inventory.dispose();
  return block;
}
