import assert from "node:assert/strict";
import { openSandboxWindow } from "../../support/vscode/sandboxWindow.ts";
import type { SandboxWindow } from "../../support/vscode/sandboxWindow.ts";

describe("a window closed in the middle of an operation", function () {
  this.timeout(240_000);
  let opened: SandboxWindow;

  before(async () => {
    opened = await openSandboxWindow({ speed: 6 });
    opened.vscode.page.setDefaultTimeout(30_000);
    await opened.vscode.hands.openView("Engram");
    await opened.vscode.hands.treeItem("search-dev").waitFor();
  });
  afterEach(async function () {
    if (this.currentTest?.state === "failed") await opened.vscode.screenshot(`failed ${this.currentTest.title}`);
  });
  after(() => opened?.close());

  it("finds the operation going on, and sends nothing twice", async () => {
    const { hands } = opened.vscode;
    await hands.contextMenu("search-dev", /^Stop Server/);
    await hands.dialogButton("Stop");
    await hands.treeItem(/^Stop search-dev-pg, running, Azure is stopping/).waitFor();
    await opened.vscode.restart("SIGKILL");
    await hands.openView("Engram");
    await hands.treeItem(/^Stop search-dev-pg, (running|done)/).waitFor({ timeout: 60_000 });
    await hands.treeItem(/^search-dev, dev environment, Stopped/).waitFor({ timeout: 90_000 });
    await hands.treeItem(/^Stop search-dev-pg, done and verified/).waitFor({ timeout: 60_000 });
    assert.equal((await opened.writes()).filter((one) => /search-dev-pg\/stop$/.test(one)).length, 1);
  });

  it("stops two selected ones by one plan and tells each result", async () => {
    const { hands, page } = opened.vscode;
    await hands.click("catalog-dev");
    await page.keyboard.down("Control");
    await hands.treeItem("orders-uat").click();
    await page.keyboard.up("Control");
    await hands.contextMenu("orders-uat", /^Stop Server/);
    const { text } = await hands.dialog();
    assert.match(text, /Stop: 2 environments\?/);
    assert.match(text, /catalog-dev \(dev\): Stop catalog-dev-pg, ready/);
    assert.match(text, /orders-uat \(uat\): Stop orders-uat-pg, ready/);
    await hands.dialogButton("Stop");
    await hands.treeItem(/^catalog-dev, dev environment, Stopped/).waitFor({ timeout: 90_000 });
    await hands.treeItem(/^orders-uat, uat environment, Stopped/).waitFor({ timeout: 90_000 });
  });

  it("shows hostile names as plain text", async () => {
    const { hands, page } = opened.vscode;
    const id = await serverId(opened, "search-dev-pg");
    const hostile = "<img src=x onerror=alert(1)> [click](command:engram.stopServer) $(alert) \u202Egnp.exe\u001b[31m";
    await opened.azure("PATCH", `${id}/providers/Microsoft.Resources/tags/default?api-version=2021-04-01`, {
      operation: "Merge",
      properties: { tags: { "engram-environment": hostile } },
    });
    // Resource Graph shows a change late: let Azure's time pass as a person in the sandbox can
    await hands.command("Engram: Advance Sandbox Clock");
    await hands.quickPick("5 minutes");
    const shown = hands.treeItem(/onerror=alert/);
    await shown.waitFor({ timeout: 60_000 });
    const spoken = String(await shown.getAttribute("aria-label"));
    assert.match(spoken, /^<img src=x onerror=alert\(1\)> \[click\] \(command:engram\.stopServer\) \$ \(alert\)/);
    assert.doesNotMatch(spoken, /[\u202e\u001b]/);
    await shown.hover();
    await page.locator(".monaco-hover").getByText("onerror=alert(1)").first().waitFor();
    assert.equal(await page.locator(".monaco-hover img, .monaco-hover a").count(), 0);
    assert.equal(await page.locator(".monaco-list img[src='x']").count(), 0);
  });
});

async function serverId({ azure }: SandboxWindow, name: string): Promise<string> {
  const query = `resources | where type == "microsoft.dbforpostgresql/flexibleservers" | where name == "${name}" | project id`;
  const answer = (await azure("POST", "/providers/Microsoft.ResourceGraph/resources?api-version=2024-04-01", {
    query,
    options: { resultFormat: "objectArray" },
  })) as { data: readonly { id: string }[] };
  return String(answer.data[0]?.id);
}
