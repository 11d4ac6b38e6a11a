/** What applies to every command that talks to Azure. */
export interface Connecting {
  readonly sandbox: boolean;
  readonly stateFile: string | null;
  readonly speed: number | null;
  readonly faultsFile: string | null;
  readonly fleet: string | null;
  readonly identity: string | null;
}
