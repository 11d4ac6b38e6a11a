import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Operations } from "../../../src/operations/operations.ts";
import { shippedPrices, type PriceTable } from "../../../src/sizing/prices.ts";
import type { FakeAzure } from "../../support/fakeAzure.ts";

export interface Bench {
  readonly stateDir: string;
  readonly lines: string[];
  /** Another window, or the command line: same folder, own memory. */
  another(): Operations;
  readonly operations: Operations;
  clean(): void;
}

export function bench(fake: FakeAzure): Bench {
  const stateDir = mkdtempSync(join(tmpdir(), "engram-operations-"));
  const lines: string[] = [];
  const all: Operations[] = [];
  const another = (): Operations => {
    const prices = async (location: string): Promise<PriceTable> => shippedPrices(location) as PriceTable;
    const made = new Operations({ azure: fake.azure, stateDir, prices, log: (line) => lines.push(line) });
    all.push(made);
    return made;
  };
  const clean = (): void => {
    for (const one of all) one.dispose();
    rmSync(stateDir, { recursive: true, force: true });
  };
  return { stateDir, lines, another, operations: another(), clean };
}
