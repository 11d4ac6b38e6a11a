import type { Environment, EnvironmentClass, Finding, Server, StorageAccount } from "./model.ts";

/** One entry of the team's `engram.environments.json`. */
export interface Pin {
  readonly name: string;
  readonly class: Exclude<EnvironmentClass, "unknown">;
  /** ARM id of the primary server. */
  readonly server: string;
  /** ARM id; null says that the environment has no Record plane. */
  readonly account: string | null;
}
export type Pins = readonly Pin[];

/** An environment in the making; filled in place by the passes below, which never take an account twice. */
export interface Draft {
  /** Subscription and resource group, lower case. */
  readonly group: string;
  readonly server: Server | null;
  account: StorageAccount | null;
  readonly pin: Pin | null;
  tag: string | null;
  by: Environment["recognisedBy"];
  readonly findings: Finding[];
}
