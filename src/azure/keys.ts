import { armId } from "./armId.ts";
import type { Arm } from "./arm.ts";
import type { KeyReader } from "./ports.ts";
import type { Sessions } from "./sessions.ts";
import { toVaultKey } from "./toVault.ts";

/** Version of Microsoft.KeyVault/vaults/keys (design section 9). */
const version = "2026-02-01";

/** Key facts by the control plane: Reader on the vault is enough and no key operation is possible here. */
export function createKeys(arm: Arm, sessions: Sessions): KeyReader {
  return {
    get: async (vaultId, keyName, signal) => {
      const { subscriptionId, name } = armId(vaultId);
      const identity = await sessions.identityFor(subscriptionId);
      const url = `${encodeURI(vaultId)}/keys/${encodeURIComponent(keyName)}?api-version=${version}`;
      return toVaultKey(await arm.get({ url, identity, what: `the key ${keyName} in ${name}`, signal }));
    },
  };
}
