import { parseArmPath } from "./arm.ts";
import { armError } from "./types.ts";
import type { SandboxRequest, SandboxResponse, Service, State } from "./types.ts";

/** An action that the caller may not do at a scope and below; `*` stands for any characters. `state.services.denials`. */
export interface Denial {
  readonly action: string;
  readonly scope: string;
}

/** A policy assignment with effect deny. `state.services.policies`. */
export interface DenyPolicy {
  readonly name: string;
  readonly displayName: string;
  readonly scope: string;
  /** Resource type it speaks about, without regard to case. */
  readonly type: string;
  /** Path in the request's body, e.g. `sku.name`; the request is denied when the value there is in `values`. */
  readonly field: string;
  readonly values: readonly unknown[];
}

/** The ARM action of a request, e.g. `Microsoft.DBforPostgreSQL/flexibleServers/stop/action`; null outside ARM paths. */
export function actionOf(request: Pick<SandboxRequest, "method" | "path">): string | null {
  const arm = parseArmPath(request.path);
  if (!arm) return null;
  const ofGroups = /^\/subscriptions\/[^/]+\/resourceGroups(\/|$)/i.test(request.path);
  const type = arm.type ?? `Microsoft.Resources/subscriptions${ofGroups ? "/resourceGroups" : ""}`;
  const verb = { GET: "read", HEAD: "read", PUT: "write", PATCH: "write", DELETE: "delete", POST: "action" }[
    request.method
  ];
  return verb === undefined ? null : `${type}/${verb}`;
}

/** 403 AuthorizationFailed for what the caller may not do; null otherwise. */
export function refusedByRights(request: SandboxRequest, state: State): SandboxResponse | null {
  const action = actionOf(request);
  if (action === null) return null;
  const subscription = parseArmPath(request.path)!.subscriptionId.toLowerCase();
  const known = state.subscriptions.find((one) => one.subscriptionId.toLowerCase() === subscription);
  if (!known) return armError(404, "SubscriptionNotFound", `The subscription '${subscription}' could not be found.`);
  const denied = denialsOf(state).some((denial) => covers(denial, action, request.path));
  return known.readable && !denied ? null : authorizationFailed(request, action);
}

/** `RequestDisallowedByPolicy` for writes that an assignment denies; null otherwise. */
export function refusedByPolicy(request: SandboxRequest, state: State): SandboxResponse | null {
  if (request.method !== "PUT" && request.method !== "PATCH") return null;
  const arm = parseArmPath(request.path);
  const policies = (state.services["policies"] as DenyPolicy[] | undefined) ?? [];
  const hit = policies.find(
    (policy) =>
      policy.type.toLowerCase() === arm?.type?.toLowerCase() &&
      within(request.path, policy.scope) &&
      policy.values.includes(valueAt(request.body, policy.field)),
  );
  return hit ? disallowed(hit, arm?.name ?? "") : null;
}

/** `GET {scope}/providers/Microsoft.Authorization/permissions`: what the caller may do there. */
export const permissions: Service = (request, world) => {
  const match = /^(\/subscriptions\/.+)\/providers\/Microsoft\.Authorization\/permissions$/i.exec(request.path);
  if (!match || request.method !== "GET") return null;
  const scope = match[1]!;
  const notActions = denialsOf(world.state)
    .filter((denial) => within(scope, denial.scope))
    .map((denial) => denial.action);
  return { status: 200, body: { value: [{ actions: ["*"], notActions, dataActions: [], notDataActions: [] }] } };
};

export function denialsOf(state: State): Denial[] {
  return (state.services["denials"] ??= []) as Denial[];
}

/** True when `path` is the scope or lies below it. */
export function within(path: string, scope: string): boolean {
  const lower = scope.toLowerCase().replace(/\/$/, "");
  return path.toLowerCase() === lower || path.toLowerCase().startsWith(`${lower}/`);
}

function covers(denial: Denial, action: string, path: string): boolean {
  const source = denial.action
    .split("*")
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"))
    .join(".*");
  return within(path, denial.scope) && new RegExp(`^${source}$`, "i").test(action);
}

/** Wording as ARM answers it: client, object id, action and scope (reference/reliability.md 3.3 needs action and scope). */
function authorizationFailed(request: SandboxRequest, action: string): SandboxResponse {
  const { name = "", objectId = "" } = request.caller ?? {};
  const scope = request.method === "POST" ? request.path.slice(0, request.path.lastIndexOf("/")) : request.path;
  const message = `The client '${name}' with object id '${objectId}' does not have authorization to perform action '${action}' over scope '${scope}' or the scope is invalid. If access was recently granted, please refresh your credentials.`;
  return armError(403, "AuthorizationFailed", message);
}

/** Envelope with the assignment in `additionalInfo`, type PolicyViolation (wording unverified). */
function disallowed(policy: DenyPolicy, resource: string): SandboxResponse {
  const id = `${policy.scope}/providers/Microsoft.Authorization/policyAssignments/${policy.name}`;
  const assignment = { name: policy.displayName, id };
  const message = `Resource '${resource}' was disallowed by policy. Policy identifiers: '${JSON.stringify([{ policyAssignment: assignment }])}'.`;
  const info = {
    policyAssignmentDisplayName: policy.displayName,
    policyAssignmentId: id,
    policyAssignmentName: policy.name,
  };
  const additionalInfo = [{ type: "PolicyViolation", info }];
  const error = { code: "RequestDisallowedByPolicy", target: resource, message, additionalInfo };
  return { status: 403, headers: { "x-ms-error-code": error.code }, body: { error } };
}

function valueAt(body: unknown, field: string): unknown {
  return field
    .split(".")
    .reduce<unknown>((value, name) => (value as Record<string, unknown> | null | undefined)?.[name], body);
}
