import assert from "node:assert/strict";
import { parsePriceFilter } from "../../../sandbox/priceFilter.ts";
import { assertRefused } from "../support.ts";
import { demo, fleet, start } from "./support.ts";

interface PricePage {
  Items: { armRegionName: string; armSkuName: string; retailPrice: number; currencyCode: string; type: string }[];
  NextPageLink: string | null;
  Count: number;
}

async function prices(filter: string | null, more = ""): Promise<PricePage & { status: number }> {
  const query = filter === null ? "" : `&$filter=${encodeURIComponent(filter)}`;
  const path = `/api/retail/prices?api-version=2023-01-01-preview${query}${more}`;
  const answer = await fleet().send("GET", path, { host: "prices.azure.com", token: null });
  return { status: answer.status, ...(answer.body as PricePage) };
}

describe("Retail prices", () => {
  it("finds the documented East US price without a sign-in", async () => {
    const filter =
      "serviceName eq 'Azure Database for PostgreSQL' and armRegionName eq 'eastus' and armSkuName eq 'B1MS' and priceType eq 'Consumption'";
    const page = await prices(filter);
    assert.deepEqual(
      page.Items.map((item) => item.retailPrice),
      [0.017],
    );
    assert.equal(page.NextPageLink, null);
  });

  it("compares values with case", async () => {
    assert.equal((await prices("armRegionName eq 'EastUS'")).Count, 0);
  });

  it("pages by a hundred until all were seen", async () => {
    const first = await prices(null);
    assert.equal(first.Count, 100);
    const skip = new URL(first.NextPageLink ?? "").searchParams.get("$skip");
    assert.equal(skip, "100");
    const last = await prices(null, "&$skip=200");
    assert.equal(last.NextPageLink, null);
    assert.equal(last.Count, 25);
  });

  it("has dearer, invented prices elsewhere, and other currencies", async () => {
    const sku = "armSkuName eq 'Standard_D4ds_v5' and type eq 'x'";
    assert.equal((await prices(sku)).status, 400);
    const where = (name: string): string =>
      `armSkuName eq 'Standard_D4ds_v5' and priceType eq 'Consumption' and armRegionName eq '${name}'`;
    const [east, west] = [await prices(where("eastus")), await prices(where("westeurope"))];
    assert.ok((west.Items[0]?.retailPrice ?? 0) > (east.Items[0]?.retailPrice ?? 0));
    assert.equal((await prices(where("eastus"), "&currencyCode='EUR'")).Items[0]?.currencyCode, "EUR");
    assert.equal((await prices(null, "&currencyCode=XXX")).status, 400);
  });

  it("refuses every filter outside the documented OData", () => {
    for (const wrong of [
      "retailPrice lt 5",
      "armRegionName",
      "armRegionName eq eastus",
      "meterName eq 'x' and",
      "startswith(meterName,'x')",
      "nosuch eq 'x'",
      "meterName eq 'x')",
    ])
      assert.equal(parsePriceFilter(wrong), null, wrong);
    assert.equal(
      parsePriceFilter("(meterName eq 'a' or contains(meterName, 'it''s')) and skuName eq 'b'")?.({
        meterName: "so it's",
        skuName: "b",
      }),
      true,
    );
  });
});

describe("The activity log", () => {
  const path = `/subscriptions/${demo.production}/providers/Microsoft.Insights/eventtypes/management/values?api-version=2015-04-01&$filter=`;
  const since = (days: number): string => `eventTimestamp ge '${new Date(start - days * 86_400_000).toISOString()}'`;

  it("has the stop of five days ago, newest first, and only where it is asked for", async () => {
    const at = fleet();
    const read = async (filter: string): Promise<string[]> => {
      const answer = await at.send("GET", path + encodeURIComponent(filter));
      return (answer.body as { value: { status: { value: string } }[] }).value.map((each) => each.status.value);
    };
    const { id } = at.named("billing-test-pg");
    assert.deepEqual(await read(`${since(6)} and resourceUri eq '${id}'`), ["Succeeded", "Accepted"]);
    assert.deepEqual(await read(`${since(6)} and resourceGroupName eq 'RG-BILLING-TEST'`), ["Succeeded", "Accepted"]);
    assert.deepEqual(await read(`${since(4)} and resourceUri eq '${id}'`), []);
  });

  it("refuses a filter without a start, with unknown fields or older than 90 days", async () => {
    const at = fleet();
    for (const wrong of ["", "resourceUri eq 'x'", `${since(1)} and color eq 'red'`, since(91)])
      assertRefused(await at.send("GET", path + encodeURIComponent(wrong)), 400, "BadRequest");
  });
});

describe("Deployments", () => {
  it("are listed by resource group and read one by one", async () => {
    const at = fleet();
    const base = `/subscriptions/${demo.production}/resourcegroups/rg-orders-prod/providers/Microsoft.Resources/deployments`;
    const list = (await at.send("GET", `${base}?api-version=2026-06-01`)).body as { value: { name: string }[] };
    assert.deepEqual(
      list.value.map((each) => each.name),
      ["engram-prod"],
    );
    assert.equal((await at.send("GET", `${base}/engram-prod?api-version=2026-06-01`)).status, 200);
    assertRefused(await at.send("GET", `${base}/nope?api-version=2026-06-01`), 404, "DeploymentNotFound");
  });
});
