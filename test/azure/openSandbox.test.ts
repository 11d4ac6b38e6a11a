import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { connectSandbox } from "../../sandbox/connect.ts";
import { openSandbox } from "../../src/azure/index.ts";
import { inventoryOf } from "./support.ts";

const serverCommand = [process.execPath, fileURLToPath(new URL("../../sandbox/main.ts", import.meta.url))];

describe("azure: openSandbox", function () {
  this.timeout(60_000);
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "engram-azure-"));
  });
  after(async () => {
    await killOwner();
    rmSync(folder, { recursive: true, force: true });
  });
  const stateFile = () => join(folder, "state.json");

  async function killOwner(): Promise<void> {
    const { pid } = await connectSandbox({ stateFile: stateFile(), serverCommand });
    process.kill(pid, "SIGKILL");
    await gone(pid);
  }

  it("starts an owner, and finds one again with the same state after it was killed", async () => {
    const azure = await openSandbox({ stateFile: stateFile(), serverCommand, speed: 3600 });
    assert.equal(azure.clock.speed, 3600);
    const server = (await inventoryOf(azure)).find(({ name }) => name === "catalog-dev-pg")!;
    await azure.writer.send({ kind: "mergeTags", id: server.id, tags: { survived: "yes" } });
    await killOwner();
    assert.equal((await azure.servers.get(server.id)).tags["survived"], "yes");
  });

  it("finds the owner again for a write too: nobody listened, so nothing was sent", async () => {
    const azure = await openSandbox({ stateFile: stateFile(), serverCommand });
    const server = (await inventoryOf(azure)).find(({ name }) => name === "catalog-dev-pg")!;
    await killOwner();
    const answer = await azure.writer.send({ kind: "mergeTags", id: server.id, tags: { again: "yes" } });
    assert.equal(answer.status, 200);
  });

  it("arms the faults of a file once, not again when the owner is found anew", async () => {
    const faultsFile = join(folder, "faults.json");
    const rule = {
      match: { method: "PATCH", path: "**/tags/default", nth: 1 },
      when: "before",
      fault: { status: { status: 429, code: "TooMany" } },
    };
    writeFileSync(faultsFile, JSON.stringify([rule]));
    const azure = await openSandbox({ stateFile: stateFile(), serverCommand, faultsFile });
    const server = (await inventoryOf(azure)).find(({ name }) => name === "catalog-dev-pg")!;
    const tag = () => azure.writer.send({ kind: "mergeTags", id: server.id, tags: { third: "yes" } });
    await assert.rejects(tag(), { kind: "throttled", sent: "no" });
    await killOwner();
    assert.equal((await tag()).status, 200);
  });
});

async function gone(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
