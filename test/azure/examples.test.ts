import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { Resource } from "../../src/environments/model.ts";
import type { Azure, ScopeProblem } from "../../src/azure/ports.ts";
import { at, list, text } from "../../src/azure/json.ts";
import { missingSpecs, specsFolder } from "../support/contract/documents.ts";
import { skipBecause } from "../support/skip.ts";
import {
  accountOrigins,
  keyOrigins,
  lost,
  serverOrigins,
  vaultOrigins,
  windowOrigins,
  type Origins,
} from "./survival.ts";
import { cannedAzure, inventoryOf, testServerId, type Canned } from "./support.ts";

/**
 * Input that none of us wrote: Microsoft's own example answers (x-ms-examples) go through the real SDKs and the adapters.
 * None may throw, and what the model has a place for must arrive there.
 */
describe("azure: Microsoft's example answers survive the SDKs and the adapters", function () {
  const folder = specsFolder();
  if (folder === null) {
    it("needs the official OpenAPI folder", function () {
      assert.notEqual(process.env["CI"], "true", missingSpecs);
      skipBecause(this, missingSpecs);
    });
    return;
  }
  const root = join(folder, "official/specification");

  const servers = answers(root, "postgresql/**/examples/Server{Get,List,Update,Create}*.json");
  const replicas = answers(root, "postgresql/**/examples/ReplicasListByServer.json");
  const accounts = answers(root, "storage/**/examples/StorageAccount{Get,List,Update,Create,Enable}*.json");
  const vaults = answers(root, "keyvault/resource-manager/**/examples/*Vault*.json");

  it("finds examples of every kind", () => {
    for (const kind of [servers, replicas, accounts, vaults]) assert.ok(kind.length > 0);
    assert.ok(servers.length >= 40 && accounts.length >= 20, `${servers.length} servers, ${accounts.length} accounts`);
  });

  for (const { title, body } of [...servers, ...replicas].flatMap(items).filter(ofType("flexibleServers"))) {
    it(`server in ${title}`, async () => {
      const { azure } = over({ body });
      const model = await azure.servers.get(String(at(body, "id")));
      const window = at(body, "properties", "maintenanceWindow", "customWindow") === "Enabled" ? windowOrigins : {};
      survived(body, model, { ...serverOrigins, ...window });
      assert.deepEqual(await azure.servers.json(String(at(body, "id"))), body);
      assert.deepEqual(await graphRow(body), model, "the graph's row gives the same server");
    });
  }

  for (const { title, body } of accounts.flatMap(items).filter(ofType("storageAccounts"))) {
    it(`account in ${title}`, async () => {
      const model = await over({ body }).azure.accounts.get(String(at(body, "id")));
      survived(body, model, accountOrigins);
      assert.deepEqual(await graphRow(body), model, "the graph's row gives the same account");
    });
  }

  for (const { title, body } of vaults.flatMap(items).filter(ofType("vaults"))) {
    it(`vault in ${title}`, async () => survived(body, await graphRow(body), vaultOrigins));
  }

  for (const { title, body } of answers(
    root,
    "keyvault/resource-manager/**/examples/{getKey,createKey,getKeyVersion}.json",
  )) {
    it(`key in ${title}`, async () => {
      const vaultId = String(at(body, "id")).replace(/\/keys\/.*/, "");
      const model = await over({ body }).azure.keys.get(vaultId, "sample-key-name");
      // A version's own name is the version's id.
      const { name, ...ofVersion } = keyOrigins;
      const origins: Origins = title.startsWith("getKeyVersion") ? ofVersion : { ...ofVersion, name: name! };
      survived(body, model, origins);
    });
  }

  for (const { title, body } of replicas) {
    it(`replicas in ${title}`, async () => {
      const models = await over({ body }).azure.servers.replicas(testServerId);
      const given = list(body, "value");
      assert.equal(models.length, given.length);
      given.forEach((each, index) => survived(each, models[index], serverOrigins));
    });
  }

  for (const { title, body } of answers(root, "postgresql/**/examples/BackupListByServer.json")) {
    it(`backups in ${title}`, async () => {
      const models = await over({ body }).azure.servers.backups(testServerId);
      const wanted = list(body, "value").map((each) => ({
        name: text(each, "name"),
        type: text(each, "properties", "backupType"),
        completed: text(each, "properties", "completedTime"),
      }));
      assert.deepEqual(models, wanted);
    });
  }

  for (const { title, body } of answers(root, "postgresql/**/examples/ConfigurationListByServer.json")) {
    it(`parameters in ${title}`, async () => {
      const given = list(body, "value").map((each) => [
        text(each, "name") ?? "",
        text(each, "properties", "value") ?? "",
      ]);
      const names = given.map(([name]) => name ?? "");
      const model = await over({ body }).azure.servers.parameters(testServerId, names);
      assert.deepEqual(model, Object.fromEntries(given));
    });
  }

  for (const { title, body } of answers(root, "postgresql/**/{ServerCapabilities,CapabilitiesByLocation}.json")) {
    it(`capabilities in ${title}`, async () => {
      const model = await over({ body }).azure.servers.capabilities(testServerId);
      const editions = list(body, "value").flatMap((each) => list(each, "supportedServerEditions"));
      const named = new Set(
        editions.flatMap((edition) => list(edition, "supportedServerSkus")).flatMap((sku) => text(sku, "name") ?? []),
      );
      assert.deepEqual(new Set(model.sizes.map(({ name }) => name)), named);
      assert.ok(model.sizes.every(({ vCores, memoryGiB, tier }) => vCores > 0 && memoryGiB > 0 && tier !== ""));
      const disks = editions
        .flatMap((edition) => list(edition, "supportedStorageEditions"))
        .flatMap((each) => list(each, "supportedStorageMb"));
      assert.equal(model.storageSizesGiB.length > 0, disks.length > 0);
    });
  }

  for (const { title, body } of answers(root, "storage/**/examples/*ManagementPolic*.json")) {
    it(`lifecycle rules in ${title}`, async () => {
      const { rules } = await over({ body }).azure.accounts.lifecycle(testServerId);
      const given = list(body, "properties", "policy", "rules");
      assert.deepEqual(
        rules.map(({ name, enabled }) => ({ name, enabled })),
        given.map((rule) => ({ name: at(rule, "name"), enabled: at(rule, "enabled") ?? true })),
      );
      given.forEach((rule, index) => {
        const base = at(rule, "definition", "actions", "baseBlob");
        const wanted = {
          coolAfterDays: "tierToCool",
          coldAfterDays: "tierToCold",
          archiveAfterDays: "tierToArchive",
          deleteAfterDays: "delete",
        } as const;
        for (const [field, action] of Object.entries(wanted)) {
          const days = Object.entries((at(base, action) ?? {}) as Record<string, number>).find(
            ([name]) => name !== "daysAfterLastTierChangeGreaterThan",
          );
          assert.equal(
            rules[index]![field as keyof typeof wanted],
            days?.[1] ?? null,
            `${action} of rule ${index + 1}`,
          );
        }
        assert.deepEqual(rules[index]!.prefixes, list(rule, "definition", "filters", "prefixMatch"));
      });
    });
  }

  for (const { title, body } of answers(
    root,
    "storage/**/examples/{BlobContainersList,BlobContainersGet,DeletedBlobContainersList}*.json",
  )) {
    it(`containers in ${title}`, async () => {
      const given = at(body, "value") === null ? [body] : list(body, "value");
      const { containers } = await over({ body: { value: given } }).azure.accounts.immutability(testServerId);
      assert.deepEqual(
        containers.map(({ name }) => name),
        given.map((each) => at(each, "name")),
      );
      given.forEach((each, index) => {
        assert.equal(containers[index]!.legalHold, at(each, "properties", "hasLegalHold") ?? false);
        const days = at(
          each,
          "properties",
          "immutabilityPolicy",
          "properties",
          "immutabilityPeriodSinceCreationInDays",
        );
        assert.equal(containers[index]!.policy?.days ?? null, days);
      });
    });
  }

  const query = {
    namespace: "n",
    metrics: ["m"],
    aggregation: "Average",
    interval: "PT5M",
    from: new Date(0),
    to: new Date(1),
  } as const;

  for (const { title, body } of answers(root, "monitor/data-plane/**/examples/MetricBatch*.json")) {
    it(`utilization in ${title}`, async () => {
      const models = await over({ body }).azure.metrics.batch({
        ...query,
        resourceIds: [testServerId],
        location: "eastus",
      });
      const given = list(body, "values");
      assert.equal(models.length, given.length);
      given.forEach((each, index) => {
        sameSeries(each, models[index]!.series);
        assert.match(
          models[index]!.resourceId,
          /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.[^/]+\/[^/]+\/[^/]+$/i,
        );
      });
    });
  }

  for (const { title, body } of answers(
    root,
    "monitor/resource-manager/**/examples/{GetMetric,GetMetricMetadata}.json",
  )) {
    it(`a resource's own utilization in ${title}`, async () => {
      const model = await over({ body }).azure.metrics.single({ ...query, resourceId: testServerId });
      sameSeries(body, model.series);
    });
  }

  for (const { title, body } of answers(root, "resourcegraph/**/2024-04-01/examples/Resources*.json")) {
    it(`graph answer in ${title}`, async () => {
      const pages = [];
      const canned = over({ body: { ...(body as object), $skipToken: undefined } });
      for await (const page of canned.azure.inventory.pages([subscription])) pages.push(page);
      const usable = Array.isArray(at(body, "data"));
      assert.equal(pages[0]!.complete, usable, "rows of types that nobody asked for are left out; a table is refused");
      assert.ok(pages.every(({ resources }) => resources.length === 0));
    });
  }

  for (const { title, body } of answers(root, "resources/**/examples/{GetSubscriptions,GetTenants}.json")) {
    it(`directory answer in ${title}`, async () => {
      const tenants = title.startsWith("GetTenants");
      const responder = (url: string): Canned =>
        url.includes("/tenants?") === tenants ? { body } : { body: { value: [tenants ? {} : { tenantId: "t" }] } };
      const { azure } = cannedAzure(({ url }) => responder(url), { directory: "responder" });
      const found: unknown[] = [];
      const problems: ScopeProblem[] = [];
      for await (const one of azure.directory.subscriptions()) ("scope" in one ? problems : found).push(one);
      const given = tenants ? [] : list(body, "value");
      assert.deepEqual(
        found.map((one) => [at(one, "id"), at(one, "name")]),
        given.map((one) => [at(one, "subscriptionId"), at(one, "displayName")]),
      );
      // The examples' nextLink is "...": no address of the cloud, so it is refused, said, and what came before stays.
      if (at(body, "nextLink") === "...") assert.ok(problems.some(({ code }) => code === "ForeignOrigin"));
      else assert.deepEqual(problems, []);
    });
  }

  for (const { title, body } of answers(
    root,
    "resources/**/examples/{PutDeployment,GetDeployment,ListDeployment}*.json",
  ).flatMap(items)) {
    it(`deployment in ${title}`, async () => {
      const { properties, name } = body as { properties: object; name: string };
      const inState = (provisioningState: string) => ({
        name: provisioningState,
        properties: { ...properties, provisioningState },
      });
      const states = ["Running", "Succeeded", "Failed", "Canceled", "Accepted"].map(inState);
      const { azure } = over({ body: { value: [body, ...states] } });
      const own = /succeeded|failed|canceled/i.test(String(at(properties, "provisioningState"))) ? [] : [name];
      const running = await azure.scopes.runningDeployments("/subscriptions/x/resourceGroups/rg");
      assert.deepEqual(running, [...own, "Running", "Accepted"]);
    });
  }

  for (const { title, status, headers } of exchanges(
    root,
    "postgresql/**/examples/Server{Start,Stop,Restart,Update}*.json",
  ).filter(({ status }) => status === 202)) {
    it(`accepted operation in ${title}`, async () => {
      const accepted = await over({ status, headers }).azure.writer.send({ kind: "stop", id: testServerId });
      const wanted =
        headers["Azure-AsyncOperation"] ??
        headers["azure-asyncoperation"] ??
        headers["Location"] ??
        headers["location"] ??
        null;
      assert.deepEqual([accepted.status, accepted.operationUrl], [202, wanted]);
    });
  }

  for (const { title, body } of answers(root, "resources/**/examples/PatchTagsResource.json")) {
    it(`tags in ${title}`, async () => {
      const accepted = await over({ body }).azure.writer.send({
        kind: "mergeTags",
        id: testServerId,
        tags: { a: "b" },
      });
      assert.equal(accepted.status, 200);
    });
  }
});

const subscription = { id: "22222222-2222-4222-8222-222222222222", name: "Test", tenantId: "t", account: null };

interface Answer {
  readonly title: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** Every response of the examples a pattern finds. */
function exchanges(root: string, pattern: string): readonly Answer[] {
  return globSync(pattern, { cwd: root })
    .sort()
    .flatMap((file) => {
      const example = JSON.parse(readFileSync(join(root, file), "utf8")) as {
        responses: Record<string, { body?: unknown; headers?: Record<string, string> }>;
      };
      const version = /\d{4}-\d\d-\d\d(-preview)?|\d\.\d(-preview\.\d)?/.exec(file)?.[0] ?? "";
      return Object.entries(example.responses).map(([status, { body, headers }]) => ({
        title: `${basename(file, ".json")} ${version} ${status}`,
        status: Number(status),
        headers: headers ?? {},
        body: body ?? null,
      }));
    });
}

/** Successful ones with a body. */
function answers(root: string, pattern: string): readonly Answer[] {
  return exchanges(root, pattern).filter(({ status, body }) => status >= 200 && status < 300 && body !== null);
}

/** A list answer as its items, anything else as itself. */
function items(answer: Answer): readonly Answer[] {
  const value = at(answer.body, "value");
  if (!Array.isArray(value)) return [answer];
  return value.map((body: unknown, index) => ({ ...answer, title: `${answer.title} item ${index + 1}`, body }));
}

function ofType(type: string): (answer: Answer) => boolean {
  return ({ body }) =>
    new RegExp(`^/subscriptions/[^/]+/resourceGroups/[^/]+/providers/[^/]+/${type}/[^/]+$`, "i").test(
      text(body, "id") ?? "",
    );
}

function over(answer: Canned): { readonly azure: Azure } {
  const next = at(answer.body, "nextLink");
  return cannedAzure(({ url }) => (url === next ? { body: { value: [] } } : answer));
}

/** The same resource as a row of Resource Graph, which writes the type in lower case. */
async function graphRow(body: unknown): Promise<Resource | undefined> {
  const type = /\/providers\/([^/]+\/[^/]+)\//i.exec(text(body, "id") ?? "")?.[1]?.toLowerCase();
  const { azure } = over({ body: { data: [{ ...(body as object), type }] } });
  return (await inventoryOf(azure))[0];
}

function survived(example: unknown, model: unknown, origins: Origins): void {
  assert.deepEqual(lost(example, model, origins), []);
}

function sameSeries(
  given: unknown,
  series: readonly { readonly metric: string; readonly unit: string; readonly points: readonly unknown[] }[],
): void {
  const wanted = list(given, "value").flatMap((metric) =>
    list(metric, "timeseries").map((each) => ({
      metric: at(metric, "name", "value"),
      unit: at(metric, "unit"),
      dimensions: Object.fromEntries(
        list(each, "metadatavalues").map((pair) => [at(pair, "name", "value"), at(pair, "value")]),
      ),
      points: list(each, "data").map((point) => ({ at: at(point, "timeStamp"), value: at(point, "average") })),
    })),
  );
  assert.deepEqual(series, wanted);
}
