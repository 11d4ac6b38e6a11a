import assert from "node:assert/strict";
import type { OperationStatus } from "../../src/operations/model.ts";
import { openScene, runPlan, subjects } from "./support.ts";

interface FaultCase {
  readonly name: string;
  readonly when: "before" | "afterCommit" | "body" | "poll";
  readonly fault: unknown;
  /** GETs of the resource instead of the write. */
  readonly reads?: boolean;
  /** What may be said at the end; `took` is checked against the sandbox's own state as well. */
  readonly says: readonly OperationStatus[];
  readonly reason?: string;
  /** Whether Azure acted, where the fault alone decides it. */
  readonly took?: boolean;
  readonly only?: readonly string[];
}

const status = (code: number, word: string, headers: Readonly<Record<string, string>> = {}) => ({
  kind: "status",
  status: code,
  code: word,
  headers,
});
const polled = ["stop", "start", "restart", "scale", "configure"];

const cases: readonly FaultCase[] = [
  {
    name: "401",
    when: "before",
    fault: status(401, "ExpiredAuthenticationToken"),
    says: ["failed"],
    reason: "auth",
    took: false,
  },
  {
    name: "403 without the right",
    when: "before",
    fault: status(403, "AuthorizationFailed"),
    says: ["failed"],
    reason: "rights",
    took: false,
  },
  { name: "a lock", when: "before", fault: status(409, "ScopeLocked"), says: ["failed"], reason: "lock", took: false },
  {
    name: "a policy",
    when: "before",
    fault: status(403, "RequestDisallowedByPolicy"),
    says: ["failed"],
    reason: "policy",
    took: false,
  },
  {
    name: "ServerIsBusy",
    when: "before",
    fault: status(409, "ServerIsBusy"),
    says: ["failed"],
    reason: "busy",
    took: false,
  },
  {
    name: "412",
    when: "before",
    fault: status(412, "PreconditionFailed"),
    says: ["failed"],
    reason: "changed",
    took: false,
  },
  {
    name: "429 for 5 s",
    when: "before",
    fault: status(429, "TooManyRequests", { "Retry-After": "5" }),
    says: ["failed"],
    reason: "throttled",
    took: false,
  },
  {
    name: "429 for an hour",
    when: "before",
    fault: status(429, "TooManyRequests", { "Retry-After": "3600" }),
    says: ["failed"],
    reason: "throttled",
    took: false,
  },
  {
    name: "500 before acting",
    when: "before",
    fault: status(500, "InternalServerError"),
    says: ["failed", "unknown"],
    took: false,
  },
  {
    name: "504 after acting",
    when: "afterCommit",
    fault: status(504, "GatewayTimeout"),
    says: ["succeeded"],
    took: true,
  },
  { name: "a reset before acting", when: "before", fault: "reset", says: ["failed", "unknown"], took: false },
  { name: "a reset after acting", when: "afterCommit", fault: "reset", says: ["succeeded"], took: true },
  {
    name: "a hung connection after acting",
    when: "afterCommit",
    fault: "hang",
    says: ["succeeded"],
    took: true,
    only: ["stop", "scale"],
  },
  {
    name: "an operation that never ends",
    when: "afterCommit",
    fault: { kind: "operation", status: "InProgress" },
    says: ["running"],
    took: false,
    only: ["stop"],
  },
  {
    name: "an operation that fails",
    when: "afterCommit",
    fault: { kind: "operation", status: "Failed", code: "ServerIsBusy" },
    says: ["failed"],
    reason: "failed",
    only: ["stop", "start", "scale"],
  },
  {
    name: "an operation somebody cancels",
    when: "afterCommit",
    fault: { kind: "operation", status: "Canceled", code: "Canceled" },
    says: ["canceled"],
    only: ["stop", "scale"],
  },
  {
    name: "an operation called succeeded before it is",
    when: "afterCommit",
    fault: { kind: "operation", status: "Succeeded", code: "" },
    says: ["succeeded"],
    took: true,
    only: polled,
  },
  {
    name: "polls that answer 500",
    when: "poll",
    fault: status(500, "InternalServerError"),
    says: ["running", "succeeded"],
    only: ["stop", "scale"],
  },
  {
    name: "an operation address that is gone",
    when: "poll",
    fault: status(404, "NotFound"),
    says: ["succeeded"],
    took: true,
    only: polled,
  },
  {
    name: "polls that are no JSON",
    when: "poll",
    fault: { kind: "body", text: "<html>sign in</html>" },
    says: ["running", "succeeded"],
    only: ["stop"],
  },
];

describe("every fault leaves at most one write an intent and a true record", () => {
  for (const one of cases) {
    for (const subject of one.only ?? Object.keys(subjects)) {
      it(`${subject}: ${one.name}`, () => strike(subject, one)).timeout(40_000);
    }
  }
});

async function strike(subject: string, one: FaultCase): Promise<void> {
  const scene = await openScene(subject);
  try {
    scene.sandbox.faults([rule(subject, one)]);
    const record = await runPlan(scene);
    const writes = scene.writesByTarget();
    assert.ok(one.says.includes(record.status), `says ${record.status} (${record.error?.message ?? record.phase})`);
    if (one.reason !== undefined) assert.equal(record.reason, one.reason, record.error?.message);
    assert.ok(
      writes.every((count) => count <= 1),
      `writes: ${writes.join(", ")}`,
    );
    assert.ok(writes.length >= 1, "the dangerous step ran");
    if (subject !== "restart") await checkTruth(one, record.status, await scene.took());
  } finally {
    scene.close();
  }
}

async function checkTruth(one: FaultCase, said: OperationStatus, took: boolean): Promise<void> {
  if (said === "succeeded") assert.equal(took, true, "green only when it is so");
  if (one.took !== undefined) assert.equal(took, one.took, "the fault did what it is for");
}

function rule(subject: string, { when, fault }: FaultCase): unknown {
  const method = subject === "tag" || subject === "scale" || subject === "configure" ? "PATCH" : "POST";
  const ends = { stop: "/stop", start: "/start", restart: "/restart", tag: "/tags/default" } as const;
  const end = subject in ends ? ends[subject as keyof typeof ends] : "/flexibleServers/*";
  return { match: { method, path: `**${end}` }, when, fault };
}
