import assert from "node:assert/strict";
import { openSandboxWindow } from "../../support/vscode/sandboxWindow.ts";
import type { SandboxWindow } from "../../support/vscode/sandboxWindow.ts";

const starts = 10;

describe("a tree that has just been painted", function () {
  this.timeout(180_000);
  let opened: SandboxWindow;

  before(async () => {
    opened = await openSandboxWindow({ speed: 1 });
    opened.vscode.page.setDefaultTimeout(10_000);
    await opened.vscode.hands.openView("Engram");
    await opened.vscode.hands.treeItem("search-dev").waitFor({ timeout: 60_000 });
  });
  afterEach(async function () {
    if (this.currentTest?.state === "failed") await opened.vscode.screenshot(`failed ${this.currentTest.title}`);
  });
  after(() => opened?.close());

  /** Everything is read anew, while the sandbox itself runs on. */
  const startAgain = async (): Promise<void> => {
    const { hands } = opened.vscode;
    await hands.command("Engram: Leave Sandbox");
    await hands.treeItem("search-dev").waitFor({ state: "hidden" });
    await hands.command("Engram: Open Sandbox");
    await hands.treeItem("search-dev").waitFor();
  };

  const heightOf = (label: string): Promise<number | undefined> =>
    opened.vscode.hands
      .treeItem(label)
      .boundingBox()
      .then((box) => box?.y);

  it("takes a right-click at once: the menu opens and acts on that row, every time", async () => {
    const { hands } = opened.vscode;
    for (let start = 0; start < starts; start++) {
      await startAgain();
      const painted = await heightOf("search-dev");
      await hands.contextMenu("search-dev", /^Stop Server/);
      const { text } = await hands.dialog();
      assert.match(text, /^SANDBOX: Stop search-dev-pg\?/);
      await hands.dialogButton("Cancel");
      assert.equal(await heightOf("search-dev"), painted, "the row moved under the pointer");
    }
    assert.deepEqual(await opened.writes(), []);
  });

  it("opens a row at once with everything in it, while the rest is still being read", async () => {
    const { hands } = opened.vscode;
    for (let start = 0; start < 3; start++) {
      await startAgain();
      await hands.expand("search-dev");
      await hands.treeItem(/^Recall plane, PostgreSQL server search-dev-pg/).waitFor();
      await hands.treeItem(/^Encryption: customer key/).waitFor();
      await hands.click("search-dev");
      await hands.press("ArrowLeft");
    }
  });
});
