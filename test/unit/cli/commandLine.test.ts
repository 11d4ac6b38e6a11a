import assert from "node:assert/strict";
import { AzureError } from "../../../src/azure/ports.ts";
import { parseCommandLine } from "../../../src/cli/commandLine.ts";
import { exitOf, faultOf } from "../../../src/cli/exitCodes.ts";
import { table } from "../../../src/cli/table.ts";
import { PlanRefused } from "../../../src/operations/request.ts";

describe("the command line", () => {
  it("reads a scale with everything", () => {
    const command = parseCommandLine([
      "scale",
      "orders",
      "--sku",
      "D4ds_v5",
      "--storage",
      "256",
      "--backup-first",
      "--yes",
      "--json",
    ]);
    assert.ok(command.command === "operate");
    assert.deepEqual(command.request, { operation: "scale", sku: "D4ds_v5", storageGiB: 256, backupFirst: true });
    assert.deepEqual([command.environment, command.json, command.approval.yes], ["orders", true, true]);
  });

  it("reads a configuration", () => {
    const words = [
      "configure",
      "orders",
      "--high-availability",
      "sameZone",
      "--auto-grow",
      "off",
      "--backup-retention",
      "14",
      "--maintenance-window",
      "Sun 02:30",
      "--plan",
    ];
    const command = parseCommandLine(words);
    assert.ok(command.command === "operate");
    assert.deepEqual(command.request, {
      operation: "configure",
      highAvailability: "sameZone",
      autoGrow: false,
      backupRetentionDays: 14,
      maintenanceWindow: { dayOfWeek: 0, startHour: 2, startMinute: 30 },
    });
  });

  for (const wrong of [
    ["explode"],
    ["stop"],
    ["stop", "a", "b"],
    ["stop", "a", "--force"],
    ["stop", "a", "--plan", "--yes"],
    ["stop", "a", "--plan", "--wait"],
    ["operations", "resume", "--all"],
    ["stop", "a", "--sandbox-state", "x"],
    ["stop", "a", "--sandbox", "--speed", "0"],
    ["stop", "a", "--sandbox", "--identity", "azd"],
    ["scale", "a"],
    ["scale", "a", "--storage", "1e3"],
    ["scale", "a", "--storage", "-1"],
    ["configure", "a"],
    ["configure", "a", "--high-availability", "double"],
    ["configure", "a", "--auto-grow", "yes"],
    ["configure", "a", "--backup-retention", "6"],
    ["configure", "a", "--maintenance-window", "someday"],
    ["configure", "a", "--maintenance-window", "sun 25:00"],
    ["tag", "a", "--class", "unknown"],
    ["operations", "resume", "a", "b"],
    ["operations", "acknowledge"],
    ["environments", "x"],
  ]) {
    it(`refuses ${wrong.join(" ")} with one sentence and exit code 2`, () => {
      assert.throws(
        () => parseCommandLine(wrong),
        (cause: unknown) => faultOf(cause).exit === 2 && !faultOf(cause).message.includes("\n"),
      );
    });
  }

  it("helps without a command", () => {
    assert.deepEqual(parseCommandLine([]), { command: "help" });
    assert.deepEqual(parseCommandLine(["stop", "--help"]), { command: "help" });
  });
});

describe("exit codes", () => {
  it("follow the record", () => {
    const codes = [
      exitOf({ status: "succeeded", reason: null }),
      exitOf({ status: "failed", reason: "rights" }),
      exitOf({ status: "failed", reason: "changed" }),
      exitOf({ status: "running", reason: null }),
      exitOf({ status: "unknown", reason: "notVerified" }),
      exitOf({ status: "running", reason: "auth" }),
      exitOf({ status: "failed", reason: "busy" }),
    ];
    assert.deepEqual(codes, [0, 1, 3, 4, 4, 5, 6]);
  });

  it("follow what was refused", () => {
    assert.equal(faultOf(new PlanRefused("usage", "unknownSku", "")).exit, 2);
    assert.equal(faultOf(new PlanRefused("state", "serverStopped", "")).exit, 1);
    assert.equal(faultOf(new PlanRefused("state", "serverBusy", "")).exit, 6);
    assert.equal(faultOf(new PlanRefused("state", "changedSincePlanned", "")).exit, 3);
    assert.equal(faultOf(new AzureError("auth", "")).exit, 5);
    assert.equal(faultOf(new AzureError("canceled", "")).exit, 4);
  });
});

describe("a table", () => {
  it("aligns wide characters by what a terminal shows", () => {
    const lines = table([
      ["NAME", "X"],
      ["注文", "1"],
      ["ab", "2"],
    ]);
    assert.deepEqual(lines, ["NAME  X", "注文  1", "ab    2"]);
  });

  it("takes the teeth out of hostile names", () => {
    const [line = ""] = table([["\u001b]0;owned\u0007a\u001b[2Jb\u202ec\nd"]]);

    assert.doesNotMatch(line, /[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/u);
    assert.match(line, /ab/);
  });
});
