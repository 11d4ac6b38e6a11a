import assert from "node:assert/strict";
import path from "node:path";
import { launchVsCode } from "../../support/vscode/launch.ts";
import type { VsCode } from "../../support/vscode/launch.ts";
import { repository } from "../../support/vscode/server.ts";

describe("the harness's hands in a real VS Code", function () {
  this.timeout(120_000);
  let vscode: VsCode;

  before(async () => {
    vscode = await launchVsCode({ extensionDir: path.join(repository, "test/support/vscode/fixture") });
  });
  after(() => vscode?.close());

  it("open a view, expand a row and choose from its menu", async () => {
    const { hands } = vscode;
    await hands.openView("Fixture");
    await hands.expand("Stone");
    assert.deepEqual(await hands.contextMenuItems("Plum"), ["Say Its Label"]);
    await hands.contextMenu("Plum", "Say Its Label");
    await hands.notification("Label: Plum");
  });

  it("choose in a quick pick", async () => {
    await vscode.hands.command("Fixture: Choose a Fruit");
    assert.deepEqual(await vscode.hands.quickPickItems(), ["Cherry", "Plum", "Apple"]);
    await vscode.hands.quickPick("Cherry");
    await vscode.hands.notification("Chosen: Cherry");
  });

  it("type into an input box", async () => {
    await vscode.hands.command("Fixture: Ask for a Name");
    await vscode.hands.typeInQuickInput("Ada");
    await vscode.hands.notification("Name: Ada");
  });

  it("answer a modal dialog", async () => {
    await vscode.hands.command("Fixture: Confirm");
    const dialog = await vscode.hands.dialog();
    assert.match(dialog.text, /Really\?/);
    assert.deepEqual(dialog.buttons.toSorted(), ["Cancel", "Do It"]);
    await vscode.hands.dialogButton("Do It");
    await vscode.hands.notification("Answer: Do It");
  });

  it("use the keyboard alone", async () => {
    await vscode.hands.click("Stone");
    await vscode.hands.press("ArrowLeft", "End");
    assert.match(await vscode.hands.focused(), /^Pome/);
  });

  it("switch between the four kinds of theme", async () => {
    for (const theme of ["light", "highContrastDark", "highContrastLight", "dark"] as const)
      await vscode.useTheme(theme);
  });

  it("start again after the server was killed", async () => {
    await vscode.restart("SIGKILL");
    await vscode.hands.openView("Fixture");
    await vscode.hands.treeItem("Stone").waitFor();
  });
});
