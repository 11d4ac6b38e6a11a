import assert from "node:assert/strict";
import { createRequire } from "node:module";
import * as vscode from "vscode";

const id = "zimaxnetworks.engram-azure";

describe("activating the extension", () => {
  it("loads no module of Azure and registers exactly the commands of the manifest", async function () {
    const extension = vscode.extensions.getExtension(id);
    if (extension === undefined) return this.skip();
    await extension.activate();
    const loaded = Object.keys(createRequire(__filename).cache);
    assert.deepEqual(
      loaded.filter((file) => /[\\/]dist[\\/]azure[\\/]|[\\/]@azure[\\/]/.test(file)),
      [],
    );
    const manifest = extension.packageJSON as { contributes: { commands: readonly { command: string }[] } };
    const contributed = manifest.contributes.commands.map(({ command }) => command).toSorted();
    const registered = (await vscode.commands.getCommands(true)).filter((one) => /^engram\.[A-Za-z]+$/.test(one));
    assert.deepEqual(registered.toSorted(), contributed);
  });

  it("shows no notification and opens no editor", () => {
    assert.equal(vscode.window.activeTextEditor, undefined);
  });
});
