import assert from "node:assert/strict";
import * as vscode from "vscode";
import { skipBecause } from "../../support/skip.ts";

type Manifest = { readonly contributes: { readonly commands: readonly { readonly command: string }[] } };

describe("the extension's commands", () => {
  it("are registered exactly as contributed", async function () {
    const extension = vscode.extensions.getExtension("zimaxnetworks.engram-azure");
    if (!extension) return skipBecause(this, "only the harness's fixture is loaded");
    await extension.activate();
    const { contributes } = extension.packageJSON as Manifest;
    const all = await vscode.commands.getCommands(true);
    // VS Code makes its own for every view and its container: engram.environments.focus, …
    const ours = all.filter((id) => /^engram\.[a-z][A-Za-z]*$/.test(id));
    const contributed = contributes.commands.map(({ command }) => command);
    assert.deepEqual(ours.toSorted(), contributed.toSorted());
  });
});
