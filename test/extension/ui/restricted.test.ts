import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { openSandboxWindow } from "../../support/vscode/sandboxWindow.ts";
import type { SandboxWindow } from "../../support/vscode/sandboxWindow.ts";

/** Every question for the list is answered with an error, until the rule is taken back. */
const outage = {
  match: { host: "management.azure.com", path: "/providers/Microsoft.ResourceGraph/**" },
  when: "before",
  fault: "status",
  status: 500,
  code: "InternalServerError",
};

describe("a window in Restricted Mode whose Azure does not answer at first", function () {
  this.timeout(180_000);
  let opened: SandboxWindow;

  before(async () => {
    opened = await openSandboxWindow({ speed: 20, trusted: false, faults: [outage] });
    opened.vscode.page.setDefaultTimeout(30_000);
    const icon = opened.vscode.page.locator(".activitybar").getByRole("tab", { name: "Engram" });
    await icon.click({ timeout: 60_000 });
  });
  afterEach(async function () {
    if (this.currentTest?.state === "failed") await opened.vscode.screenshot(`failed ${this.currentTest.title}`);
  });
  after(() => opened?.close());

  const welcome = () => opened.vscode.page.locator(".welcome-view-content").first();

  it("says first that it looks, then which parts could not be read, and reads them by refreshing", async () => {
    const { hands } = opened.vscode;
    await welcome().getByText("Looking for environments…").waitFor();
    await hands.treeItem(/^warning: Contoso Production, /).waitFor({ timeout: 60_000 });
    await hands.treeItem(/^warning: Northwind Shared Services, /).waitFor();
    await opened.azure("POST", "/_sandbox/faults", []);
    await hands.command("Engram: Refresh");
    await hands.treeItem("search-dev").waitFor();
    await hands.treeItem(/^warning: Contoso Production, /).waitFor({ state: "hidden" });
  });

  it("keeps what was read when Azure fails later, and says what could not be read again", async () => {
    const { hands } = opened.vscode;
    await opened.azure("POST", "/_sandbox/faults", [outage]);
    await hands.command("Engram: Refresh");
    await hands.treeItem(/^warning: Contoso Production, /).waitFor({ timeout: 60_000 });
    await hands.treeItem("search-dev").waitFor();
    await opened.azure("POST", "/_sandbox/faults", []);
    await hands.command("Engram: Refresh");
    await hands.treeItem(/^warning: Contoso Production, /).waitFor({ state: "hidden" });
  });

  it("does not read the team's file of the workspace, and does not write it", async () => {
    const { hands, page } = opened.vscode;
    const file = path.join(opened.vscode.server.folder, "workspace/engram.environments.json");
    const id = await search(opened, "search-dev-pg");
    const pin = { name: "smuggled", class: "dev", server: id, account: null };
    fs.writeFileSync(file, JSON.stringify({ environments: [pin] }));
    await hands.command("Engram: Refresh");
    await hands.treeItem(/^search-dev, dev environment/).waitFor();
    await hands.contextMenu("search-dev", /^Make Environment/);
    await hands.typeInQuickInput("mine");
    await hands.quickPick(/^dev/);
    await hands.quickPick("engram.environments.json");
    await hands.notification(/Trust the workspace first/);
    assert.equal(await page.getByRole("treeitem", { name: /smuggled/ }).count(), 0);
    assert.match(fs.readFileSync(file, "utf8"), /smuggled/);
    assert.deepEqual(await opened.writes(), []);
  });

  it("shows the dearest first when sorted by price", async () => {
    const { hands, page } = opened.vscode;
    await hands.command("Engram: Group By");
    await hands.quickPick("No groups");
    await hands.command("Engram: Sort By");
    await hands.quickPick("Monthly list price");
    await page.locator('[role="treeitem"][aria-posinset="1"][aria-label^="payments-prod"]').waitFor();
    const last = page.locator('[role="treeitem"][aria-label^="billing-test"]');
    const dearer = page.locator('[role="treeitem"][aria-label^="orders-uat"]');
    assert.ok(Number(await last.getAttribute("aria-posinset")) > Number(await dearer.getAttribute("aria-posinset")));
  });
});

async function search({ azure }: SandboxWindow, name: string): Promise<string> {
  const answer = (await azure("POST", "/providers/Microsoft.ResourceGraph/resources?api-version=2024-04-01", {
    query: `resources | where type == "microsoft.dbforpostgresql/flexibleservers" | where name == "${name}" | project id`,
    options: { resultFormat: "objectArray" },
  })) as { data: readonly { id: string }[] };
  return String(answer.data[0]?.id);
}
