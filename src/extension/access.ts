import type { Azure } from "../azure/ports.ts";
import type { Access } from "../tree/session.ts";

/** Counts how far the sign-in reaches while the inventory reads its subscriptions, without a request of its own. */
export function countAccess(
  azure: Azure,
  accounts: () => Promise<readonly unknown[]>,
): { readonly azure: Azure; readonly access: Access } {
  const seen: { accounts: number | null; subscriptions: number | null } = { accounts: null, subscriptions: null };
  const directory: Azure["directory"] = {
    actor: (tenantId) => azure.directory.actor(tenantId),
    subscriptions: async function* (signal) {
      seen.accounts = (await accounts()).length;
      let count = 0;
      for await (const one of azure.directory.subscriptions(signal)) {
        if (!("scope" in one)) count++;
        yield one;
      }
      seen.subscriptions = count;
    },
  };
  return {
    azure: { ...azure, directory },
    access: { accounts: () => seen.accounts, subscriptions: () => seen.subscriptions },
  };
}
