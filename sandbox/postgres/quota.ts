import { paged } from "../arm.ts";
import { armError, sameId } from "../types.ts";
import type { SandboxRequest, SandboxResponse, State, World } from "../types.ts";
import { allServers } from "./server.ts";
import type { Server } from "./server.ts";
import { computeSize, computeSizes } from "./sizes.ts";

/** Limits of vCores that differ from {@link usualLimit}: `state.services.quotas`, by `subscription/location/family` in lower case. */
type Quotas = Record<string, number>;

/** vCores a family and location; ours. */
const usualLimit = 500;

/** `GET …/locations/{location}/resourceType/flexibleServers/usages`: vCores by family. */
export function usages(
  request: SandboxRequest,
  world: World,
  [subscription, location]: readonly [string, string],
): SandboxResponse {
  const families = [...new Set(computeSizes.map((size) => size.family))];
  const value = families.map((family) => {
    const name = familyName(family);
    const currentValue = usedCores(world.state, { subscription, location, family });
    const id = `/subscriptions/${subscription}/providers/Microsoft.DBforPostgreSQL/locations/${location}/usages/${name}`;
    return {
      name: { value: name, localizedValue: name },
      limit: limitOf(world.state, { subscription, location, family }),
      unit: "Count",
      currentValue,
      id,
    };
  });
  return paged(request, value);
}

/** QuotaExceeded when a larger size does not fit (code: reference/reliability.md 3.2; status and text are ours). */
export function quotaExceeded(world: World, server: Server, wanted: string | undefined): SandboxResponse | null {
  const size = computeSize(wanted ?? "");
  if (!size || size.name === server.sku.name) return null;
  const subscription = /^\/subscriptions\/([^/]+)/i.exec(server.id)![1]!;
  const place = { subscription, location: server.location, family: size.family };
  const own = computeSize(server.sku.name);
  const used = usedCores(world.state, place) - (own?.family === size.family ? own.vCores : 0);
  const limit = limitOf(world.state, place);
  if (used + size.vCores <= limit) return null;
  const message = `Operation could not be completed as it results in exceeding approved ${familyName(size.family)} cores quota. Location: ${server.location}, Current Limit: ${limit}, Current Usage: ${used}, Additional Required: ${size.vCores}.`;
  return armError(400, "QuotaExceeded", message);
}

interface Place {
  readonly subscription: string;
  readonly location: string;
  readonly family: string;
}

function usedCores(state: State, { subscription, location, family }: Place): number {
  return allServers(state, `/subscriptions/${subscription}`)
    .filter((server) => sameId(server.location, location))
    .map((server) => computeSize(server.sku.name))
    .reduce((sum, size) => sum + (size?.family === family ? size.vCores : 0), 0);
}

function limitOf(state: State, { subscription, location, family }: Place): number {
  const quotas = (state.services["quotas"] ?? {}) as Quotas;
  return quotas[`${subscription}/${location}/${family}`.toLowerCase()] ?? usualLimit;
}

/** Names as in Microsoft's example: standardBSFamily, standardDDSv4Family. */
function familyName(family: string): string {
  return `standard${family.replace(/v\d+$/, "").toUpperCase()}${/v\d+$/.exec(family)?.[0] ?? ""}Family`;
}
