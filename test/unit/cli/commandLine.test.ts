import assert from "node:assert/strict";
import { AzureError } from "../../../src/azure/ports.ts";
import { commandHelp } from "../../../src/cli/commandHelp.ts";
import { parseCommandLine, subjectOf } from "../../../src/cli/commandLine.ts";
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
    assert.deepEqual(parseCommandLine([]), { command: "help", about: null });
    assert.deepEqual(parseCommandLine(["stop", "--help"]), { command: "help", about: "stop" });
    assert.deepEqual(parseCommandLine(["sandbox", "-h"]), { command: "help", about: "sandbox" });
    assert.deepEqual(parseCommandLine(["-v"]), { command: "version" });
    assert.match(commandHelp("sandbox") ?? "", /afterCommit/);
    assert.equal(commandHelp("constructor"), null);
  });

  it("takes options of every command before the command too", () => {
    const words = ["--json", "--sandbox-state", "stop", "--sandbox", "stop", "a", "--yes"];
    const command = parseCommandLine(words);
    assert.ok(command.command === "operate" && command.json && command.connecting.sandbox);
    assert.deepEqual([command.environment, command.connecting.stateFile], ["a", "stop"]);
  });

  it("says what is missing or meant, in a sentence of its own", () => {
    const said = (...words: readonly string[]): string => {
      try {
        return JSON.stringify(parseCommandLine(words));
      } catch (cause) {
        return faultOf(cause).message;
      }
    };
    assert.match(said("scale", "a", "--sku", "--yes"), /^--sku needs a value\./);
    assert.match(said("scale", "a", "--storage", "-5"), /^--storage needs a value\./);
    assert.match(said("scale", "a", "--storage"), /^--storage needs a value\./);
    assert.match(said("stop", "a", "--yes=no"), /takes no value/);
    assert.match(said("sotp", "a"), /no command "sotp"\. Did you mean "stop"\?/);
    assert.match(said("stop", "a", "--pln"), /no option --pln here\. Did you mean "--plan"\?/);
    for (const hash of ["9967", "x".repeat(64), ""]) assert.match(said("stop", "a", "--apply", hash), /whole hash/);
    assert.match(said("stop", "a", "--apply", "A".repeat(64)), new RegExp("a".repeat(64)));
  });

  it("knows what a wrong command line was about", () => {
    assert.deepEqual(subjectOf(["--json", "stop"]), { word: "stop", kind: "stop", environment: null });
    assert.deepEqual(subjectOf(["configure", "a", "--high-availability", "X"]).environment, "a");
    assert.deepEqual(subjectOf(["environments", "--foo"]), { word: "environments", kind: null, environment: null });
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
    assert.equal(faultOf(new AzureError("canceled", "")).exit, 1);
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
