import { createSandboxAzure } from "../src/azure/index.ts";
import type { Resource, Subscription } from "../src/environments/model.ts";
import { recognise } from "../src/environments/recognise.ts";
import { startSandbox } from "../test/support/contract/sandboxProcess.ts";
import { figure, median, timed, type Figure } from "./figure.ts";

/** Grouping resources to environments, against parsing the same resources from JSON. */
export async function recognition(): Promise<readonly Figure[]> {
  const { resources, subscriptions } = await read(500);
  const figures: Figure[] = [];
  for (const copies of [1, 4]) {
    const input = Array.from({ length: copies }, (_, copy) => renamed(resources, copy)).flat();
    const text = JSON.stringify(input);
    const found = recognise(input, subscriptions, []).length;
    const value = median(await timed(15, () => recognise(input, subscriptions, [])));
    const baseline = median(await timed(15, () => JSON.parse(text) as unknown));
    figures.push(figure({ name: `recognising ${found} environments`, value, unit: "ms", baseline, goal: 50 }));
  }
  return figures;
}

async function read(
  count: number,
): Promise<{ resources: readonly Resource[]; subscriptions: readonly Subscription[] }> {
  const sandbox = await startSandbox(["--fleet", String(count)], { ENGRAM_SANDBOX_RECORD: "" });
  try {
    const azure = await createSandboxAzure(sandbox);
    const subscriptions: Subscription[] = [];
    for await (const one of azure.directory.subscriptions()) if (!("scope" in one)) subscriptions.push(one);
    const resources: Resource[] = [];
    for await (const page of azure.inventory.pages(subscriptions)) resources.push(...page.resources);
    return { resources, subscriptions };
  } finally {
    await sandbox.stop();
  }
}

/** The same resources in other resource groups. */
function renamed(resources: readonly Resource[], copy: number): readonly Resource[] {
  if (copy === 0) return resources;
  const text = JSON.stringify(resources).replaceAll(/(\/resourceGroups\/[^/"]+)/gi, `$1-${copy}`);
  const suffixed = (JSON.parse(text) as Resource[]).map((one) => ({
    ...one,
    resourceGroup: `${one.resourceGroup}-${copy}`,
  }));
  return suffixed.map((one) => ({
    ...one,
    tags: Object.fromEntries(
      Object.entries(one.tags).map(([name, value]) => [
        name,
        name === "engram-environment" ? `${value}-${copy}` : value,
      ]),
    ),
  }));
}
