import { paged } from "./arm.ts";
import { armError } from "./types.ts";
import type { Service, State } from "./types.ts";

const path =
  /^(\/subscriptions\/[^/]+\/resourceGroups\/[^/]+)\/providers\/Microsoft\.Resources\/deployments(?:\/([^/]+))?$/i;

interface Deployment {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly properties: Record<string, unknown>;
}

/** `state.services.deployments`, by ARM id in lower case; created when missing. */
export function deploymentStore(state: State): Record<string, Deployment> {
  return (state.services["deployments"] ??= {}) as Record<string, Deployment>;
}

/** A resource group's deployments, read only (azure-specs derived/…/resources 2026-06-01 and 2025-04-01, deployments.json). */
export const deployments: Service = (request, world) => {
  const match = request.method === "GET" ? path.exec(request.path) : null;
  if (!match || request.host !== "management.azure.com") return null;
  const store = deploymentStore(world.state);
  const prefix = `${match[1] as string}/providers/Microsoft.Resources/deployments/`.toLowerCase();
  if (match[2] === undefined)
    return paged(
      request,
      Object.entries(store)
        .filter(([id]) => id.startsWith(prefix))
        .map(([, each]) => each),
    );
  const found = store[`${prefix}${match[2].toLowerCase()}`];
  if (found) return { status: 200, body: found };
  return armError(404, "DeploymentNotFound", `Deployment '${match[2]}' could not be found.`);
};
