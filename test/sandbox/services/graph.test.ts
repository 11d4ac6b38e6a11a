import assert from "node:assert/strict";
import { fleet, graph, demo, rows } from "./support.ts";

const servers = "resources | where type =~ 'microsoft.dbforpostgresql/flexibleservers'";

interface Page {
  totalRecords: number;
  count: number;
  resultTruncated: unknown;
  $skipToken?: string;
  data: { id: string }[];
}

async function page(at: ReturnType<typeof fleet>, body: object): Promise<Page> {
  const answer = await graph(at, body);
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return answer.body as Page;
}

async function detailsOf(query: string): Promise<{ status: number; codes: string[]; token: string }> {
  const answer = await graph(fleet(), { query });
  const { error } = answer.body as { error: { code: string; details: { code: string; token?: string }[] } };
  assert.equal(error.code, "BadRequest");
  return { status: answer.status, codes: error.details.map((each) => each.code), token: error.details[1]?.token ?? "" };
}

describe("Resource Graph", () => {
  it("answers the same rows however a query is spaced, commented, quoted or reordered", async () => {
    const spellings = [
      `${servers} | where location == 'eastus' and properties.state =~ 'READY' | project name, location | order by name asc`,
      `RESOURCES|where properties['state']=~"ready"  and location=="eastus"|where type in~ ('Microsoft.DBforPostgreSQL/flexibleServers')|project name,location|sort by name asc`,
      `// servers\nresources\n| where location == "eastus" // here\n| where type =~ "microsoft.dbforpostgresql/flexibleservers"\n| where not(properties.state !~ 'Ready')\n| project location, name | project name, location\n| order by name asc nulls first`,
    ];
    const answers = await Promise.all(spellings.map((query) => rows(fleet(), query)));
    assert.deepEqual(answers[0]?.[0], { name: "orders-prod-pg", location: "eastus" });
    assert.deepEqual(answers[1], answers[0]);
    assert.deepEqual(answers[2], answers[0]);
  });

  it("shows nothing of a subscription that the caller may not read", async () => {
    const seen = await rows(fleet(), "resources | project subscriptionId | distinct subscriptionId");
    const ids = seen.map((row) => row["subscriptionId"]).sort();
    assert.deepEqual(ids, [demo.production, demo.northwind].sort());
  });

  it("writes types and groups in lower case and leaves ids, tags and properties as they are", async () => {
    const [row] = await rows(fleet(), "resources | where name == 'chumon-dev-pg'");
    assert.equal(row?.["type"], "microsoft.dbforpostgresql/flexibleservers");
    assert.match(String(row?.["id"]), /\/resourceGroups\/rg-注文-開発\/providers\/Microsoft\.DBforPostgreSQL\//);
    assert.equal((row?.["tags"] as Record<string, string>)["engram-environment"], "注文 開発 Ωμέγα");
    assert.equal(row?.["tenantId"], demo.northwindTenant);
  });

  it("pages with a token until everything was seen once", async () => {
    const at = fleet();
    const ids: string[] = [];
    let token: string | undefined;
    do {
      const options = token === undefined ? { $top: 5 } : { $top: 5, $skipToken: token };
      const answer = await page(at, { query: `${servers} | project id`, options });
      assert.equal(answer.resultTruncated, "false");
      assert.equal(answer.totalRecords, 13);
      ids.push(...answer.data.map((row) => row.id));
      token = answer.$skipToken;
    } while (token !== undefined);
    assert.equal(new Set(ids).size, 13);
    assert.equal(ids.length, 13);
  });

  it("refuses a token of another query", async () => {
    const at = fleet();
    const first = await page(at, { query: `${servers} | project id`, options: { $top: 5 } });
    const other = await graph(at, { query: "resources | project id", options: { $skipToken: first.$skipToken } });
    assert.equal(other.status, 400);
  });

  it("says as a string that it cut a result which it cannot page for want of ids", async () => {
    const answer = await page(fleet(), { query: `${servers} | project name`, options: { $top: 5 } });
    assert.equal(answer.resultTruncated, "true");
    assert.equal(answer.$skipToken, undefined);
  });

  it("refuses more than a thousand rows a page", async () => {
    assert.equal((await graph(fleet(), { query: servers, options: { $top: 1001 } })).status, 400);
  });

  it("counts, groups, takes the top and joins", async () => {
    const at = fleet();
    assert.deepEqual(await rows(at, `${servers} | count`), [{ Count: 13 }]);
    assert.deepEqual(await rows(at, `${servers} | summarize count() by location | top 1 by count_`), [
      { location: "eastus", count_: 6 },
    ]);
    const joined = await rows(
      at,
      `${servers} | where name == 'orders-prod-pg' | project name, resourceGroup | join kind=leftouter (resourcecontainers | project resourceGroup, workload = tostring(tags.workload)) on resourceGroup | project name, workload`,
    );
    assert.deepEqual(joined, [{ name: "orders-prod-pg", workload: "orders-prod" }]);
  });

  it("refuses operators, functions, tables and columns that it does not know, with Azure's codes", async () => {
    const wrong: readonly [query: string, code: string, token: string][] = [
      [`${servers} | evaluate bag_unpack(tags)`, "InvalidQueryLanguage", "evaluate"],
      [`${servers} | parse id with * '/x/' y`, "InvalidQueryLanguage", "parse"],
      [`${servers} | where name matches regex 'a'`, "ParserFailure", "matches"],
      [`${servers} | extend x = bin(1, 2)`, "InvalidQueryLanguage", "bin"],
      ["advisorresources | take 1", "InvalidQueryLanguage", "advisorresources"],
      [`${servers} | where nosuch == 1`, "UnresolvedName", "nosuch"],
      [`${servers} | where name == 'x`, "ParserFailure", "'"],
      [`${servers} | take 5 5`, "ParserFailure", "5"],
    ];
    for (const [query, code, token] of wrong) {
      const details = await detailsOf(query);
      assert.deepEqual(details, { status: 400, codes: ["InvalidQuery", code], token }, query);
    }
  });

  it("shows a change only after a while, and then for good", async () => {
    const at = fleet();
    const { id } = at.named("search-dev-pg");
    const state = async (): Promise<unknown> =>
      (await rows(at, `resources | where id =~ '${id}' | project state = properties.state`))[0]?.["state"];
    assert.equal((await at.send("POST", `${id}/stop`)).status, 202);
    assert.equal((await at.read(id)).properties["state"], "Stopping");
    assert.equal(await state(), "Ready");
    await at.advance("PT61S");
    assert.notEqual(await state(), "Ready");
    await at.advance("PT30M");
    assert.equal(await state(), "Stopped");
  });

  it("answers 429 at the sixteenth query within five seconds and says how long to wait", async () => {
    const at = fleet();
    for (let query = 0; query < 15; query++)
      assert.equal((await graph(at, { query: "resources | count" })).status, 200);
    const refused = await graph(at, { query: "resources | count" });
    assert.equal(refused.status, 429);
    assert.equal(refused.headers?.["x-ms-user-quota-remaining"], "0");
    assert.equal(refused.headers?.["x-ms-user-quota-resets-after"], "00:00:05");
    at.pass(5);
    assert.equal((await graph(at, { query: "resources | count" })).status, 200);
  });
});
