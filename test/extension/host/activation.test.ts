import assert from "node:assert/strict";
import { createRequire, registerHooks } from "node:module";
import * as vscode from "vscode";

const id = "zimaxnetworks.engram-azure";

describe("activating the extension", () => {
  it("loads no module of Azure and registers exactly the commands of the manifest", async function () {
    const extension = vscode.extensions.getExtension(id);
    if (extension === undefined) return this.skip();
    assert.equal(extension.isActive, false, "something activated it before anybody looked");
    const imported: string[] = [];
    const hooks = registerHooks({ resolve: (name, context, next) => (imported.push(name), next(name, context)) });
    await extension.activate();
    await new Promise((resolve) => setTimeout(resolve, 500));
    hooks.deregister();
    const loaded = [...Object.keys(createRequire(__filename).cache), ...imported];
    assert.deepEqual(
      loaded.filter((file) => /(^|[\\/])azure[\\/]index|[\\/]dist[\\/]azure[\\/]|@azure[\\/]/.test(file)),
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
