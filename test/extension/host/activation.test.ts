import assert from "node:assert/strict";
import fs from "node:fs";
import inspector from "node:inspector";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import * as vscode from "vscode";
import { commandTable } from "../../../src/commands/index.ts";
import type { CommandContext } from "../../../src/commands/context.ts";
import { skipBecause } from "../../support/skip.ts";

type Manifest = { readonly contributes: { readonly commands: readonly { readonly command: string }[] } };

describe("activating the extension", () => {
  const extension = vscode.extensions.getExtension("zimaxnetworks.engram-azure");
  let scripts: ReturnType<typeof watchScripts> | undefined;
  before(function () {
    if (extension === undefined) skipBecause(this, "only the harness's fixture is loaded");
    // not before: the other tests' files are loaded until here
    scripts = watchScripts();
  });
  after(() => scripts?.stop());
  const loaded = (): readonly string[] => scripts?.under(extension?.extensionPath ?? "") ?? [];

  it("loads one file, and nothing of Azure in it", async () => {
    assert.equal(extension?.isActive, false, "something activated it before anybody looked");
    await extension.activate();
    await sleep(500);
    assert.deepEqual(loaded(), ["dist/extension.cjs"]);
    const sources = sourcesOf(path.join(extension.extensionPath, "dist/extension.cjs"));
    assert.deepEqual(sources.filter(isAzure), []);
    assert.deepEqual((scripts?.all() ?? []).filter(isAzure), []);
  });

  it("registers exactly the commands of the manifest, and each has its handler", async () => {
    const { contributes } = extension?.packageJSON as Manifest;
    const contributed = contributes.commands.map(({ command }) => command).toSorted();
    const registered = (await vscode.commands.getCommands(true)).filter((one) => /^engram\.[A-Za-z]+$/.test(one));
    assert.deepEqual(registered.toSorted(), contributed);
    assert.deepEqual(Object.keys(commandTable({} as CommandContext)).toSorted(), contributed);
  });

  it("shows no notification and opens no editor", () => {
    assert.equal(vscode.window.activeTextEditor, undefined);
  });

  it("leaves what a command does to its first run, and Azure to the first connection", async () => {
    await vscode.commands.executeCommand("engram.showLog");
    assert.ok(loaded().includes("dist/lazy/main.mjs"), loaded().join(" "));
    assert.ok(!loaded().includes("dist/lazy/azure.mjs"), loaded().join(" "));
  });
});

/**
 * Every script and module that V8 compiles from now on, by require or import alike: hooks of Node's module system miss
 * an import() here, because VS Code has hooks of its own.
 */
function watchScripts(): { all(): readonly string[]; under(folder: string): readonly string[]; stop(): void } {
  const files = new Set<string>();
  const session = new inspector.Session();
  session.connect();
  session.on("Debugger.scriptParsed", ({ params: { url } }) => {
    files.add(url.startsWith("file:") ? fileURLToPath(url) : url);
  });
  session.post("Debugger.enable");
  // what was there already is reported at once
  files.clear();
  return {
    all: () => [...files],
    under: (folder) => {
      const inside = [...files].filter((file) => file.startsWith(path.join(folder, "dist") + path.sep));
      return inside.map((file) => path.relative(folder, file).replaceAll(path.sep, "/"));
    },
    stop: () => session.disconnect(),
  };
}

/** What a file was bundled from; a packaged one does not say. */
function sourcesOf(file: string): readonly string[] {
  if (!fs.existsSync(`${file}.map`)) return [];
  return (JSON.parse(fs.readFileSync(`${file}.map`, "utf8")) as { readonly sources: readonly string[] }).sources;
}

function isAzure(file: string): boolean {
  return /(^|[\\/])(src[\\/]azure|@azure(-rest)?)[\\/]/.test(file);
}
