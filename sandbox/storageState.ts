import type { State } from "./types.ts";

/** What an account holds besides its own resource; each value is the JSON that GET answers. */
export interface AccountParts {
  blobService: Record<string, unknown>;
  managementPolicy: Record<string, unknown> | null;
  /** By container name. */
  containers: Record<string, Container>;
  encryptionScopes: Record<string, unknown>[];
}

export interface Container {
  id: string;
  name: string;
  type: string;
  etag: string;
  properties: Record<string, unknown>;
}

/** `state.services.storage`, by the account's ARM id in lower case; created when missing. */
export function storageStore(state: State): Record<string, AccountParts> {
  return (state.services["storage"] ??= {}) as Record<string, AccountParts>;
}
