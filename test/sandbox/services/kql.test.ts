import assert from "node:assert/strict";
import type { Value } from "../../../sandbox/kql/ast.ts";
import { evaluate } from "../../../sandbox/kql/evaluate.ts";
import { parseQuery } from "../../../sandbox/kql/parser.ts";

const table = {
  columns: ["id", "name", "n", "tags", "list"],
  rows: [
    { id: "1", name: "Alpha-One", n: 3, tags: { Owner: "Ada", "a b": "x" }, list: [1, 2, 3] },
    { id: "2", name: "beta", n: 1, tags: null, list: [] },
    { id: "3", name: "alphabet", n: null, tags: { Owner: "" }, list: null },
  ],
};

function run(query: string): readonly Record<string, Value>[] {
  return evaluate(parseQuery(query), () => table).rows;
}

function idsWhere(condition: string): string {
  return run(`resources | where ${condition} | project id`)
    .map((row) => row["id"])
    .join("");
}

describe("The KQL subset", () => {
  const conditions: readonly [condition: string, ids: string][] = [
    ["name == 'beta'", "2"],
    ["name == 'BETA'", ""],
    ["name =~ 'BETA'", "2"],
    ["name != 'beta' and name !~ 'ALPHABET'", "1"],
    ["name has 'alpha'", "1"],
    ["name contains 'ALPHA'", "13"],
    ["name !contains 'alpha'", "2"],
    ["name startswith 'alpha' and not(name endswith 'bet')", "1"],
    ["name in ('beta', \"alphabet\")", "23"],
    ["name in~ ('BETA')", "2"],
    ["name !in ('beta')", "13"],
    ["n > 1 or n <= 1", "12"],
    ["isnull(n)", "3"],
    ["isempty(tags.Owner)", "23"],
    ["isnotempty(tags['Owner'])", "1"],
    ["tags['a b'] == 'x'", "1"],
    ["tags.owner == 'Ada'", ""],
    ["list[0] == 1 and array_length(list) == 3", "1"],
    ["coalesce(tags.Owner, name) == 'beta'", "2"],
    ["strcat(id, '/', tolower(name)) == '1/alpha-one'", "1"],
    ["iff(n > 2, 'big', 'small') == 'big'", "1"],
    ["split(name, '-')[1] == 'One'", "1"],
    ["n in (dynamic([3, 7]))", "1"],
    ["id == '1' or id == '2' and id == '9'", "1"],
    ["(id == '1' or id == '2') and id == '2'", "2"],
    ["n + 1 == 4", "1"],
    [String.raw`name == 'be\ta' or name == @'beta'`, "2"],
  ];

  for (const [condition, ids] of conditions)
    it(`reads ${condition}`, () => {
      assert.equal(idsWhere(condition), ids);
    });

  it("sorts nulls first ascending and last descending unless told otherwise", () => {
    const order = (by: string): string =>
      run(`resources | sort by ${by} | project id`)
        .map((row) => row["id"])
        .join("");
    assert.equal(order("n asc"), "321");
    assert.equal(order("n desc"), "123");
    assert.equal(order("n"), "123");
    assert.equal(order("n asc nulls last"), "213");
  });

  it("names columns as Azure does", () => {
    const [row] = run("resources | project tags.Owner, label = name | take 1");
    assert.deepEqual(row, { tags_Owner: "Ada", label: "Alpha-One" });
    const [counted] = run("resources | summarize count(), total = sum(n), dcount(name) by kind = isnull(n) | take 1");
    assert.deepEqual(counted, { kind: false, count_: 2, total: 4, dcount_name: 2 });
  });

  it("never reads what a property is called as what an object inherits", () => {
    assert.equal(idsWhere("isnotnull(tags.constructor) or isnotnull(tags['__proto__'])"), "");
  });

  it("refuses a text after the query's end", () => {
    assert.throws(() => run("resources; resources"), /ParserFailure/);
  });
});
