import fs from "node:fs";
import path from "node:path";
import { openSandboxWindow } from "../../support/vscode/sandboxWindow.ts";
import type { SandboxWindow } from "../../support/vscode/sandboxWindow.ts";
import { repository } from "../../support/vscode/server.ts";

const folder = path.join(repository, "media/readme");

describe("the README's pictures", function () {
  this.timeout(300_000);
  let opened: SandboxWindow;

  before(async () => {
    fs.mkdirSync(folder, { recursive: true });
    opened = await openSandboxWindow({ speed: 2, settings: { "workbench.layoutControl.enabled": false } });
    const { hands, page } = opened.vscode;
    page.setDefaultTimeout(30_000);
    await page.setViewportSize({ width: 1180, height: 760 });
    await hands.openView("Engram");
    await hands.treeItem("search-dev").waitFor();
    await widenSideBar(opened, 480);
  });
  after(() => opened?.close());

  const picture = async (name: string): Promise<void> => {
    await opened.vscode.page.mouse.move(700, 750);
    // hovers and ripples end within this time
    await opened.vscode.page.waitForTimeout(700);
    await opened.vscode.page.screenshot({ path: path.join(folder, `${name}.png`) });
  };

  it("show the plan of a stop, and its document", async () => {
    const { hands, page } = opened.vscode;
    await hands.contextMenu("search-dev", /^Stop Server/);
    await hands.dialog();
    await picture("stop-plan");
    await hands.dialogButton("Show Plan");
    await page.locator(".quick-input-widget").getByText("Stop").first().waitFor();
    await hands.press("Escape");
    await page.locator(".editor-group-container .tab").first().waitFor();
    await hands.command("View: Close All Editors");
  });

  it("show the sizes a server may take", async () => {
    const { hands } = opened.vscode;
    await hands.contextMenu("catalog-dev", /^Scale Compute/);
    await hands.quickPickItems();
    await picture("scale");
    await hands.press("Escape");
  });

  it("show an operation going on", async () => {
    const { hands } = opened.vscode;
    await hands.contextMenu("search-dev", /^Stop Server/);
    await hands.dialogButton("Stop");
    await hands.treeItem(/^Stop search-dev-pg, running, Azure is stopping/).waitFor();
    await hands.expand(/^Stop search-dev-pg/);
    await hands.treeItem(/^search-dev, dev environment, Stopping/).waitFor();
    await picture("operation");
  });

  it("show what an environment is made of, in every kind of theme", async () => {
    const { hands } = opened.vscode;
    await hands.expand("orders-uat");
    await hands.expand(/^Recall plane, PostgreSQL server orders-uat-pg/);
    await hands.treeItem(/^vector: (not )?allow-listed/).waitFor();
    for (const theme of ["light", "highContrastDark", "highContrastLight", "dark"] as const) {
      await opened.vscode.useTheme(theme);
      await picture(`fleet-${theme}`);
    }
  });
});

/** Drags the border of the side bar. */
async function widenSideBar({ vscode: { page } }: SandboxWindow, width: number): Promise<void> {
  const box = await page.locator(".part.sidebar").boundingBox();
  if (box === null) throw new Error("There is no side bar.");
  await page.mouse.move(box.x + box.width, 400);
  await page.mouse.down();
  await page.mouse.move(box.x + width, 400, { steps: 8 });
  await page.mouse.up();
}
