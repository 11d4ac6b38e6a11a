import assert from "node:assert/strict";
import { readRecentlyChanged } from "../../../src/cli/recent.ts";
import type { OperationRecord } from "../../../src/operations/model.ts";

const record = (id: string, endedAt: string | null, rest: Partial<OperationRecord> = {}): OperationRecord =>
  ({
    status: "succeeded",
    reason: null,
    startedAt: "2026-01-01T00:00:00Z",
    endedAt,
    resources: [{ id }],
    ...rest,
  }) as never;

describe("what was changed just now", () => {
  it("is read itself, once, open operations always, old ones never; what cannot be read is said", async () => {
    const read: string[] = [];
    const inventory = {
      environmentOf: (id: string) => (id === "gone" ? null : { id: `env-${id}` }),
      refreshEnvironment: (id: string) => {
        read.push(id);
        return id === "env-broken" ? Promise.reject(new Error("no")) : Promise.resolve();
      },
    };
    const azure = { clock: { now: () => new Date("2026-11-22T12:00:00Z") } };
    const running = { session: { inventory, azure }, stop: new AbortController().signal } as never;
    const records = [
      record("new", "2026-11-22T11:59:00Z"),
      record("new", "2026-11-22T11:58:00Z"),
      record("old", "2026-11-22T11:00:00Z"),
      record("open", null, { status: "running" }),
      record("gone", "2026-11-22T11:59:00Z"),
      record("broken", "2026-11-22T11:59:00Z"),
    ];
    const warnings = await readRecentlyChanged(records, running);
    assert.deepEqual(read, ["env-new", "env-open", "env-broken"]);
    assert.deepEqual(
      warnings.map(({ scope, code }) => [scope, code]),
      [["env-broken", "rowMayBeOld"]],
    );
  });
});
