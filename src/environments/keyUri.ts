export interface KeyUri {
  /** First label of the host, lower case: names a vault within one cloud. */
  readonly vaultName: string;
  readonly vaultHost: string;
  readonly keyName: string;
  /** Null: versionless, the consumer follows the newest version by itself. */
  readonly version: string | null;
}

const host = /^[a-z0-9-]{3,24}(\.[a-z0-9-]+)+$/i;
const key = /^[0-9a-z-]{1,127}$/i;

/** Reads `https://VAULT.vault.azure.net/keys/NAME[/VERSION]`; null for anything else. */
export function parseKeyUri(uri: string | null): KeyUri | null {
  if (uri === null) return null;
  const match = /^https:\/\/([^/?#@\s]+)\/keys\/([^/?#\s]+)(?:\/([^/?#\s]*))?\/?$/i.exec(uri.trim());
  const [, vaultHost = "", keyName = "", version = ""] = match ?? [];
  const bareHost = vaultHost.toLowerCase().replace(/:443$/, "");
  if (!host.test(bareHost) || !key.test(keyName)) return null;
  return { vaultName: bareHost.split(".")[0] ?? "", vaultHost: bareHost, keyName, version: version || null };
}

/** Reads an account's vault address and key name as the same thing; null when either is missing. */
export function keyOfParts(vaultUri: string | null, keyName: string | null, version: string | null): KeyUri | null {
  if (vaultUri === null || keyName === null) return null;
  const suffix = version === null || version === "" ? "" : `/${version}`;
  return parseKeyUri(`${vaultUri.trim().replace(/\/+$/, "")}/keys/${keyName}${suffix}`);
}

/** Same vault and same key; versions may differ. Vault and key names are case-insensitive in Azure. */
export function sameKey(left: KeyUri | null, right: KeyUri | null): boolean {
  if (left === null || right === null) return false;
  return left.vaultHost === right.vaultHost && left.keyName.toLowerCase() === right.keyName.toLowerCase();
}
