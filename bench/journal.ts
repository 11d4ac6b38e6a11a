import { closeSync, fsyncSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Journal } from "../src/operations/journal.ts";
import { figure, median, timed, type Figure } from "./figure.ts";

const rounds = 200;

/** What a durable intent costs before a request may leave, against the same bytes written and synced bare. */
export async function journal(): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), "engram-bench-"));
  try {
    const written = Journal.create(folder, "bench", "bench-operation");
    if (written === null) throw new Error("The journal exists already.");
    const intent = {
      state: "intent",
      step: 0,
      resourceId: `/subscriptions/${"0".repeat(100)}`,
      preImage: { state: "Ready", sku: "Standard_D4ds_v5" },
    } as const;
    const bare = openSync(join(folder, "bare"), "a", 0o600);
    const line = `${"x".repeat(420)}\n`;
    // alternating, so that both meet the same disk
    const appended: number[] = [];
    const baseline: number[] = [];
    for (let round = 0; round < rounds; round++) {
      appended.push(...(await timed(1, () => written.append(intent, new Date()))));
      baseline.push(
        ...(await timed(1, () => {
          writeSync(bare, line);
          fsyncSync(bare);
        })),
      );
    }
    closeSync(bare);
    written.close();
    const value = median(appended);
    return [
      figure({ name: "journal: intent made durable, median", value, unit: "ms", baseline: median(baseline), goal: 50 }),
      figure({
        name: "journal: intent made durable, 99th of 100",
        value: late(appended),
        unit: "ms",
        baseline: late(baseline),
        goal: 50,
      }),
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function late(times: readonly number[]): number {
  const sorted = [...times].sort((left, right) => left - right);
  return sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN;
}
