import type { AccountMetrics, Environment, StorageAccount } from "../environments/model.ts";
import { plainText } from "../environments/text.ts";
import type { EnvironmentDetails } from "../inventory/details.ts";
import { blobPrice } from "../environments/blobPrice.ts";
import { blobTiers, type PriceTable } from "../sizing/prices.ts";
import type { Facts } from "./facts.ts";
import { joined, plural } from "./format.ts";
import { noTarget, row, type Row } from "./row.ts";

/** The Record plane: the storage account with redundancy, what lies in which tier, its rules and its price per GB. */
export function recordRow(environment: Environment, account: StorageAccount, facts: Facts): Row {
  const name = plainText(account.name);
  return row({
    id: account.id.toLowerCase(),
    label: "Record plane",
    description: joined([name, redundancy(account)]),
    icon: { name: "archive", color: null },
    tokens: ["account", "record", "portal", "json", "id"],
    spoken: `Record plane, storage account ${name}, ${redundancy(account)}`,
    target: {
      ...noTarget,
      environmentId: environment.id,
      resourceId: account.id,
      tenantId: environment.subscription.tenantId,
    },
    children: () =>
      accountRows(account, facts.accountMetrics(account.id), {
        details: facts.details(environment.id),
        prices: facts.prices(account.location),
      }),
  });
}

function accountRows(
  account: StorageAccount,
  metrics: AccountMetrics | null,
  { details, prices }: { readonly details: EnvironmentDetails | null; readonly prices: PriceTable | null },
): readonly Row[] {
  const facts: readonly (readonly [string, string, string, string])[] = [
    ["redundancy", "Redundancy", redundancy(account), "layers"],
    ["tiers", "Stored", tiersText(metrics), "graph"],
    ["price", "Weighted price", priceText(account, metrics, prices), "symbol-number"],
    ["lifecycle", "Lifecycle", lifecycleText(details), "history"],
    ["immutability", "Immutability", immutabilityText(details), "lock"],
    ["transport", "Transport", transportText(account), "plug"],
  ];
  return facts.map(([key, label, description, icon]) =>
    row({ id: `${account.id.toLowerCase()}|${key}`, label, description, icon: { name: icon, color: null } }),
  );
}

export function redundancy({ skuName }: Pick<StorageAccount, "skuName">): string {
  return skuName === null ? "redundancy unknown" : plainText(skuName).replace(/^[^_]*_/, "");
}

/** GB by tier, decimal as Azure bills them; empty tiers are left out. */
export function tiersText(metrics: AccountMetrics | null): string {
  const sizes = metrics?.tiersGB ?? null;
  if (sizes === null) return "not measured";
  const used = blobTiers.filter((tier) => sizes[tier] > 0).map((tier) => `${tier} ${amount(sizes[tier])}`);
  return used.length === 0 ? "empty" : joined(used);
}

function amount(gigabytes: number): string {
  if (gigabytes < 0.1) return "< 0.1 GB";
  if (gigabytes < 10) return `${gigabytes.toFixed(1)} GB`;
  return gigabytes < 10_000
    ? `${Math.round(gigabytes).toLocaleString("en")} GB`
    : `${(gigabytes / 1000).toFixed(1)} TB`;
}

function priceText(account: StorageAccount, metrics: AccountMetrics | null, prices: PriceTable | null): string {
  const price = blobPrice(account, metrics, prices);
  if (price === null || prices === null) return "not known";
  const figure = new Intl.NumberFormat("en", {
    style: "currency",
    currency: prices.currency,
    maximumFractionDigits: 4,
  });
  const own =
    price.caveat === null
      ? ""
      : `; ${account.skuName === null ? "its redundancy is not known" : `${redundancy(account)} costs more`}`;
  return `${figure.format(price.perGB)} per GB and month at LRS list price${own}`;
}

/** Null details: still being read. */
function lifecycleText(details: EnvironmentDetails | null): string {
  if (details === null) return "reading…";
  if ("error" in details.lifecycle) return unreadable(details.lifecycle.error);
  const rules = (details.lifecycle.value?.rules ?? []).filter(({ enabled }) => enabled);
  if (rules.length === 0) return "no rule: nothing moves to a cheaper tier or is deleted";
  const first = rules[0];
  return joined([plural(rules.length, "rule"), first && stepsText(first)]);
}

function unreadable({ code }: { readonly code: string }): string {
  return `could not be read (${plainText(code)})`;
}

type Lifecycle = NonNullable<Extract<EnvironmentDetails["lifecycle"], { readonly value: unknown }>["value"]>;

function stepsText(rule: Lifecycle["rules"][number]): string {
  const steps: readonly (readonly [string, number | null])[] = [
    ["cool", rule.coolAfterDays],
    ["cold", rule.coldAfterDays],
    ["archive", rule.archiveAfterDays],
    ["deleted", rule.deleteAfterDays],
  ];
  const taken = steps.filter(([, days]) => days !== null).map(([word, days]) => `${word} after ${days} d`);
  return taken.join(", ");
}

function immutabilityText(details: EnvironmentDetails | null): string {
  if (details === null) return "reading…";
  if ("error" in details.immutability) return unreadable(details.immutability.error);
  const containers = details.immutability.value?.containers ?? [];
  const kept = containers.filter(({ legalHold, policy }) => legalHold || policy !== null);
  const all = containers.length;
  if (kept.length === 0) return all === 0 ? "no containers" : `none of ${plural(all, "container")}`;
  const locked = kept.filter(({ policy }) => policy?.state.toLowerCase() === "locked").length;
  const held = kept.filter(({ legalHold }) => legalHold).length;
  return joined([
    `${kept.length} of ${plural(all, "container")}`,
    locked > 0 && `${locked} locked`,
    held > 0 && `${held} on legal hold`,
  ]);
}

function transportText({ minimumTls, httpsOnly }: StorageAccount): string {
  const tls =
    minimumTls === null
      ? "minimum TLS unknown"
      : `TLS ${plainText(minimumTls).replace(/^TLS/i, "").replace("_", ".")} or newer`;
  return joined([tls, httpsOnly === null ? null : httpsOnly ? "HTTPS only" : "HTTP allowed"]);
}
