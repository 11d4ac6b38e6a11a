import { isObject } from "./arm.ts";
import { containerNamed, newETag, noContainer, note, partsOf } from "./storageChildren.ts";
import type { ChildRequest } from "./storageChildren.ts";
import type { Container } from "./storageState.ts";
import { armError } from "./types.ts";
import type { SandboxResponse } from "./types.ts";

const path = /^\/blobServices\/default\/containers\/([^/]+)\/immutabilityPolicies\/default(?:\/(lock|extend))?$/i;

interface Policy {
  etag: string;
  updateHistory: object[];
  properties: PolicyProperties;
}

interface PolicyProperties {
  immutabilityPeriodSinceCreationInDays: number;
  state: "Unlocked" | "Locked";
  allowProtectedAppendWrites?: boolean;
  allowProtectedAppendWritesAll?: boolean;
}

/**
 * A container's immutability policy: get, put, delete, lock, extend. Locked can only be extended, at most five times, and
 * never deleted (azure-docs:articles/storage/blobs/immutable-time-based-retention-policy-overview.md). Writes of an existing
 * policy are conditional on its ETag. Codes and wording of the refusals are ours.
 */
export function immutability(call: ChildRequest): SandboxResponse | null {
  const match = path.exec(call.child);
  if (!match) return null;
  const container = containerNamed(partsOf(call.world, call.account), match[1] as string);
  if (!container) return noContainer();
  const verb = `${call.request.method} ${match[2]?.toLowerCase() ?? ""}`.trim();
  const handler = Object.hasOwn(verbs, verb) ? verbs[verb] : undefined;
  return handler ? handler(call, container) : null;
}

type Handler = (call: ChildRequest, container: Container) => SandboxResponse;

const verbs: Readonly<Record<string, Handler>> = {
  GET: (_call, container) => (policyOf(container) ? shown(container) : noPolicy()),
  PUT: put,
  DELETE: remove,
  "POST lock": lock,
  "POST extend": extend,
};

function policyOf(container: Container): Policy | null {
  return (container.properties["immutabilityPolicy"] as Policy | undefined) ?? null;
}

function put(call: ChildRequest, container: Container): SandboxResponse {
  const existing = policyOf(container);
  const asked = readProperties(call);
  if ("status" in asked) return asked;
  if (existing?.properties.state === "Locked") return locked();
  if (existing && isStale(call, existing, "optional")) return stale();
  return store(call, container, { update: "put", properties: { ...asked, state: "Unlocked" } });
}

function lock(call: ChildRequest, container: Container): SandboxResponse {
  const existing = policyOf(container);
  if (!existing) return noPolicy();
  if (isStale(call, existing, "required")) return stale();
  if (existing.properties.state === "Locked") return locked();
  return store(call, container, { update: "lock", properties: { ...existing.properties, state: "Locked" } });
}

function extend(call: ChildRequest, container: Container): SandboxResponse {
  const existing = policyOf(container);
  if (!existing) return noPolicy();
  if (isStale(call, existing, "required")) return stale();
  const asked = readProperties(call);
  if ("status" in asked) return asked;
  const { immutabilityPeriodSinceCreationInDays: days } = existing.properties;
  if (existing.properties.state !== "Locked")
    return armError(409, "ImmutabilityPolicyNotLocked", "Only a locked policy can be extended.");
  if (asked.immutabilityPeriodSinceCreationInDays <= days)
    return armError(400, "InvalidImmutabilityPeriod", `The period can only be made longer than ${days} days.`);
  const extended = existing.updateHistory.filter((step) => (step as { update?: string }).update === "extend").length;
  if (extended >= 5) return armError(409, "ImmutabilityPolicyExtendLimit", "A policy can be extended five times only.");
  return store(call, container, {
    update: "extend",
    properties: { ...existing.properties, ...asked, state: "Locked" },
  });
}

/** Azure answers a deletion with the policy as it was, of no days. */
function remove(call: ChildRequest, container: Container): SandboxResponse {
  const existing = policyOf(container);
  if (!existing) return noPolicy();
  if (isStale(call, existing, "required")) return stale();
  if (existing.properties.state === "Locked") return locked();
  delete container.properties["immutabilityPolicy"];
  container.properties["hasImmutabilityPolicy"] = false;
  note(call, "blobServices/containers/immutabilityPolicies/delete");
  const properties = { immutabilityPeriodSinceCreationInDays: 0, state: "Unlocked" };
  return {
    status: 200,
    headers: { ETag: existing.etag },
    body: { ...frame(container), etag: existing.etag, properties },
  };
}

interface Step {
  readonly update: "put" | "lock" | "extend";
  readonly properties: PolicyProperties;
}

function store(call: ChildRequest, container: Container, { update, properties }: Step): SandboxResponse {
  const { world, request } = call;
  const etag = newETag(world);
  const step = {
    update,
    immutabilityPeriodSinceCreationInDays: properties.immutabilityPeriodSinceCreationInDays,
    timestamp: new Date(world.now()).toISOString(),
    ...(request.caller ? { objectIdentifier: request.caller.objectId, upn: request.caller.name } : {}),
  };
  const updateHistory = [...(update === "put" ? [] : (policyOf(container)?.updateHistory ?? [])), step];
  container.properties["immutabilityPolicy"] = { etag, updateHistory, properties } satisfies Policy;
  container.properties["hasImmutabilityPolicy"] = true;
  note(call, `blobServices/containers/immutabilityPolicies/${update === "put" ? "write" : `${update}/action`}`);
  return shown(container);
}

function shown(container: Container): SandboxResponse {
  const { etag, properties } = policyOf(container) as Policy;
  return { status: 200, headers: { ETag: etag }, body: { ...frame(container), etag, properties } };
}

function frame(container: Container): object {
  return {
    id: `${container.id}/immutabilityPolicies/default`,
    name: "default",
    type: "Microsoft.Storage/storageAccounts/blobServices/containers/immutabilityPolicies",
  };
}

/** 1 to 146,000 days; only one kind of append is allowed at a time (the document's ImmutabilityPolicyProperty). */
function readProperties({ request }: ChildRequest): Omit<PolicyProperties, "state"> | SandboxResponse {
  const given = isObject(request.body) && isObject(request.body["properties"]) ? request.body["properties"] : {};
  const days = given["immutabilityPeriodSinceCreationInDays"];
  if (typeof days !== "number" || !Number.isInteger(days) || days < 1 || days > 146_000)
    return armError(400, "InvalidImmutabilityPeriod", "The period must be 1 to 146000 days.");
  const { allowProtectedAppendWrites: some, allowProtectedAppendWritesAll: all } = given;
  if (some === true && all === true)
    return armError(400, "InvalidRequestPropertyValue", "Only one kind of protected append writes can be allowed.");
  return {
    immutabilityPeriodSinceCreationInDays: days,
    ...(typeof some === "boolean" ? { allowProtectedAppendWrites: some } : {}),
    ...(typeof all === "boolean" ? { allowProtectedAppendWritesAll: all } : {}),
  };
}

function isStale({ request }: ChildRequest, policy: Policy, need: "required" | "optional"): boolean {
  const given = request.headers["if-match"];
  if (given === undefined) return need === "required";
  return given !== "*" && given !== policy.etag;
}

function stale(): SandboxResponse {
  return armError(412, "PreconditionFailed", "The If-Match header does not name the policy's current ETag.");
}

function locked(): SandboxResponse {
  return armError(409, "ImmutabilityPolicyLocked", "The immutability policy is locked.");
}

/** Whether Azure answers 404 here was not found in the references (unverified). */
function noPolicy(): SandboxResponse {
  return armError(404, "ImmutabilityPolicyNotFound", "The container has no immutability policy.");
}
