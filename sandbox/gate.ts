import { parseArmPath } from "./arm.ts";
import { refusedByLock } from "./locks.ts";
import { refusedByPolicy, refusedByRights } from "./rights.ts";
import { findGroup, groupNotFound } from "./subscriptions.ts";
import { armError } from "./types.ts";
import type { SandboxRequest, SandboxResponse, World } from "./types.ts";

/** What Azure Resource Manager itself refuses before a resource provider sees the request; null lets it through. */
export function gate(request: SandboxRequest, world: World): SandboxResponse | null {
  if (request.host !== "management.azure.com") return null;
  return (
    missingVersion(request) ??
    refusedByRights(request, world.state) ??
    missingGroup(request, world) ??
    refusedByLock(request, world.state) ??
    refusedByPolicy(request, world.state)
  );
}

/** A resource is made in a group that exists. Code and text as ARM's for the group itself; unverified for a PUT below it. */
function missingGroup(request: SandboxRequest, world: World): SandboxResponse | null {
  const arm = request.method === "PUT" ? parseArmPath(request.path) : null;
  if (!arm?.type || arm.resourceGroup === null) return null;
  const id = `/subscriptions/${arm.subscriptionId}/resourceGroups/${arm.resourceGroup}`;
  return findGroup(world, id) ? null : groupNotFound(arm.resourceGroup);
}

/** Wording of ARM (unverified against a document). */
function missingVersion(request: SandboxRequest): SandboxResponse | null {
  const version = request.query.get("api-version");
  if (version === null) {
    return armError(
      400,
      "MissingApiVersionParameter",
      "The api-version query parameter (?api-version=) is required for all requests.",
    );
  }
  if (/^\d{4}-\d{2}-\d{2}(-[a-z.0-9-]+)?$/i.test(version)) return null;
  return armError(400, "InvalidApiVersionParameter", `The api-version '${version}' is invalid.`);
}
