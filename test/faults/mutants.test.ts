import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Operations } from "../../src/operations/operations.ts";
import * as scenarios from "./scenarios.ts";
import type { Scenario } from "./scenarios.ts";

interface Mutant {
  readonly name: string;
  readonly file: string;
  /** Each first text occurs exactly once. */
  readonly edits: readonly (readonly [string, string])[];
  readonly caughtBy: Scenario;
}

const mutants: readonly Mutant[] = [
  {
    name: "a retry of the write",
    file: "run.ts",
    edits: [
      [
        "await follow.azure.writer.send(step.change)",
        "await follow.azure.writer.send(step.change).catch(() => follow.azure.writer.send(step.change))",
      ],
    ],
    caughtBy: scenarios.lostAnswerIsNotSentAgain,
  },
  {
    name: "no verification after Succeeded",
    file: "follow.ts",
    edits: [['return settle(follow, step, { evidence: "succeeded", since });', 'return settled("happened", null);']],
    caughtBy: scenarios.succeededIsVerified,
  },
  {
    name: "the intent after the call",
    file: "run.ts",
    edits: [
      [
        "  try {\n    const { id: resourceId }",
        "  const early = await sendAndFollow(run, index, { since, facts: ready.facts });\n  try {\n    const { id: resourceId }",
      ],
      ["await sendAndFollow(run, index, { since, facts: ready.facts }));", "early);"],
    ],
    caughtBy: scenarios.intentIsOnDiskBeforeTheSend,
  },
  {
    name: "the abort reaching the verifying read",
    file: "waiting.ts",
    edits: [
      ["look({ azure, log }: Follow", "look({ azure, log, signal }: Follow"],
      ["await observe(azure, change, names)", "(signal.throwIfAborted(), await observe(azure, change, names))"],
    ],
    caughtBy: scenarios.stopWaitingStillReads,
  },
  {
    name: "one look instead of two",
    file: "settle.ts",
    edits: [["return confirm(follow, step);", 'return settled("happened", now);']],
    caughtBy: scenarios.doneMeansStable,
  },
  {
    name: "a resume that sends again",
    file: "resume.ts",
    edits: [['follow.phase("Checking what happened");', "await follow.azure.writer.send(step.change);"]],
    caughtBy: scenarios.resumeNeverSends,
  },
];

const root = fileURLToPath(new URL("../../", import.meta.url));

describe("what every correct engine does", () => {
  for (const [name, scenario] of Object.entries(scenarios)) it(name, () => scenario(Operations));
});

describe("a planted bug in a copy of the engine is caught", () => {
  let copy: string;
  before(() => (copy = mkdtempSync(join(tmpdir(), "engram-mutants-"))));
  after(() => rmSync(copy, { recursive: true, force: true }));

  for (const [index, mutant] of mutants.entries()) {
    it(mutant.name, async () => {
      const engine = await mutate(join(copy, String(index)), mutant);
      await assert.rejects(mutant.caughtBy(engine), assert.AssertionError);
    });
  }
});

async function mutate(folder: string, { file, edits }: Mutant): Promise<typeof Operations> {
  for (const part of ["package.json", "src/operations", "src/environments", "src/sizing", "src/azure/ports.ts"]) {
    mkdirSync(dirname(join(folder, part)), { recursive: true });
    cpSync(join(root, part), join(folder, part), { recursive: true });
  }
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));
  const path = join(folder, "src/operations", file);
  let text = readFileSync(path, "utf8");
  for (const [from, to] of edits) {
    assert.equal(text.split(from).length, 2, `the patch no longer fits ${file}: ${from}`);
    text = text.replace(from, () => to);
  }
  writeFileSync(path, text);
  const module = (await import(pathToFileURL(join(folder, "src/operations/operations.ts")).href)) as {
    readonly Operations: typeof Operations;
  };
  return module.Operations;
}
