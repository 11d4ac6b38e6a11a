import { advisories } from "./advisories.ts";
import { encryptionStatus, type KeyFacts } from "./encryption.ts";
import type { AccountMetrics, Environment, Finding, ServerMetrics, VaultKey } from "./model.ts";
import { blobPrice } from "./blobPrice.ts";
import type { PriceTable } from "../sizing/prices.ts";

/** Everything one row of `environments --json` is made of; null: not read. */
export interface ReportFacts {
  readonly serverMetrics: ServerMetrics | null;
  readonly accountMetrics: AccountMetrics | null;
  readonly prices: PriceTable | null;
  readonly keys: readonly VaultKey[];
  readonly parameters: Readonly<Record<string, string>> | null;
  readonly stopped: { readonly stoppedSince: string | null; readonly restartsAt: string | null } | null;
  readonly now: Date;
}

/** One environment in the shape of `environments --json` (design.md section 6): inapplicable is null, never left out. */
export function environmentReport(environment: Environment, facts: ReportFacts): Readonly<Record<string, unknown>> {
  const encryption = encryptionStatus(environment, facts.keys, facts.now);
  const judged = { ...facts, metrics: facts.serverMetrics };
  return {
    id: environment.id,
    name: environment.name,
    class: environment.class,
    server: serverReport(environment, facts.serverMetrics),
    account: accountReport(environment, facts),
    encryption: {
      server: encryption.server,
      account: encryption.account,
      keys: encryption.keys.map(keyReport),
      key: encryption.key && keyReport(encryption.key),
      unified: encryption.unified,
      findings: encryption.findings.map(findingReport),
    },
    advisories: advisories(environment, judged).map(findingReport),
  };
}

/** What the figures of a report do not say by themselves: one row each in the document's `warnings`. */
export function reportWarnings({ account }: Environment, { accountMetrics, prices }: ReportFacts): readonly Warning[] {
  const caveat = account && blobPrice(account, accountMetrics, prices)?.caveat;
  return account && caveat ? [{ scope: account.id, code: "blobPriceOfLrs", message: caveat }] : [];
}

export interface Warning {
  readonly scope: string;
  readonly code: string;
  /** A sentence for people. */
  readonly message: string;
}

function serverReport({ server }: Environment, metrics: ServerMetrics | null): unknown {
  if (server === null) return null;
  return {
    id: server.id,
    name: server.name,
    state: server.state,
    sku: server.sku?.name ?? null,
    tier: server.sku?.tier ?? null,
    storageGiB: server.storage?.sizeGiB ?? null,
    version: server.version,
    highAvailability: server.highAvailability.mode === "unknown" ? null : server.highAvailability.mode,
    metrics: metrics && {
      cpu: metrics.cpu,
      memory: metrics.memory,
      storage: metrics.storage,
      connections: metrics.connections,
      at: metrics.at,
    },
  };
}

function accountReport({ account }: Environment, { accountMetrics, prices }: ReportFacts): unknown {
  if (account === null) return null;
  const price = blobPrice(account, accountMetrics, prices);
  const tiersGB = accountMetrics?.tiersGB ?? null;
  return { id: account.id, name: account.name, tiersGB, weightedPerGB: price?.perGB ?? null };
}

function keyReport({ consumer, vault, name, version, expires, nextRotation }: KeyFacts): unknown {
  return { consumer, vault, name, version, expires, nextRotation };
}

function findingReport({ code, severity, message, source }: Finding): unknown {
  return { code, severity, message, source };
}
