import assert from "node:assert/strict";
import * as vscode from "vscode";

describe("VS Code's extension host", () => {
  it("is new enough for the manifest", () => {
    const [major, minor] = vscode.version.split(".").map(Number);
    assert.ok(major === 1 && minor !== undefined && minor >= 106, vscode.version);
  });

  it("has loaded the extension under test", () => {
    const ids = vscode.extensions.all.map(({ id }) => id);
    assert.ok(
      ids.includes("zimaxnetworks.engram-azure") || ids.includes("engram-tests.harness-fixture"),
      ids.join(" "),
    );
  });
});
