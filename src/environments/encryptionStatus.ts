import type { Finding, KeyOwner } from "./model.ts";

export interface KeyFacts {
  readonly consumer: string;
  readonly vault: string;
  readonly name: string;
  /** Pinned version; null: versionless. Azure does not tell which version a versionless server is on. */
  readonly version: string | null;
  /** Of the version in use as far as known; ISO 8601. */
  readonly expires: string | null;
  readonly nextRotation: string | null;
  /** The newest version (for the account: the one really in use); null when not read. */
  readonly currentVersion: string | null;
  readonly enabled: boolean | null;
}

export interface EncryptionStatus {
  readonly server: KeyOwner;
  readonly account: KeyOwner;
  readonly keys: readonly KeyFacts[];
  /** The primary key: the server's, else the account's. */
  readonly key: KeyFacts | null;
  /** Both planes use the customer's key, and it is the same key in the same vault. */
  readonly unified: boolean;
  readonly findings: readonly Finding[];
}
