import { recordActivity } from "./activity.ts";
import { isObject, mergePatch, paged } from "./arm.ts";
import { lifecycleProblem } from "./storageLifecycle.ts";
import { storageStore } from "./storageState.ts";
import type { AccountParts, Container } from "./storageState.ts";
import { armError } from "./types.ts";
import type { Resource, SandboxRequest, SandboxResponse, World } from "./types.ts";

export interface ChildRequest {
  readonly request: SandboxRequest;
  readonly world: World;
  readonly account: Resource;
  /** The path below the account, with its leading slash. */
  readonly child: string;
}

type Handler = (call: ChildRequest, parts: AccountParts, name: string) => SandboxResponse;

const routes: readonly (readonly [RegExp, Handler])[] = [
  [/^GET \/managementPolicies\/default$/i, getPolicy],
  [/^PUT \/managementPolicies\/default$/i, putPolicy],
  [/^DELETE \/managementPolicies\/default$/i, deletePolicy],
  [/^GET \/blobServices$/i, (call, parts) => paged(call.request, [parts.blobService])],
  [/^GET \/blobServices\/default$/i, (_call, parts) => ({ status: 200, body: parts.blobService })],
  [/^PUT \/blobServices\/default$/i, putBlobService],
  [/^GET \/blobServices\/default\/containers$/i, (call, parts) => paged(call.request, Object.values(parts.containers))],
  [/^GET \/blobServices\/default\/containers\/([^/]+)$/i, getContainer],
  [/^PUT \/blobServices\/default\/containers\/([^/]+)$/i, putContainer],
  [/^PATCH \/blobServices\/default\/containers\/([^/]+)$/i, patchContainer],
  [/^DELETE \/blobServices\/default\/containers\/([^/]+)$/i, deleteContainer],
  [/^GET \/encryptionScopes$/i, (call, parts) => paged(call.request, parts.encryptionScopes)],
];

/** What is below an account: lifecycle policy, blob service, containers, encryption scopes. Null for what is not here. */
export function storageChild(call: ChildRequest): SandboxResponse | null {
  for (const [pattern, handler] of routes) {
    const match = pattern.exec(`${call.request.method} ${call.child}`);
    if (match) return handler(call, partsOf(call.world, call.account), match[1] ?? "");
  }
  return null;
}

/** The parts of an account; one that a deployment made starts with Azure's defaults. */
export function partsOf(world: World, account: Resource): AccountParts {
  return (storageStore(world.state)[account.id.toLowerCase()] ??= {
    blobService: {
      id: `${account.id}/blobServices/default`,
      name: "default",
      type: "Microsoft.Storage/storageAccounts/blobServices",
      sku: account.sku ?? {},
      properties: { cors: { corsRules: [] }, deleteRetentionPolicy: { enabled: false } },
    },
    managementPolicy: null,
    containers: {},
    encryptionScopes: [],
  });
}

function getPolicy({ account }: ChildRequest, parts: AccountParts): SandboxResponse {
  if (parts.managementPolicy) return { status: 200, body: parts.managementPolicy };
  return armError(404, "ManagementPolicyNotFound", `No ManagementPolicy found for account ${account.name}`);
}

function putPolicy(call: ChildRequest, parts: AccountParts): SandboxResponse {
  const { request, world, account } = call;
  const body = (isObject(request.body) ? request.body["properties"] : null) as { policy?: unknown } | null;
  const problem = lifecycleProblem(body?.policy);
  if (problem) return armError(400, "InvalidRequestPropertyValue", problem);
  parts.managementPolicy = {
    id: `${account.id}/managementPolicies/default`,
    name: "DefaultManagementPolicy",
    type: "Microsoft.Storage/storageAccounts/managementPolicies",
    properties: { lastModifiedTime: new Date(world.now()).toISOString(), policy: body?.policy },
  };
  note(call, "managementPolicies/write");
  return { status: 200, body: parts.managementPolicy };
}

function deletePolicy(call: ChildRequest, parts: AccountParts): SandboxResponse {
  if (!parts.managementPolicy) return { status: 204 };
  parts.managementPolicy = null;
  note(call, "managementPolicies/delete");
  return { status: 200 };
}

function putBlobService(call: ChildRequest, parts: AccountParts): SandboxResponse {
  const properties = askedProperties(call);
  parts.blobService = mergePatch(parts.blobService, { properties }) as Record<string, unknown>;
  note(call, "blobServices/write");
  return { status: 200, body: parts.blobService };
}

function getContainer(_call: ChildRequest, parts: AccountParts, name: string): SandboxResponse {
  const container = containerNamed(parts, name);
  return container ? { status: 200, body: container } : noContainer();
}

export function containerNamed(parts: AccountParts, name: string): Container | null {
  return Object.hasOwn(parts.containers, name) ? parts.containers[name]! : null;
}

/** BlobContainers_Update of the 2025-08-01 document. */
function patchContainer(call: ChildRequest, parts: AccountParts, name: string): SandboxResponse {
  return containerNamed(parts, name) ? putContainer(call, parts, name) : noContainer();
}

/**
 * 200, and 204 when there is none (BlobContainers_Delete, 2025-08-01). A container whose policy is locked stays
 * (azure-docs:articles/storage/blobs/immutable-time-based-retention-policy-overview.md; there only while it holds blobs,
 * which the sandbox takes for granted). Code and text are ours.
 */
function deleteContainer(call: ChildRequest, parts: AccountParts, name: string): SandboxResponse {
  const container = containerNamed(parts, name);
  if (!container) return { status: 204 };
  const policy = container.properties["immutabilityPolicy"] as { properties?: { state?: string } } | undefined;
  if (policy?.properties?.state === "Locked")
    return armError(
      409,
      "ContainerImmutableStorageEnabled",
      "The container is protected by a locked immutability policy.",
    );
  delete parts.containers[name];
  note(call, "blobServices/containers/delete");
  return { status: 200 };
}

/** Container names: 3–63 lower-case letters, digits and single hyphens (the document's pattern). */
function putContainer(call: ChildRequest, parts: AccountParts, name: string): SandboxResponse {
  if (!/^[a-z0-9](?:[a-z0-9]|-(?=[a-z0-9])){2,62}$/.test(name))
    return armError(400, "ContainerInvalidName", "The container name does not follow the naming rules.");
  const existing = containerNamed(parts, name);
  const container = (existing ?? newContainer(call, name)) as Container & Record<string, unknown>;
  container.properties = mergePatch(container.properties, askedProperties(call)) as Record<string, unknown>;
  parts.containers[name] = container;
  note(call, "blobServices/containers/write");
  return { status: existing ? 200 : 201, body: container };
}

function askedProperties({ request }: ChildRequest): Record<string, unknown> {
  const properties = isObject(request.body) ? request.body["properties"] : null;
  return isObject(properties) ? properties : {};
}

function newContainer({ world, account }: ChildRequest, name: string): Container {
  return {
    id: `${account.id}/blobServices/default/containers/${name}`,
    name,
    type: "Microsoft.Storage/storageAccounts/blobServices/containers",
    etag: newETag(world),
    properties: {
      lastModifiedTime: new Date(world.now()).toISOString(),
      publicAccess: "None",
      leaseState: "Available",
      leaseStatus: "Unlocked",
      hasLegalHold: false,
      hasImmutabilityPolicy: false,
    },
  };
}

export function noContainer(): SandboxResponse {
  return armError(404, "ContainerNotFound", "The specified container does not exist.");
}

export function newETag(world: World): string {
  return `"0x8D${world.newId().replaceAll("-", "").slice(0, 12).toUpperCase()}"`;
}

/** Writes the activity log; `action` is what follows the account's type. */
export function note({ request, world, account }: ChildRequest, action: string): void {
  const operationName = `Microsoft.Storage/storageAccounts/${action}`;
  recordActivity(world, { operationName, resourceId: account.id, status: "Succeeded", caller: request.caller });
}
