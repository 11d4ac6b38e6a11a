import { programName } from "./programName.ts";

/** What `COMMAND --help` prints; null for a word that is no command. */
export function commandHelp(word: string): string | null {
  const found = Object.hasOwn(commands, word) ? commands[word] : undefined;
  return found === undefined ? null : `${programName()} ${found.trim()}\n`;
}

const change = `
  --plan           show what would be sent, what it costs and what it does; send nothing
  --apply HASH     carry out only if the plan still has this hash
  --yes, -y        do not ask; production and environments without a class also need --confirm NAME
  --wait           where Azure is busy with the server: wait up to 30 minutes
  --json           one JSON document on standard output
  --sandbox        the local Azure   [--sandbox-state FILE] [--fleet demo|COUNT] [--speed FACTOR] [--faults FILE]`;

const faults = `
Faults are a JSON list of rules:
  [{ "match": { "method": "POST", "host": "management.azure.com", "path": "**/stop", "nth": 1 },
     "when": "before", "fault": { "status": { "status": 503, "code": "ServiceUnavailable", "headers": { "Retry-After": "5" } } } }]
  match   every part may be left out; path is a glob (* within a segment, ** across); nth counts from 1, absent: all
  when    before (Azure did nothing), afterCommit (it acted, the answer is lost), body, poll (of a long operation)
  fault   { "status": { status, code, headers, body } }, "reset", "hang", { "slow": { "bytesPerSecond" } },
          { "delay": { "milliseconds" } }, "truncate", { "body": { "text" } }, { "operation": { "status", "code" } }
They stay in force for later commands on the same state file until other rules replace them; [] removes them.`;

const commands: Readonly<Record<string, string>> = {
  environments: `environments [--json]

Every environment that may be read: state, size, utilization, cost a month, and below it what needs somebody.
Exit code 1 when nothing could be read.
  --json           one JSON document on standard output
  --sandbox        the local Azure   [--sandbox-state FILE] [--fleet demo|COUNT] [--speed FACTOR] [--faults FILE]
  --identity NAME  azureCli, azd, environment, workload or managed`,
  stop: `stop ENV

Stops the server and its replicas. Azure starts them by itself after 7 days.
${change}`,
  start: `start ENV

Starts a stopped server and its replicas.
${change}`,
  restart: `restart ENV [--failover]

Restarts the server.
  --failover       with high availability: fail over to the standby, planned
${change}`,
  scale: `scale ENV [--sku NAME] [--storage GIB] [--backup-first]

Another size, a larger disk, or both. A disk never shrinks.
  --sku NAME       for instance Standard_D4ds_v5
  --storage GIB    a size of Premium SSD: 32, 64, 128, …
  --backup-first   make an on-demand backup before
${change}`,
  configure: `configure ENV

  --high-availability none|sameZone|zoneRedundant
  --auto-grow on|off
  --backup-retention DAYS           7 to 35
  --maintenance-window system|"DAY HH:MM"   in UTC: "sunday 02:00"
${change}`,
  tag: `tag ENV [--name NAME] [--class dev|test|uat|prod]

Writes the tags that name an environment and its class. The class decides how strongly changes are guarded.
${change}`,
  operations: `operations [--all] | operations resume [ID] | operations acknowledge ID

What this machine's windows and commands did.
  resume [ID]      go on watching what is unfinished, and say how it ended; nothing is ever sent
  acknowledge ID   put an operation whose journal was damaged away as it is, so that it may be planned again
  --all            also those older than 90 days or beyond the newest 500
  --json           one JSON document on standard output
  --sandbox        the local Azure's operations   [--sandbox-state FILE]`,
  sandbox: `sandbox [--port N] [--state FILE] [--fleet demo|COUNT] [--latency MS] [--speed FACTOR] [--faults FILE] [--json]

The local Azure as a program of its own; the first line on standard output is its address. It ends after 60 seconds
without a request. Without --state the state lives in a new temporary folder; --fleet is for a new state alone.
${faults}`,
};
