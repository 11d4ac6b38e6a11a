import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { readExchanges } from "../support/contract/exchange.ts";
import { specsOrSkip } from "../support/contract/specs.ts";
import { judgeAll, openContract, reportText } from "../support/contract/validator.ts";
import type { ContractReport } from "../support/contract/validator.ts";
import { skipBecause } from "../support/skip.ts";
import { productOperations } from "./operations.ts";

/** Every operation listed and counted; `npm test` prints its first line. */
const listing = new URL("../../test-results/contract.txt", import.meta.url);

/** Named so that mocha runs it after the suites of this folder; `npm test` runs the folder after every other suite. */
describe("Every exchange that the suites recorded", () => {
  let report: ContractReport;

  before(async function () {
    this.timeout(300_000);
    const recorded = process.env["ENGRAM_SANDBOX_RECORD"];
    if (!recorded) skipBecause(this, "nothing was recorded: ENGRAM_SANDBOX_RECORD is not set (npm test sets it)");
    report = await judgeAll(await openContract(specsOrSkip(this)), readExchanges(recorded));
    console.log(reportText(report));
    mkdirSync(new URL(".", listing), { recursive: true });
    writeFileSync(listing, `${reportText(report)}\n`);
  });

  it("was recorded at all", () => {
    assert.ok(report.total > 0);
  });

  it("keeps to Azure's documents or the checked-in schemas, request and answer both", () => {
    assert.deepEqual(report.violations, []);
  });

  it("has a document or a schema", () => {
    assert.deepEqual(
      report.rows.filter((row) => row.basis === "none" && row.refused < row.count),
      [],
    );
  });

  it("leaves out no operation that the product can send", function () {
    const isWhole = process.env["ENGRAM_WHOLE_SUITE"] === "true";
    if (!isWhole) skipBecause(this, "only a run of all suites can say that an operation was never exercised");
    const expected = [...new Set(Object.values(productOperations).flat())];
    assert.deepEqual(
      expected.filter((operation) => !report.sentByProduct.has(operation)),
      [],
    );
  });
});
