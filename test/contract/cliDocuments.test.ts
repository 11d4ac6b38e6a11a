import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { z } from "zod";
import { startSandbox } from "../support/contract/sandboxProcess.ts";
import type { SandboxProcess } from "../support/contract/sandboxProcess.ts";
import * as shapes from "../support/contract/cliShapes.ts";

const main = fileURLToPath(new URL("../../src/cli/main.ts", import.meta.url));

for (const fleet of ["demo", "60"]) {
  describe(`The command line's documents, field by field, over the fleet ${fleet}`, function () {
    this.timeout(60_000);
    let sandbox: SandboxProcess;
    let stateDir: string;
    let target: shapes.EnvironmentDocument;

    before(async () => {
      sandbox = await startSandbox(["--fleet", fleet, "--speed", "1000"]);
      stateDir = mkdtempSync(join(tmpdir(), "engram-documents-"));
    });
    after(async () => {
      await sandbox.stop();
      rmSync(stateDir, { recursive: true, force: true });
    });

    it("environments: every field there, null where nothing is known", async () => {
      const { environments } = keeps(shapes.environments, await json(0, "environments"));
      assert.ok(environments.length >= (fleet === "demo" ? 8 : 60));
      const stopped = environments.filter(({ server }) => server?.state === "Stopped");
      assert.ok(stopped.length > 0 && stopped.every(({ server }) => (server?.metrics?.cpu ?? null) === null));
      const measured = environments.filter(({ server }) => typeof server?.metrics?.cpu === "number");
      assert.ok(measured.length > 3 && environments.some(({ account }) => account?.tiersGB !== null));
      const found = environments.find((one) => ["dev", "test"].includes(one.class) && one.server?.state === "Ready");
      assert.ok(found, "one that can be stopped");
      target = found;
    });

    it("a plan, a refused one, and one with nothing left to send", async () => {
      const stop = keeps(shapes.plan, await json(0, "stop", target.id, "--plan"));
      assert.ok(stop.requests.length > 0);
      const scale = keeps(shapes.plan, await json(2, "scale", target.id, "--sku", "Standard_Z9", "--plan"));
      assert.ok(scale.findings.some(({ severity }) => severity === "error"));
      const started = keeps(shapes.plan, await json(0, "start", target.id, "--plan"));
      assert.deepEqual(started.requests, []);
    });

    it("results: done, already so, and refused have one shape; the list is made of it", async () => {
      const done = keeps(shapes.result, await json(0, "stop", target.id, "--yes"));
      assert.deepEqual([done.status, done.error], ["succeeded", null]);
      assert.ok(done.id !== null && done.resources.length > 0);
      const again = keeps(shapes.result, await json(0, "stop", target.id, "--yes"));
      assert.deepEqual([again.id, again.status, again.resources], [null, "succeeded", []]);
      const refused = keeps(shapes.result, await json(2, "stop", "nobody", "--yes"));
      assert.notEqual(refused.error, null);
      const list = keeps(shapes.operations, await json(0, "operations"));
      assert.deepEqual(
        list.map(({ id }) => id),
        [done.id],
      );
    });

    async function json(exit: number, ...words: readonly string[]): Promise<unknown> {
      const flags = ["--sandbox", "--sandbox-state", sandbox.stateFile, "--json"];
      const env = { ...process.env, ENGRAM_STATE_DIR: stateDir };
      const child = spawn(process.execPath, ["--no-warnings", main, ...words, ...flags], { env });
      let [out, err] = ["", ""];
      child.stdout.on("data", (chunk: Buffer) => (out += chunk.toString()));
      child.stderr.on("data", (chunk: Buffer) => (err += chunk.toString()));
      const code = await new Promise((resolve) => child.once("close", resolve));
      assert.equal(code, exit, err);
      return JSON.parse(out);
    }
  });
}

describe("The shapes of the command line's documents", () => {
  const finding = { code: "a", severity: "info", message: "b", source: null };
  const result = {
    ...{ id: null, kind: "stop", status: "succeeded", environment: "e", environmentId: null, resources: [] },
    ...{ error: null, phase: null, startedAt: null, endedAt: null, sandbox: true },
  };

  it("are not kept by a field that is left out, undefined or of another kind", () => {
    assert.ok(shapes.result.safeParse(result).success);
    for (const field of Object.keys(result)) {
      const { [field]: _gone, ...rest } = result as Record<string, unknown>;
      assert.ok(!shapes.result.safeParse(rest).success, `${field} left out`);
      assert.ok(!shapes.result.safeParse({ ...result, [field]: 7 }).success, `${field} a number`);
    }
    assert.ok(!shapes.result.safeParse({ ...result, extra: 1 }).success, "a field nobody agreed to");
    assert.ok(!shapes.finding.safeParse({ ...finding, severity: "fatal" }).success);
    assert.ok(!shapes.fraction.safeParse(63).success, "a percentage");
  });
});

function keeps<T extends z.ZodType>(shape: T, document: unknown): z.infer<T> {
  const read = shape.safeParse(document);
  assert.deepEqual(read.success ? [] : read.error.issues.slice(0, 5), []);
  return read.data as z.infer<T>;
}
