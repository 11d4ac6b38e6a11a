import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { skipBecause } from "../../support/skip.ts";
import { openSandboxWindow } from "../../support/vscode/sandboxWindow.ts";
import type { SandboxWindow } from "../../support/vscode/sandboxWindow.ts";

describe("changing environments by hand", function () {
  this.timeout(240_000);
  let opened: SandboxWindow;

  before(function () {
    skipBecause(this, "known defect: after a finished change the row's menu may keep lacking the operate group");
  });
  before(async () => {
    opened = await openSandboxWindow({ speed: 60 });
    opened.vscode.page.setDefaultTimeout(20_000);
    await opened.vscode.page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await opened.vscode.hands.openView("Engram");
    await opened.vscode.hands.treeItem("search-dev").waitFor({ timeout: 60_000 });
  });
  afterEach(async function () {
    if (this.currentTest?.state === "failed") await opened.vscode.screenshot(`failed ${this.currentTest.title}`);
  });
  after(() => opened?.close());

  const row = (text: RegExp): Promise<void> => opened.vscode.hands.treeItem(text).waitFor({ timeout: 60_000 });
  const widget = () => opened.vscode.page.locator(".quick-input-widget");

  /** What reached the sandbox while somebody did this. */
  const sent = async (work: () => Promise<void>): Promise<readonly string[]> => {
    const before = (await opened.writes()).length;
    await work();
    const short = (one: string): string =>
      one.replace("/providers/Microsoft.Resources/", "/").replace(/^(\w+) .*\/providers\/[^/]+\//, "$1 ");
    return (await opened.writes()).slice(before).map(short);
  };

  /** Chooses one setting of *Configure Server…* and confirms. */
  const configure = async (name: string, answers: () => Promise<void>, expected: RegExp): Promise<readonly string[]> =>
    sent(async () => {
      const { hands } = opened.vscode;
      await hands.contextMenu("catalog-dev", /^Configure Server/);
      await answers();
      const { text } = await hands.dialog();
      assert.match(text, /^SANDBOX: Configure catalog-dev-pg\?/, name);
      assert.match(text, expected, name);
      await hands.dialogButton("Configure");
      await hands.treeItem(/^Configure catalog-dev-pg, running/).waitFor();
      await hands.treeItem(/^Configure catalog-dev-pg, running/).waitFor({ state: "hidden", timeout: 60_000 });
    });

  it("configures auto-grow, backup retention and the maintenance window, one write each", async () => {
    const { hands, page } = opened.vscode;
    const patch = ["PATCH flexibleServers/catalog-dev-pg"];
    const autoGrow = async (): Promise<void> => {
      await hands.quickPick("Storage auto-grow");
      await hands.quickPick(/^On/);
    };
    assert.deepEqual(await configure("auto-grow", autoGrow, /auto-grow/i), patch);
    const retention = async (): Promise<void> => {
      await hands.quickPick("Backup retention");
      await hands.typeInQuickInput("3");
      await page.getByText("A whole number from 7 to 35.").waitFor();
      await hands.typeInQuickInput("14");
    };
    assert.deepEqual(await configure("retention", retention, /14/), patch);
    const maintenance = async (): Promise<void> => {
      await hands.quickPick("Maintenance window");
      await hands.quickPick("Tuesday");
      await hands.quickPick("02:00 UTC");
    };
    assert.deepEqual(await configure("maintenance", maintenance, /maintenance/i), patch);
  });

  it("refuses high availability where the tier has none, and sends nothing", async () => {
    const { hands } = opened.vscode;
    const writes = await sent(async () => {
      await hands.contextMenu("catalog-dev", /^Configure Server/);
      await hands.quickPick("High availability");
      await hands.quickPick("Zone-redundant");
      await hands.notification(/Burstable/);
    });
    assert.deepEqual(writes, []);
    await hands.command("Notifications: Clear All Notifications");
  });

  it("fails over to the standby, planned, by one write", async () => {
    const { hands } = opened.vscode;
    const writes = await sent(async () => {
      await hands.contextMenu("orders-uat", /^Restart Server/);
      await hands.quickPick("Planned failover");
      await hands.dialogButton("Fail Over");
      await row(/^Restart orders-uat-pg.*, done and verified|^Fail over orders-uat-pg.*, done and verified/);
    });
    assert.deepEqual(writes, ["POST flexibleServers/orders-uat-pg/restart"]);
  });

  it("backs up before it grows a disk, when asked to", async () => {
    const { hands } = opened.vscode;
    const writes = await sent(async () => {
      await hands.contextMenu("search-dev", /^Scale Storage/);
      await hands.quickPick(/^128 GiB/);
      assert.match((await hands.quickPickItems()).join("\n"), /Azure can restore any moment since/);
      await hands.quickPick("Back up first");
      const { text } = await hands.dialog();
      assert.match(text, /az postgres flexible-server backup create/);
      assert.match(text, /az postgres flexible-server update/);
      await hands.dialogButton("Scale");
      await row(/^Scale search-dev-pg.*, done and verified/);
    });
    assert.equal(writes.length, 2, writes.join());
    assert.match(
      writes.join(),
      /^PUT flexibleServers\/search-dev-pg\/backups\/[\w-]+,PATCH flexibleServers\/search-dev-pg$/,
    );
  });

  it("sets the class of what has none: the name is typed, a wrong one sends nothing", async () => {
    const { hands, page } = opened.vscode;
    const refused = await sent(async () => {
      await hands.contextMenu("rg-invoices-prod", /^Set Class/);
      await hands.quickPick(/^dev/);
      await hands.dialogButton(/^Set Class/);
      await hands.typeInQuickInput("invoices");
      await page.getByText("Not the name yet.").waitFor();
      await hands.press("Escape");
    });
    assert.deepEqual(refused, []);
    const writes = await sent(async () => {
      await hands.contextMenu("rg-invoices-prod", /^Set Class/);
      await hands.quickPick(/^uat/);
      await hands.dialogButton(/^Set Class/);
      await hands.typeInQuickInput("rg-invoices-prod");
      await row(/^Tag rg-invoices-prod, done and verified/);
      await row(/^rg-invoices-prod, uat environment/);
    });
    assert.ok(writes.length > 0 && writes.every((one) => /tags\/default$/.test(one)), writes.join());
    assert.equal(new Set(writes).size, writes.length, writes.join());
  });

  it("makes an environment in the team's file, which is written when the person saves it", async () => {
    const { hands, page } = opened.vscode;
    const file = path.join(opened.vscode.server.folder, "workspace/engram.environments.json");
    const writes = await sent(async () => {
      await hands.contextMenu("payments-ledger-pg", /^Make Environment/);
      await hands.typeInQuickInput("treasury ledger");
      await hands.quickPick(/^test/);
      await hands.quickPick("engram.environments.json");
      await page.locator(".tab").getByText("engram.environments.json").first().waitFor();
      assert.equal(fs.existsSync(file), false);
      await page.locator(".editor-instance .view-lines").getByText("treasury").first().click();
      await hands.press("Control+s");
      await row(/^treasury ledger, test environment/);
    });
    assert.deepEqual(writes, []);
    assert.match(fs.readFileSync(file, "utf8"), /"name": "treasury ledger"[^}]*payments-ledger-pg/);
  });

  it("makes an environment by tags in Azure", async () => {
    const { hands } = opened.vscode;
    const writes = await sent(async () => {
      await hands.contextMenu("catalog-dev", /^Make Environment/);
      await hands.typeInQuickInput("shop dev");
      await hands.quickPick(/^dev/);
      await hands.quickPick("Tags in Azure");
      await hands.dialogButton("Write Tags");
      await row(/^shop dev, dev environment/);
    });
    assert.ok(writes.length > 0 && writes.every((one) => /tags\/default$/.test(one)), writes.join());
  });

  it("copies ids and host names, and says that no portal knows the sandbox", async () => {
    const { hands, page } = opened.vscode;
    const clipboard = (): Promise<string> => page.evaluate("navigator.clipboard.readText()");
    await hands.contextMenu("search-dev", "Copy Host Name");
    await page.locator(".statusbar").getByText("Copied").waitFor();
    assert.match(await clipboard(), /^search-dev-pg\.postgres\.database\.azure\.com$/);
    await hands.contextMenu("orders-uat", "Copy Id");
    await page.waitForFunction("navigator.clipboard.readText().then((text) => text.endsWith('/orders-uat-pg'))");
    await hands.contextMenu("search-dev", "Open in Portal");
    await hands.notification(/exist on this machine only/);
    await hands.command("Notifications: Clear All Notifications");
  });

  it("says of a replica with whom it is stopped and scaled", async () => {
    const { hands } = opened.vscode;
    await hands.expand("orders-prod");
    await hands.expand(/^Recall plane, PostgreSQL server orders-prod-pg/);
    const replica = /^orders-prod-pg-\S+: replica/;
    const items = await hands.contextMenuItems(replica);
    assert.ok(items.includes("Copy Id") && !items.some((item) => /Stop|Start|Scale/.test(item)), items.join());
    await hands.expand(replica);
    await row(/^Stop, start, scale: with orders-prod, in Azure’s order/);
    await hands.click("orders-prod");
    await hands.press("ArrowLeft");
  });

  it("stops a server from the palette by keyboard alone", async () => {
    const { hands, page } = opened.vscode;
    const writes = await sent(async () => {
      await hands.press("F1");
      await page.keyboard.type("Engram: Stop Server");
      await widget().getByText("Engram: Stop Server…").first().waitFor();
      await hands.press("Enter");
      await widget().getByText("orders-uat").first().waitFor();
      await page.keyboard.type("orders-uat");
      await hands.press("Enter");
      await hands.dialog();
      await hands.press("Enter");
      await row(/^orders-uat, uat environment, Stopped/);
    });
    assert.deepEqual(writes, ["POST flexibleServers/orders-uat-pg/stop"]);
  });

  it("shows an operation of the command line, and what its journal has", async () => {
    const { hands, page } = opened.vscode;
    const { code, out } = await opened.cli("stop", "search-dev", "--yes", "--json");
    assert.equal(code, 0, out);
    await row(/^Stop search-dev-pg, done and verified/);
    await hands.contextMenu(/^Stop search-dev-pg, done and verified/, "Show Plan");
    await page.locator(".editor-instance .view-lines").getByText("on the command line").first().waitFor();
  });

  it("says so when the filters leave nothing, and clears them by the button there", async () => {
    const { hands, page } = opened.vscode;
    for (const name of ["search-dev", "orders-uat", "billing-test"]) {
      await hands.contextMenu(name, /^Start Server/);
      await hands.dialogButton("Start");
    }
    await row(/^orders-uat, uat environment, D2ds_v5/);
    await row(/^search-dev, dev environment, B2s/);
    await row(/^billing-test, test environment, D2ds_v5/);
    await hands.command("Engram: Filter");
    await widget().getByText("Stopped", { exact: true }).first().click();
    await hands.press("Enter");
    const welcome = page.locator(".welcome-view-content");
    await welcome.getByText("No environment matches the filters.").waitFor();
    await welcome.getByRole("button", { name: "Clear Filters" }).click();
    await row(/^search-dev/);
  });
});
