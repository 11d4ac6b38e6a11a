import assert from "node:assert/strict";
import { operationDocument } from "../../../src/commands/operationDocument.ts";
import { operation } from "../tree/fixtures.ts";

describe("an operation begun elsewhere, as a document", () => {
  const text = operationDocument(
    operation({
      title: "Stop <img src=x>",
      sandbox: true,
      resources: [{ id: "/servers/orders-pg", before: { state: "Ready" }, after: { state: "Stopped" } }],
    }),
  );

  it("says what the journal has and that the plan's own text is not kept", () => {
    assert.match(text, /another window or on the command line/);
    assert.match(text, /"before": \{\s+"state": "Ready"/);
    assert.match(text, /"after": \{\s+"state": "Stopped"/);
  });

  it("names the sandbox and what was done", () => {
    assert.match(text, /^> SANDBOX/);
    assert.match(text, /^# Stop <img src=x>$/m);
  });
});
