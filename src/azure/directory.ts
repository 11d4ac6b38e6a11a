import type { Subscription } from "../environments/model.ts";
import type { Arm } from "./arm.ts";
import type { Connection } from "./connection.ts";
import type { Identity } from "./credential.ts";
import { toAzureError } from "./errors.ts";
import { text } from "./json.ts";
import { merge } from "./merge.ts";
import type { AzureError } from "./ports.ts";
import { type Directory, type ScopeProblem } from "./ports.ts";
import type { Sessions } from "./sessions.ts";
import type { TokenAccount } from "./tokens.ts";

/** Which subscriptions are wanted; an empty list means all. Entries: `SUBSCRIPTION` or `TENANT/SUBSCRIPTION` (GUIDs). */
export interface SubscriptionFilter {
  selected(): readonly string[];
}

/** Version of Microsoft.Resources subscriptions and tenants (azure-specs: resources 2022-12-01). */
const version = "2022-12-01";
/** Tenants read at the same time (reference/ecosystem.md 4.3). */
const parallel = 6;

interface DirectoryDeps {
  readonly connection: Connection;
  readonly arm: Arm;
  readonly sessions: () => Sessions;
  readonly filter: SubscriptionFilter;
}

/** Accounts → tenants → subscriptions, silently, each subscription told as it is found. */
export function createDirectory(deps: DirectoryDeps): Directory {
  return {
    subscriptions: (signal) => distinct(found(deps, signal), deps),
    actor: async (tenantId) => {
      const { tokens } = deps.connection;
      const accounts = await tokens.accounts();
      const wanted = deps.sessions().accountIn(tenantId);
      const account = accounts.find(({ id }) => id === wanted) ?? accounts[0];
      return `${account?.label ?? "nobody"} via ${tokens.via}`;
    },
  };
}

type Found = { readonly subscription: Subscription; readonly accountId: string } | ScopeProblem;

/** One account after the other: of two that see the same subscription it is always the first that reads it. */
async function* found(deps: DirectoryDeps, signal?: AbortSignal): AsyncGenerator<Found> {
  for (const account of await deps.connection.tokens.accounts()) yield* ofAccount(deps, account, signal);
}

async function* ofAccount(deps: DirectoryDeps, account: TokenAccount, signal?: AbortSignal): AsyncGenerator<Found> {
  const home = { tenantId: null, accountId: account.id };
  const tenants: { readonly id: string; readonly name: string }[] = [];
  try {
    const url = `/tenants?api-version=${version}`;
    for await (const tenant of deps.arm.list({
      url,
      identity: home,
      what: `the tenants of ${account.label}`,
      signal,
    })) {
      const id = text(tenant, "tenantId");
      if (id !== null) tenants.push({ id, name: text(tenant, "displayName") ?? text(tenant, "defaultDomain") ?? id });
    }
  } catch (error) {
    yield problem(error, { scope: `accounts/${account.id}`, label: account.label, tenantId: null });
  }
  yield* merge(
    tenants.map((tenant) => () => ofTenant(deps, { account, tenant }, signal)),
    parallel,
  );
}

interface TenantOf {
  readonly account: TokenAccount;
  readonly tenant: { readonly id: string; readonly name: string };
}

/** A tenant that fails is one row; the others go on. */
async function* ofTenant(deps: DirectoryDeps, of: TenantOf, signal?: AbortSignal): AsyncGenerator<Found> {
  const { account, tenant } = of;
  const identity: Identity = { tenantId: tenant.id, accountId: account.id };
  try {
    const url = `/subscriptions?api-version=${version}`;
    const what = `the subscriptions of ${tenant.name}`;
    for await (const json of deps.arm.list({ url, identity, what, signal })) yield* toFound(json, of);
  } catch (error) {
    yield problem(error, { scope: `tenants/${tenant.id}`, label: tenant.name, tenantId: tenant.id });
  }
}

/** Subscriptions of another tenant (Lighthouse) are told by the tenant they belong to. */
function toFound(json: unknown, { account, tenant }: TenantOf): readonly Found[] {
  const id = text(json, "subscriptionId");
  if (id === null) return [];
  const name = text(json, "displayName") ?? id;
  const subscription = { id, name, tenantId: tenant.id, account: account.label };
  const state = text(json, "state");
  const entry = { subscription, accountId: account.id };
  return state !== null && !/^(enabled|pastdue)$/i.test(state) ? [entry, disabled(subscription, state)] : [entry];
}

/** States: Enabled, Warned, PastDue, Disabled, Deleted (Microsoft.Resources 2022-12-01). */
function disabled({ id, name, tenantId }: Subscription, state: string): ScopeProblem {
  const message = `The subscription ${name} is ${state.toLowerCase()} in Azure: it can be read at most.`;
  const scope = `/subscriptions/${id}`;
  return { scope, label: name, tenantId, code: "SubscriptionDisabled", message, remedy: "none" };
}

/** The same subscription through two accounts counts once; those not selected are left out. */
async function* distinct(all: AsyncIterable<Found>, deps: DirectoryDeps): AsyncGenerator<Subscription | ScopeProblem> {
  const seen = new Set<string>();
  const wanted = new Set(deps.filter.selected().map((entry) => entry.split("/").at(-1)!.toLowerCase()));
  for await (const one of all) {
    if (!("subscription" in one)) {
      const hidden = one.code === "SubscriptionDisabled" && wanted.size > 0 && !wanted.has(guidOf(one.scope));
      if (!hidden) yield one;
      continue;
    }
    const { subscription, accountId } = one;
    const key = subscription.id.toLowerCase();
    if (seen.has(key)) continue;
    seen.add(key);
    deps.sessions().learn(subscription.id, { tenantId: subscription.tenantId, accountId });
    if (wanted.size === 0 || wanted.has(key)) yield subscription;
  }
}

function guidOf(scope: string): string {
  return scope.split("/").at(-1)!.toLowerCase();
}

/** A failure as a row, with what would help. */
export function problem(thrown: unknown, of: Pick<ScopeProblem, "scope" | "label" | "tenantId">): ScopeProblem {
  const error = toAzureError(thrown, { access: "read", what: of.label });
  return { ...of, code: error.code, message: error.message, remedy: remedy(error) };
}

function remedy({ kind }: AzureError): ScopeProblem["remedy"] {
  if (kind === "auth") return "signIn";
  if (kind === "rights" || kind === "policy") return "role";
  return kind === "invalid" || kind === "notFound" || kind === "origin" ? "none" : "retry";
}
