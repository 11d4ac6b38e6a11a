import type { OperationRecord } from "../operations/model.ts";
import { isOpen } from "../operations/records.ts";
import type { Warning } from "../environments/report.ts";
import { mapLimited } from "./mapLimited.ts";
import type { Running } from "./operate.ts";

/** Resource Graph shows a change late: documented as eventually consistent, without a time; so long is distrusted. */
const graphLagMs = 15 * 60_000;
/** The newest so many environments are read themselves; a fleet's worth of requests is not worth it. */
const most = 40;

/**
 * Reads what this machine's operations changed just now from the resources themselves, so that the list never
 * contradicts "Done and verified". Says which rows stay as the graph had them.
 */
export async function readRecentlyChanged(
  records: readonly OperationRecord[],
  { session: { inventory, azure }, stop }: Pick<Running, "session" | "stop">,
): Promise<readonly Warning[]> {
  const since = azure.clock.now().getTime() - graphLagMs;
  const recent = records.filter((one) => isOpen(one) || Date.parse(one.endedAt ?? one.startedAt) >= since);
  const ids = recent.flatMap(({ resources }) => resources.flatMap(({ id }) => inventory.environmentOf(id)?.id ?? []));
  const warnings = await mapLimited([...new Set(ids)].slice(0, most), async (id) => {
    try {
      await inventory.refreshEnvironment(id, stop);
      return [];
    } catch (cause) {
      stop.throwIfAborted();
      const why = cause instanceof Error ? cause.message : String(cause);
      const message = `${id} was changed a short while ago and could not be read itself; its row may be older: ${why}`;
      return [{ scope: id, code: "rowMayBeOld", message }];
    }
  });
  return warnings.flat();
}
