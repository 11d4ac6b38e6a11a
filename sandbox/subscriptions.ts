import { findResource, listResources, mergePatch, paged, parseArmPath, removeWithChildren } from "./arm.ts";
import { armError, sameId } from "./types.ts";
import type { Resource, SandboxRequest, SandboxResponse, Service, State, World } from "./types.ts";

/** `GET /tenants`, `/subscriptions`, a subscription, its locations, resource groups, resources and resource providers. */
export const subscriptions: Service = (request, world) => {
  if (request.host !== "management.azure.com") return null;
  for (const [pattern, handler] of routes) {
    const match = pattern.exec(`${request.method} ${request.path}`);
    if (match)
      return handler(
        request,
        world,
        match.slice(1).map((part) => part ?? ""),
      );
  }
  return null;
};

type Handler = (request: SandboxRequest, world: World, parts: readonly string[]) => SandboxResponse;

const routes: readonly (readonly [RegExp, Handler])[] = [
  [/^GET \/tenants$/i, (request, { state }) => paged(request, state.tenants.map(tenant))],
  [/^GET \/subscriptions$/i, (request, { state }) => paged(request, visible(request, state).map(subscription))],
  [
    /^GET \/subscriptions\/([^/]+)$/i,
    (_request, { state }, [id]) => ({ status: 200, body: subscription(byId(state, id!)) }),
  ],
  [/^GET \/subscriptions\/([^/]+)\/locations$/i, (request, { state }, [id]) => paged(request, locations(state, id!))],
  [/^GET \/subscriptions\/([^/]+)\/resourcegroups$/i, (request, { state }, [id]) => paged(request, groups(state, id!))],
  [/^(GET|HEAD|PUT|PATCH|DELETE) (\/subscriptions\/[^/]+\/resourcegroups\/[^/]+)$/i, resourceGroup],
  [/^GET (\/subscriptions\/[^/]+(?:\/resourcegroups\/[^/]+)?)\/resources$/i, resources],
  [
    /^GET \/subscriptions\/([^/]+)\/providers$/i,
    (request, world, [id]) =>
      paged(
        request,
        providers.map((name) => provider(world.state, id!, name)),
      ),
  ],
  [
    /^GET \/subscriptions\/([^/]+)\/providers\/([^/]+)$/i,
    (_request, { state }, [id, name]) => ({ status: 200, body: provider(state, id!, name!) }),
  ],
  [/^POST \/subscriptions\/([^/]+)\/providers\/([^/]+)\/(register|unregister)$/i, register],
];

function tenant(one: State["tenants"][number]): unknown {
  const { tenantId, displayName, defaultDomain } = one;
  return {
    id: `/tenants/${tenantId}`,
    tenantId,
    displayName,
    defaultDomain,
    domains: [defaultDomain],
    tenantCategory: "Home",
  };
}

/** A token sees the subscriptions of its own tenant; a foreign client's opaque token has none and sees all. */
function visible(request: SandboxRequest, state: State): State["subscriptions"] {
  const tenantId = request.caller?.tenantId;
  return tenantId ? state.subscriptions.filter((one) => sameId(one.tenantId, tenantId)) : state.subscriptions;
}

/** Shape of Microsoft's example answer, subscriptions.json 2022-12-01. */
function subscription(one: State["subscriptions"][number]): unknown {
  const { subscriptionId, tenantId, displayName, state } = one;
  const subscriptionPolicies = {
    locationPlacementId: "Internal_2014-09-01",
    quotaId: "Internal_2014-09-01",
    spendingLimit: "Off",
  };
  const id = `/subscriptions/${subscriptionId}`;
  return { id, subscriptionId, tenantId, displayName, state, subscriptionPolicies, authorizationSource: "RoleBased" };
}

/** The gate has already refused unknown subscriptions. */
function byId(state: State, id: string): State["subscriptions"][number] {
  return state.subscriptions.find((one) => sameId(one.subscriptionId, id))!;
}

/** Where the subscription has resources, plus eastus: Azure's whole list is no matter of the sandbox. */
function locations(state: State, subscriptionId: string): unknown[] {
  const used = listResources(state, `/subscriptions/${subscriptionId}`).map(
    (resource) => resource.location ?? "eastus",
  );
  const names = [...new Set([...used, "eastus"])].filter((name) => name !== "global").sort();
  return names.map((name) => ({
    id: `/subscriptions/${subscriptionId}/locations/${name}`,
    name,
    type: "Region",
    displayName: name,
    regionalDisplayName: name,
  }));
}

const groupType = "Microsoft.Resources/resourceGroups";

/** Groups stored as resources, and those that resources name. */
function groups(state: State, subscriptionId: string): Resource[] {
  const prefix = `/subscriptions/${subscriptionId}`;
  const ids = new Map<string, string>();
  for (const resource of listResources(state, prefix)) {
    const id = /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+/i.exec(resource.id)?.[0];
    if (id !== undefined && !ids.has(id.toLowerCase())) ids.set(id.toLowerCase(), id);
  }
  return [...ids.values()].map((id) => groupOf(state, id)!).filter(Boolean);
}

/** The resource group at an ARM id, or null when it is none or holds nothing. */
export function findGroup(world: World, id: string): Resource | null {
  return groupOf(world.state, id);
}

export function groupNotFound(name: string): SandboxResponse {
  return armError(404, "ResourceGroupNotFound", `Resource group '${name}' could not be found.`);
}

function groupOf(state: State, id: string): Resource | null {
  const stored = findResource(state, id);
  if (stored) return stored;
  const arm = parseArmPath(id);
  if (!arm?.resourceGroup || arm.type !== null) return null;
  const first = listResources(state, id)[0];
  if (!first) return null;
  const written = /^\/subscriptions\/[^/]+\/resourceGroups\/([^/]+)/i.exec(first.id)!;
  return {
    id: written[0],
    name: written[1]!,
    type: groupType,
    location: first.location ?? "eastus",
    properties: { provisioningState: "Succeeded" },
  };
}

function resourceGroup(request: SandboxRequest, world: World, [, id]: readonly string[]): SandboxResponse {
  const found = groupOf(world.state, id!);
  if (request.method === "HEAD") return { status: found ? 204 : 404 };
  if (request.method === "PUT") return putGroup(request, world, found);
  const name = parseArmPath(id!)!.resourceGroup!;
  if (!found) return groupNotFound(name);
  if (request.method === "GET") return { status: 200, body: found };
  if (request.method === "DELETE") {
    removeWithChildren(world, id!);
    return { status: 200 };
  }
  const { tags } = (request.body ?? {}) as Pick<Resource, "tags">;
  return keepGroup(world, mergePatch(found, tags === undefined ? {} : { tags }) as Resource, 200);
}

function putGroup(request: SandboxRequest, world: World, found: Resource | null): SandboxResponse {
  const { location, tags } = (request.body ?? {}) as Pick<Resource, "location" | "tags">;
  if (typeof location !== "string")
    return armError(400, "LocationRequired", "The location property is required for this definition.");
  if (found?.location && found.location !== location) {
    return armError(
      409,
      "InvalidResourceGroupLocation",
      `Invalid resource group location '${location}'. The Resource group already exists in location '${found.location}'.`,
    );
  }
  const name = parseArmPath(request.path)!.resourceGroup!;
  const group: Resource = {
    id: found?.id ?? request.path,
    name,
    type: groupType,
    location,
    properties: { provisioningState: "Succeeded" },
  };
  return keepGroup(world, tags ? { ...group, tags } : group, found ? 200 : 201);
}

function keepGroup(world: World, group: Resource, status: number): SandboxResponse {
  world.state.resources[group.id.toLowerCase()] = group;
  world.changed();
  return { status, body: group };
}

/** `$filter` knows what the portal and the CLI send: `resourceType eq '…'`. Anything else is refused, never ignored. */
function resources(request: SandboxRequest, world: World, [scope]: readonly string[]): SandboxResponse {
  const filter = request.query.get("$filter");
  const type = filter === null ? undefined : /^\s*resourceType\s+eq\s+'([^']+)'\s*$/i.exec(filter)?.[1];
  if (filter !== null && type === undefined)
    return armError(400, "InvalidFilterInQueryString", `Invalid $filter '${filter}' specified in the query string.`);
  const found = listResources(world.state, scope!, type).filter(
    (one) => parseArmPath(one.id)?.type?.split("/").length === 2,
  );
  return paged(
    request,
    found.map(({ properties: _properties, ...rest }) => rest),
  );
}

const providers = [
  "Microsoft.DBforPostgreSQL",
  "Microsoft.Storage",
  "Microsoft.KeyVault",
  "Microsoft.Insights",
  "Microsoft.ManagedIdentity",
  "Microsoft.Resources",
];

/** Providers are registered unless `state.services.unregisteredProviders` or the metrics service says otherwise. */
function provider(state: State, subscriptionId: string, name: string): unknown {
  const namespace = providers.find((one) => sameId(one, name)) ?? name;
  const known = providers.includes(namespace) && !unregistered(state, subscriptionId, namespace);
  return {
    id: `/subscriptions/${subscriptionId}/providers/${namespace}`,
    namespace,
    resourceTypes: [],
    registrationState: known ? "Registered" : "NotRegistered",
    registrationPolicy: "RegistrationRequired",
  };
}

function unregistered(state: State, subscriptionId: string, namespace: string): boolean {
  const metrics = state.services["metrics"] as { unregistered?: string[] } | undefined;
  return (
    sameId(namespace, "Microsoft.Insights") && (metrics?.unregistered ?? []).some((one) => sameId(one, subscriptionId))
  );
}

function register(
  _request: SandboxRequest,
  world: World,
  [subscriptionId, name, verb]: readonly string[],
): SandboxResponse {
  const metrics = world.state.services["metrics"] as { unregistered?: string[] } | undefined;
  if (metrics && sameId(name!, "Microsoft.Insights")) {
    const others = (metrics.unregistered ?? []).filter((one) => !sameId(one, subscriptionId!));
    metrics.unregistered = sameId(verb!, "register") ? others : [...others, subscriptionId!];
    world.changed();
  }
  return { status: 200, body: provider(world.state, subscriptionId!, name!) };
}
