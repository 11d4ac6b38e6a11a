import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { openSandboxWindow } from "../../support/vscode/sandboxWindow.ts";
import type { SandboxWindow } from "../../support/vscode/sandboxWindow.ts";
import { repository } from "../../support/vscode/server.ts";

type Entry = { readonly call: "getSessions" | "createSession"; readonly scopes?: readonly string[] };

describe("signing in", function () {
  this.timeout(180_000);
  const record = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "engram-sign-in-")), "calls.jsonl");
  let opened: SandboxWindow;

  before(async () => {
    opened = await openSandboxWindow({
      world: "azure",
      extraExtensions: [path.join(repository, "test/support/vscode/signIn")],
      env: { ENGRAM_SIGN_IN_RECORD: record },
    });
    opened.vscode.page.setDefaultTimeout(30_000);
    const icon = opened.vscode.page.locator(".activitybar").getByRole("tab", { name: "Engram" });
    await icon.click({ timeout: 60_000 });
  });
  afterEach(async function () {
    if (this.currentTest?.state === "failed") await opened.vscode.screenshot(`failed ${this.currentTest.title}`);
  });
  after(async () => {
    await opened?.close();
    fs.rmSync(path.dirname(record), { recursive: true, force: true });
  });

  const welcome = () => opened.vscode.page.locator(".welcome-view-content");

  it("is offered, with the sandbox beside it, and asks for nothing by itself", async () => {
    await welcome().getByRole("button", { name: "Sign In to Azure" }).first().waitFor();
    await welcome().getByRole("button", { name: "Open Sandbox" }).first().waitFor();
    assert.deepEqual(prompts(record), []);
    assert.deepEqual(await opened.vscode.hands.notifications(), []);
  });

  it("opens one prompt after the click, for Resource Manager alone", async () => {
    const { hands } = opened.vscode;
    await welcome().getByRole("button", { name: "Sign In to Azure" }).first().click();
    const { text } = await hands.dialog();
    assert.match(text, /Engram for Azure/);
    await hands.dialogButton("Allow");
    await hands.treeItem(/^warning: kim@contoso\.com/).waitFor({ timeout: 60_000 });
    assert.deepEqual(prompts(record), [["https://management.core.windows.net/.default"]]);
  });

  it("shows an account that cannot be read as one row, and prompts no further", async () => {
    await opened.vscode.hands.command("Engram: Refresh");
    await opened.vscode.hands.treeItem(/^warning: kim@contoso\.com/).waitFor();
    assert.equal(prompts(record).length, 1);
  });

  it("is not needed for the sandbox, which the window then names everywhere", async () => {
    const { hands, page } = opened.vscode;
    await hands.command("Engram: Open Sandbox");
    await hands.treeItem("search-dev").waitFor({ timeout: 60_000 });
    await page.locator(".statusbar").getByText("Engram · SANDBOX").waitFor();
    await hands.command("Engram: Leave Sandbox");
    await hands.treeItem(/^warning: kim@contoso\.com/).waitFor({ timeout: 60_000 });
    assert.equal(await page.locator(".statusbar").getByText("SANDBOX").count(), 0);
  });
});

/** Scopes of each sign-in that VS Code started. */
function prompts(record: string): readonly (readonly string[])[] {
  const lines = fs.existsSync(record) ? fs.readFileSync(record, "utf8").trim().split("\n").filter(Boolean) : [];
  const entries = lines.map((line) => JSON.parse(line) as Entry);
  return entries.filter(({ call }) => call === "createSession").map(({ scopes }) => scopes ?? []);
}
