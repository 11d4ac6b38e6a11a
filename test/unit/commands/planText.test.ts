import assert from "node:assert/strict";
import type { Plan } from "../../../src/operations/model.ts";
import { isRefused, overviewTable, planDocument, planLines, verdict } from "../../../src/commands/planText.ts";

const plan: Plan = {
  operation: "stop",
  environment: { id: "sub/rg/orders", name: "orders|dev" },
  class: "dev",
  steps: [
    {
      change: { kind: "stop", id: "/servers/orders-pg" },
      request: {
        method: "POST",
        url: "https://management.azure.com/x/stop",
        body: null,
        az: "az stop --name orders-pg",
      },
      title: "Stop orders-pg",
      before: {},
      expect: {},
    },
  ],
  findings: [{ code: "noClass", severity: "warning", message: "It has no class.", source: null }],
  receipt: {
    title: "Stop orders-pg",
    today: "It is Ready.",
    downtime: { class: "untilStarted", text: "Until it is started." },
    money: { before: 57, after: 7.36, currency: "USD", pricesAsOf: "2026-11-22", note: "Backups not included." },
    effects: ["Azure starts it after 7 days.", "Compute is not billed."],
    cannotBeUndone: ["Open transactions."],
    undo: "Start.",
    actor: "kim@contoso.com via VS Code",
  },
  planHash: "0123456789abcdef",
  typeToConfirm: null,
  madeAt: "2026-11-22T12:00:00Z",
  sandbox: true,
};
const refused: Plan = {
  ...plan,
  steps: [],
  findings: [{ code: "serverBusy", severity: "error", message: "The server is busy.", source: null }],
};

describe("a plan shown before it is confirmed", () => {
  it("says what it costs before and after, what follows, what is sent and who acts", () => {
    const text = planLines(plan).join("\n");
    assert.match(text, /Cost: \$57\.00 → \$7\.36 a month \(list prices of 2026-11-22\)/);
    assert.match(text, /• Azure starts it after 7 days\./);
    assert.match(text, /Mind: It has no class\./);
    assert.match(text, /^az stop --name orders-pg$/m);
    assert.match(text, /Acting: kim@contoso\.com via VS Code$/);
  });

  it("has the exact request in its document, and says SANDBOX there", () => {
    const text = planDocument([plan]);
    assert.match(text, /^> SANDBOX/);
    assert.match(text, /^POST https:\/\/management\.azure\.com\/x\/stop$/m);
    assert.match(text, /About the cost: Backups not included\./);
  });

  it("is one table for several, with what stands against each", () => {
    const rows = overviewTable([plan, refused]);
    assert.equal(rows.length, 4);
    assert.match(rows[2] ?? "", /orders\\\|dev.*\$57\.00 → \$7\.36.*ready/);
    assert.match(rows[3] ?? "", /The server is busy\./);
  });

  it("is refused by an error and already so without steps", () => {
    assert.ok(isRefused(refused) && !isRefused(plan));
    assert.equal(verdict({ ...plan, steps: [] }), "already so");
  });

  it("keeps hostile texts on one line and inert", () => {
    const evil = { ...plan, receipt: { ...plan.receipt, title: "Stop\n# x [a](command:b) $(alert)" } };
    assert.doesNotMatch(planDocument([evil]), /^# x|\]\(command|\$\(/m);
  });
});
