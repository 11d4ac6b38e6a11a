import type { Facts } from "./facts.ts";
import { isOpen } from "./operationRows.ts";
import type { Session } from "./session.ts";

/** The rows' view of a session: always the present state, never a copy. */
export function sessionFacts(session: Session): Facts {
  const { inventory, operations, prices } = session;
  return {
    sandbox: session.sandbox,
    get environments() {
      return inventory.snapshot.environments;
    },
    get problems() {
      return inventory.snapshot.problems;
    },
    now: () => session.now(),
    serverMetrics: (id) => inventory.serverMetrics(id),
    accountMetrics: (id) => inventory.accountMetrics(id),
    details: (id) => inventory.detailsNow(id),
    prices: (location) => prices.tableNow(location),
    running: (id) => operations.list().find((one) => one.environmentId === id && isOpen(one)) ?? null,
  };
}
