import manifest from "../../package.json" with { type: "json" };

export const version: string = manifest.version;

export const help = `engram-azure ${version}: environments of PostgreSQL Flexible Server, storage account and key on Azure

  engram-azure environments [--json]
  engram-azure stop ENV | start ENV | restart ENV [--failover]
  engram-azure scale ENV [--sku NAME] [--storage GIB] [--backup-first]
  engram-azure configure ENV [--high-availability none|sameZone|zoneRedundant] [--auto-grow on|off]
                             [--backup-retention DAYS] [--maintenance-window system|"DAY HH:MM"]
  engram-azure tag ENV [--name NAME] [--class dev|test|uat|prod]
  engram-azure operations [--all] [--json]
  engram-azure operations resume [ID] | acknowledge ID
  engram-azure sandbox [--port N] [--state FILE] [--fleet demo|COUNT] [--latency MS] [--speed FACTOR] [--faults FILE] [--json]

ENV is an environment's id or its unique name. Every change is planned first:
  --plan             show what would be sent, what it costs and what it does; send nothing
  --apply HASH       carry out only if the plan still has this hash (exit 3 when it changed)
  --yes              do not ask; needed where there is no terminal
  --confirm NAME     for production, and for environments without a class: the environment's name
  --wait             where Azure is busy with the server: wait up to 30 minutes, then go on if the plan is the same
  --json             one JSON document on standard output, nothing else; progress goes to standard error

  --sandbox          the local Azure instead of Azure   [--sandbox-state FILE] [--fleet demo|COUNT] [--speed FACTOR] [--faults FILE]
  --identity NAME    who signs in to Azure: azureCli, azd, environment, workload or managed (else what fits)

Exit codes: 0 done and verified, or already so; 1 failed or refused by Azure's state; 2 usage; 3 changed since planned;
4 unknown or still running; 5 sign-in; 6 busy. Ctrl+C stops waiting: Azure goes on, the operation is kept.
`;
