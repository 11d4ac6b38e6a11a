import assert from "node:assert/strict";
import path from "node:path";
import { pathToFileURL } from "node:url";
import * as vscode from "vscode";
import type * as AzureModule from "../../../../src/azure/index.ts";

describe("Azure's modules behind VS Code's proxy setting", () => {
  it("send their requests to that proxy", async () => {
    const extension = vscode.extensions.getExtension("zimaxnetworks.engram-azure");
    assert.ok(extension);
    await extension.activate();
    const file = path.join(extension.extensionPath, "dist/lazy/azure.mjs");
    const { createAzure, publicCloud } = (await import(pathToFileURL(file).href)) as typeof AzureModule;
    const tokens = { via: "nobody", accounts: () => Promise.resolve([]), token: () => Promise.resolve(null) };
    const azure = createAzure({ cloud: publicCloud, tokens });
    // the proxy refuses the tunnel and says so: no name is ever resolved here
    await assert.rejects(azure.prices.list("serviceName eq 'Storage'", "USD", AbortSignal.timeout(20_000)));
  });
});
