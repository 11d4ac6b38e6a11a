import type { Row, Value } from "./kql/ast.ts";
import type { Table } from "./kql/evaluate.ts";
import type { Resource, State } from "./types.ts";

/** Columns of the tables (azure-docs:articles/governance/resource-graph/concepts/query-language.md, table `resources`). */
const columns = [
  "id",
  "name",
  "type",
  "tenantId",
  "kind",
  "location",
  "resourceGroup",
  "subscriptionId",
  "managedBy",
  "sku",
  "plan",
  "properties",
  "tags",
  "identity",
  "zones",
  "extendedLocation",
  "systemData",
];

const groupType = "microsoft.resources/resourcegroups";

/** The table `resources` or `resourcecontainers` over these subscriptions, in the order of the ids. */
export function graphTable(name: string, scope: GraphScope): Table {
  const visible = new Map(scope.subscriptions.map((each) => [each.subscriptionId.toLowerCase(), each]));
  const rows: Row[] = name === "resourcecontainers" ? scope.subscriptions.map(subscriptionRow) : [];
  for (const resource of scope.resources) {
    const isGroup = resource.type.toLowerCase() === groupType;
    const owner = visible.get(resource.id.split("/")[2]?.toLowerCase() ?? "");
    if (owner && isGroup === (name === "resourcecontainers")) rows.push(resourceRow(resource, owner));
  }
  rows.sort((left, right) => (String(left["id"]).toLowerCase() < String(right["id"]).toLowerCase() ? -1 : 1));
  return { columns, rows };
}

type Subscription = State["subscriptions"][number];

export interface GraphScope {
  readonly resources: readonly Resource[];
  readonly subscriptions: readonly Subscription[];
}

/** The graph writes types and resource groups in lower case and leaves ids as they were made. */
function resourceRow(resource: Resource, owner: Subscription): Row {
  const type = resource.type.toLowerCase();
  return {
    id: resource.id,
    name: resource.name,
    type: type === groupType ? "microsoft.resources/subscriptions/resourcegroups" : type,
    tenantId: owner.tenantId,
    kind: resource.kind ?? "",
    location: (resource.location ?? "").replaceAll(" ", "").toLowerCase(),
    resourceGroup: (resource.id.split("/")[4] ?? "").toLowerCase(),
    subscriptionId: owner.subscriptionId,
    managedBy: "",
    sku: json(resource.sku),
    plan: null,
    properties: json(resource.properties),
    tags: json(resource.tags),
    identity: json(resource.identity),
    zones: null,
    extendedLocation: null,
    systemData: json((resource as { systemData?: unknown }).systemData),
  };
}

function subscriptionRow(owner: Subscription): Row {
  const { subscriptionId, tenantId, displayName, state } = owner;
  return {
    id: `/subscriptions/${subscriptionId}`,
    name: displayName,
    type: "microsoft.resources/subscriptions",
    tenantId,
    kind: "",
    location: "",
    resourceGroup: "",
    subscriptionId,
    managedBy: "",
    sku: null,
    plan: null,
    properties: { state },
    tags: null,
    identity: null,
    zones: null,
    extendedLocation: null,
    systemData: null,
  };
}

function json(value: unknown): Value {
  return (value ?? null) as Value;
}
