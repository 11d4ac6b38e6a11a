// Mocha reporter: one JSON line per test into the file ENGRAM_REPORT, the usual listing on the terminal.
const fs = require("node:fs");
const { reporters } = require("mocha");

module.exports = class Lines extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const file = process.env.ENGRAM_REPORT;
    const write = (record) => fs.appendFileSync(file, `${JSON.stringify(record)}\n`);
    runner.on("pass", (test) => write({ state: "passed", title: test.fullTitle(), ms: test.duration }));
    runner.on("pending", (test) => write({ state: "skipped", title: test.fullTitle(), reason: reasonOf(test) }));
    runner.on("fail", (test, error) =>
      write({ state: "failed", title: test.fullTitle(), ms: test.duration, error: error.stack ?? String(error) }),
    );
    runner.on("end", () => write({ state: "end" }));
  }
};

/** test/support/skip.ts leaves the reason at the test, or at the suite whose hook skipped it. */
function reasonOf(test) {
  for (let holder = test; holder; holder = holder.parent) if (holder.skipReason) return holder.skipReason;
  return "no reason given";
}
