import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Environment } from "../../src/environments/model.ts";
import { Inventory } from "../../src/inventory/inventory.ts";
import type { OperationRecord, Plan } from "../../src/operations/model.ts";
import { Operations } from "../../src/operations/operations.ts";
import type { OperationRequest } from "../../src/operations/request.ts";
import { serverFacts, shows, tagFacts } from "../../src/operations/observe.ts";
import { shippedPrices, type PriceTable } from "../../src/sizing/prices.ts";
import { openTestSandbox, type TestSandbox } from "../azure/support.ts";

/** Each operation on an environment of the demo fleet where it is possible. */
export const subjects: Readonly<Record<string, { readonly environment: string; readonly request: OperationRequest }>> =
  {
    stop: { environment: "search-dev", request: { operation: "stop" } },
    start: { environment: "billing-test", request: { operation: "start" } },
    restart: { environment: "search-dev", request: { operation: "restart", failover: false } },
    scale: { environment: "search-dev", request: { operation: "scale", sku: "Standard_D4ds_v5" } },
    configure: { environment: "search-dev", request: { operation: "configure", backupRetentionDays: 21 } },
    tag: { environment: "search-dev", request: { operation: "tag", class: "uat" } },
  };

export interface Scene {
  readonly sandbox: TestSandbox;
  readonly operations: Operations;
  readonly environment: Environment;
  readonly plan: Plan;
  another(): Operations;
  /** Whether the sandbox's own state shows what the plan wanted, read past every fault. */
  took(): Promise<boolean>;
  /** Authenticated writes by method and path: one a step at most. */
  writesByTarget(): readonly number[];
  close(): void;
}

/** The demo fleet behind real adapters, with one operation planned. */
export async function openScene(name: string): Promise<Scene> {
  const { environment: wanted, request } = subjects[name] as (typeof subjects)[string];
  const sandbox = await openTestSandbox({ backOffMs: 2, requestMs: 400 });
  const { azure } = sandbox;
  const stateDir = mkdtempSync(join(tmpdir(), "engram-faults-"));
  const opened: Operations[] = [];
  const another = (): Operations => {
    const prices = async (): Promise<PriceTable> => shippedPrices("eastus") as PriceTable;
    const made = new Operations({ azure, stateDir, prices, log: () => undefined });
    opened.push(made);
    return made;
  };
  const inventory = new Inventory({
    azure,
    cache: { read: async () => null, write: async () => undefined },
    pins: () => [],
    log: () => undefined,
  });
  inventory.setShown([]);
  await inventory.refresh();
  const environment = inventory.find(wanted);
  inventory.dispose();
  const operations = another();
  const plan = await operations.plan(request, environment);
  const already = sandbox.writes().length;
  return {
    sandbox,
    operations,
    environment,
    plan,
    another,
    took: async () => {
      sandbox.faults([]);
      const facts = await Promise.all(plan.steps.map(async ({ change }) => factsOf(sandbox, change.id)));
      return plan.steps.every(({ expect }, index) => shows(facts[index] ?? {}, expect));
    },
    writesByTarget: () => {
      const counts = new Map<string, number>();
      for (const { method, path } of sandbox.writes().slice(already)) {
        const key = `${method} ${path.toLowerCase()}`;
        counts.set(key, (counts.get(key) ?? 0) + 1);
      }
      return [...counts.values()];
    },
    close: () => {
      for (const one of opened) one.dispose();
      sandbox.close();
      rmSync(stateDir, { recursive: true, force: true });
    },
  };
}

async function factsOf({ azure }: TestSandbox, id: string) {
  if (/storageaccounts/i.test(id)) return tagFacts(await azure.accounts.get(id));
  return serverFacts(await azure.servers.get(id));
}

export async function runPlan({ operations, plan }: Scene): Promise<OperationRecord> {
  return operations.run(plan);
}
