import type { State } from "../types.ts";
import { countFleet } from "./count.ts";
import { demoFleet } from "./demo.ts";
import { inOrder } from "./state.ts";

/** Which fleet: the demo, or `count` environments drawn from seeded distributions. `realNow` in ms since 1970. */
export type FleetRequest =
  | { readonly kind: "demo"; readonly realNow: number }
  | { readonly kind: "count"; readonly count: number; readonly seed: number; readonly realNow: number };

/** The same request gives the same state, byte for byte. Throws RangeError for a count outside 0–5000. */
export function createFleet(request: FleetRequest): State {
  if (request.kind === "demo") return inOrder(demoFleet(request.realNow));
  if (!Number.isInteger(request.count) || request.count < 0 || request.count > 5000)
    throw new RangeError(`A fleet has 0 to 5000 environments, not ${String(request.count)}.`);
  return inOrder(countFleet(request));
}
