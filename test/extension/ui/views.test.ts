import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { openSandboxWindow } from "../../support/vscode/sandboxWindow.ts";
import type { SandboxWindow } from "../../support/vscode/sandboxWindow.ts";

describe("looking at the fleet", function () {
  this.timeout(180_000);
  let opened: SandboxWindow;

  before(async () => {
    opened = await openSandboxWindow({ speed: 4 });
    opened.vscode.page.setDefaultTimeout(30_000);
    await opened.vscode.hands.openView("Engram");
    await opened.vscode.hands.treeItem("search-dev").waitFor();
  });
  afterEach(async function () {
    if (this.currentTest?.state === "failed") await opened.vscode.screenshot(`failed ${this.currentTest.title}`);
  });
  after(() => opened?.close());

  const gone = (label: string): Promise<void> => opened.vscode.hands.treeItem(label).waitFor({ state: "hidden" });

  it("shows only what is stopped, remembers that after a reload, and shows all again", async () => {
    const { hands, page } = opened.vscode;
    await hands.command("Engram: Filter");
    await page.locator(".quick-input-widget").getByText("Stopped", { exact: true }).first().click();
    await hands.press("Enter");
    await gone("search-dev");
    await hands.treeItem("billing-test").waitFor();
    await opened.vscode.reload();
    await hands.openView("Engram");
    await hands.treeItem("billing-test").waitFor({ timeout: 60_000 });
    await gone("search-dev");
    await hands.command("Engram: Clear Filters");
    await hands.treeItem("search-dev").waitFor();
  });

  it("groups by location instead of class", async () => {
    const { hands } = opened.vscode;
    await hands.command("Engram: Group By");
    await hands.quickPick("Location");
    await hands.treeItem(/^location eastus, /).waitFor();
    await hands.treeItem(/^location westeurope, /).waitFor();
    await hands.command("Engram: Group By");
    await hands.quickPick("Class");
    await hands.treeItem(/^class prod, /).waitFor();
  });

  it("shows a resource as Azure answers it, read-only", async () => {
    const { hands, page } = opened.vscode;
    await hands.contextMenu("search-dev", "View JSON");
    await page.locator(".editor-group-container .tab").getByText("search-dev-pg.json").first().waitFor();
    await page.locator(".monaco-editor").getByText('"id"').first().waitFor();
  });

  it("stops waiting without stopping Azure, and finds the outcome by looking again", async () => {
    const { hands } = opened.vscode;
    await hands.contextMenu("search-dev", /^Stop Server/);
    await hands.dialogButton("Stop");
    await hands.treeItem(/^Stop search-dev-pg, running, Azure is stopping/).waitFor();
    await hands.contextMenu(/^Stop search-dev-pg, running/, "Stop Waiting");
    await hands.treeItem(/^Stop search-dev-pg, (outcome unknown|running, .*followed elsewhere)/).waitFor();
    await hands.contextMenu(/^Stop search-dev-pg,/, "Check Operation Again");
    await hands.treeItem(/^Stop search-dev-pg, done and verified/).waitFor({ timeout: 90_000 });
    assert.equal((await opened.writes()).filter((one) => /search-dev-pg\/stop$/.test(one)).length, 1);
  });

  it("changes nothing in read-only mode: the commands are gone", async () => {
    const { hands } = opened.vscode;
    // a machine setting: of a remote window it counts where the extension runs
    const machine = path.join(opened.vscode.server.folder, "data/data/Machine");
    fs.mkdirSync(machine, { recursive: true });
    fs.writeFileSync(path.join(machine, "settings.json"), JSON.stringify({ "engram.readOnly": true }));
    await opened.vscode.reload();
    await hands.openView("Engram");
    // the last of what is read at the start: after it the rows stand still
    await hands.treeItem(/^billing-test, test environment, Stopped, restarts/).waitFor({ timeout: 60_000 });
    await hands.treeItem(/^catalog-dev, dev environment, B1ms, (CPU|Memory)/).waitFor();
    const items = await hands.contextMenuItems("catalog-dev");
    assert.ok(items.includes("Open in Portal"), items.join());
    assert.deepEqual(
      items.filter((item) => /Stop|Start|Scale|Configure|Set Class|Make/.test(item)),
      [],
    );
  });
});
