import { findResource, isObject, notFound } from "./arm.ts";
import { findGroup } from "./subscriptions.ts";
import { armError } from "./types.ts";
import type { Resource, SandboxRequest, SandboxResponse, Service, World } from "./types.ts";

const tagsPath = /^(\/subscriptions\/.+)\/providers\/Microsoft\.Resources\/tags\/default$/i;

/** `{scope}/providers/Microsoft.Resources/tags/default`: GET, PUT (all tags), PATCH with Merge, Replace or Delete, DELETE. */
export const tags: Service = (request, world) => {
  const scope = tagsPath.exec(request.path)?.[1];
  if (scope === undefined) return null;
  const resource = findResource(world.state, scope) ?? findGroup(world, scope);
  if (!resource) return notFound(scope);
  if (request.method === "GET") return answer(scope, resource);
  const next = nextTags(request, resource.tags ?? {});
  if (next === null)
    return armError(
      400,
      "InvalidTagsRequest",
      "The request needs properties.tags with text values and, for PATCH, operation Merge, Replace or Delete.",
    );
  if (Object.keys(next).length > 50) return armError(400, "InvalidTagCount", "A resource has at most 50 tags.");
  return store(scope, { ...resource, tags: next }, world);
};

type Tags = Record<string, string>;

function nextTags(request: SandboxRequest, current: Tags): Tags | null {
  if (request.method === "DELETE") return {};
  const body = (request.body ?? {}) as { operation?: unknown; properties?: { tags?: unknown } };
  const given = body.properties?.tags;
  if (!isObject(given) || !Object.values(given).every((value) => typeof value === "string")) return null;
  const wanted = given as Tags;
  if (request.method === "PUT" || body.operation === "Replace") return { ...wanted };
  if (request.method !== "PATCH") return null;
  if (body.operation === "Merge") return merge(current, wanted);
  return body.operation === "Delete" ? without(current, wanted) : null;
}

/** Tag names are case-insensitive: a new spelling replaces the old one. */
function merge(current: Tags, wanted: Tags): Tags {
  const names = new Set(Object.keys(wanted).map((name) => name.toLowerCase()));
  const kept = Object.entries(current).filter(([name]) => !names.has(name.toLowerCase()));
  return { ...Object.fromEntries(kept), ...wanted };
}

/** Delete removes the pairs whose name and value both fit. */
function without(current: Tags, unwanted: Tags): Tags {
  const gone = new Map(Object.entries(unwanted).map(([name, value]) => [name.toLowerCase(), value]));
  const kept = Object.entries(current).filter(([name, value]) => gone.get(name.toLowerCase()) !== value);
  return Object.fromEntries(kept);
}

function store(scope: string, resource: Resource, world: World): SandboxResponse {
  world.state.resources[resource.id.toLowerCase()] = resource;
  world.changed();
  return answer(scope, resource);
}

function answer(scope: string, resource: Resource): SandboxResponse {
  const id = `${scope}/providers/Microsoft.Resources/tags/default`;
  const body = { id, name: "default", type: "Microsoft.Resources/tags", properties: { tags: resource.tags ?? {} } };
  return { status: 200, body };
}
