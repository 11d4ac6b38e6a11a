import assert from "node:assert/strict";
import { openSandboxWindow } from "../../support/vscode/sandboxWindow.ts";
import type { SandboxWindow } from "../../support/vscode/sandboxWindow.ts";

describe("a newcomer with mouse and keyboard", function () {
  this.timeout(240_000);
  let opened: SandboxWindow;

  before(async () => {
    opened = await openSandboxWindow();
    opened.vscode.page.setDefaultTimeout(30_000);
    await opened.vscode.hands.openView("Engram");
    await opened.vscode.hands.treeItem("search-dev").waitFor();
  });
  afterEach(async function () {
    if (this.currentTest?.state === "failed") await opened.vscode.screenshot(`failed ${this.currentTest.title}`);
  });
  after(() => opened?.close());

  const nameOf = (label: string | RegExp): Promise<string> =>
    opened.vscode.hands.treeItem(label).getAttribute("aria-label").then(String);
  const row = (text: RegExp): Promise<void> => opened.vscode.hands.treeItem(text).waitFor({ timeout: 60_000 });

  it("sees what each environment runs on, how busy it is and whose key encrypts it", async () => {
    await row(/^orders-prod, prod environment, D4ds_v5, CPU \d+ %, CMK/);
    assert.match(await nameOf("billing-test"), /Stopped/);
    assert.match(await nameOf("claims-uat"), /Inaccessible/);
    assert.match(await nameOf("rg-invoices-prod"), /service key/);
  });

  it("sees one warning row for the subscription that may not be read, below the others", async () => {
    await row(/^warning: Fabrikam Acquisition, .*Reader/);
    const rows = opened.vscode.page
      .locator(".pane-body .tree-explorer-viewlet-tree-view")
      .first()
      .getByRole("treeitem");
    assert.match(String(await rows.last().innerText()), /Fabrikam Acquisition\s*no access · Reader needed/);
    assert.match(await nameOf(/^warning: Fabrikam/), /Reader/);
  });

  it("knows at every place that this is the sandbox", async () => {
    await opened.vscode.page.locator(".statusbar").getByText("Engram · SANDBOX").waitFor();
    await opened.vscode.page
      .locator(".pane-header")
      .getByText(/SANDBOX/)
      .first()
      .waitFor();
  });

  it("opens an environment and finds planes, levels and the key", async () => {
    const { hands } = opened.vscode;
    const collapse = (): Promise<void> => hands.press("ArrowLeft");
    await hands.expand("orders-uat");
    await hands.expand(/^Recall plane, PostgreSQL server orders-uat-pg/);
    await row(/^CPU: \d+ % alert, alert level is 70 %/);
    await row(/^vector: (not )?allow-listed/);
    await collapse();
    await hands.expand(/^Record plane, storage account ordersuatrec/);
    await row(/^Stored: hot/);
    await collapse();
    await hands.expand(/^Encryption: customer key/);
    await row(/^Key of server: /);
    await hands.click("orders-uat");
  });

  it("stops the dev server: reads the plan, confirms, watches it stop; one write reached Azure", async () => {
    const { hands } = opened.vscode;
    await hands.contextMenu("search-dev", /^Stop Server/);
    const { text, buttons } = await hands.dialog();
    assert.match(text, /SANDBOX: Stop search-dev-pg\?/);
    assert.match(text, /a month \(list prices of/);
    assert.match(text, /starts the server by itself after 7 days/);
    assert.match(text, /az postgres flexible-server stop/);
    assert.deepEqual(buttons.toSorted(), ["Cancel", "Show Plan", "Stop"]);
    await hands.dialogButton("Stop");
    await row(/^Stop search-dev-pg, running/);
    await row(/^search-dev, dev environment, Stopped, restarts in \d+ (h|d)/);
    await row(/^Stop search-dev-pg, done and verified/);
    assert.equal((await opened.writes()).filter((one) => /search-dev-pg\/stop$/.test(one)).length, 1);
  });

  it("changes nothing by cancelling", async () => {
    const before = await opened.writes();
    await opened.vscode.hands.contextMenu("catalog-dev", /^Stop Server/);
    await opened.vscode.hands.dialog();
    await opened.vscode.hands.dialogButton("Cancel");
    assert.deepEqual(await opened.writes(), before);
    assert.deepEqual(await opened.vscode.hands.notifications(), []);
  });

  it("is not offered to stop what is stopped", async () => {
    const items = await opened.vscode.hands.contextMenuItems("search-dev");
    assert.ok(items.includes("Start Server…"), items.join());
    assert.ok(!items.includes("Stop Server…"), items.join());
  });

  it("scales another by its own list of sizes, with the price beside today's", async () => {
    const { hands } = opened.vscode;
    await hands.contextMenu("catalog-dev", /^Scale Compute/);
    const items = await hands.quickPickItems();
    assert.match(items.find((item) => item.startsWith("B1ms")) ?? "", /current size \$[\d.]+ a month/);
    assert.match(items.find((item) => item.startsWith("B2s")) ?? "", /\+\$[\d.]+/);
    await hands.quickPick(/^B2s/);
    await hands.quickPick("Scale without a new backup");
    assert.match((await hands.dialog()).text, /max_connections stays/);
    await hands.dialogButton("Scale");
    await row(/^catalog-dev, dev environment, B2s/);
  });

  it("starts the stopped server from the palette, by keyboard alone", async () => {
    const { hands, page } = opened.vscode;
    await hands.press("F1");
    await page.keyboard.type("Engram: Start Server");
    await page.locator(".quick-input-widget").getByText("Engram: Start Server…").first().waitFor();
    await hands.press("Enter");
    await page.locator(".quick-input-widget").getByText("search-dev").first().waitFor();
    await page.keyboard.type("search-dev");
    await hands.press("Enter");
    await hands.dialog();
    await hands.press("Enter");
    await row(/^search-dev, dev environment, B2s, CPU/);
  });

  it("types the name before anything of prod is changed", async () => {
    const { hands, page } = opened.vscode;
    const before = await opened.writes();
    await hands.contextMenu("orders-prod", /^Restart Server/);
    await hands.quickPick("Restart in place");
    await hands.dialogButton(/^Restart/);
    await hands.typeInQuickInput("orders-uat");
    await page.getByText("Not the name yet.").waitFor();
    await hands.press("Escape");
    assert.deepEqual(await opened.writes(), before);
  });
});
