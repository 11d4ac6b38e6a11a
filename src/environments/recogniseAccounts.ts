import type { Draft, Pins } from "./draft.ts";
import type { Finding, ResourceHead, StorageAccount } from "./model.ts";
import { keyOfParts, parseKeyUri, sameKey } from "./keyUri.ts";
import { nameTag } from "./tags.ts";

/** Gives each account to at most one draft: file, then tags, then same key, then resource group. Adds account-only drafts. */
export function attachAccounts(drafts: Draft[], accounts: readonly StorageAccount[], pins: Pins): readonly Draft[] {
  const free = new Map(accounts.map((account) => [account.id.toLowerCase(), account]));
  attachPinned(drafts, free, pins);
  const open = drafts.filter((draft) => draft.pin === null);
  const alone = attachTagged(open, free);
  attachUntagged(open, free);
  return [...drafts, ...alone];
}

type Free = Map<string, StorageAccount>;

function attachPinned(drafts: readonly Draft[], free: Free, pins: Pins): void {
  const byServer = new Map(drafts.filter((one) => one.pin).map((one) => [one.server?.id.toLowerCase(), one]));
  for (const pin of pins) {
    const draft = byServer.get(pin.server.toLowerCase());
    const account = free.get(pin.account?.toLowerCase() ?? "");
    if (draft?.pin === pin && account) take(draft, account, free);
    else if (draft?.pin === pin && pin.account !== null) draft.findings.push(pinnedMissing(pin.account));
  }
}

function attachTagged(drafts: readonly Draft[], free: Free): readonly Draft[] {
  const tagged = [...free.values()].filter((account) => nameTag(account) !== null);
  const serversByTag = groupBy(
    drafts.filter((draft) => draft.tag !== null),
    draftTagKey,
  );
  const untagged = groupBy(
    drafts.filter((draft) => draft.tag === null),
    (draft) => draft.group,
  );
  for (const [, named] of serversByTag) if (named.length > 1) named[0]?.findings.push(sameTag(named));
  const alone: Draft[] = [];
  for (const [key, accounts] of groupBy(tagged, (account) => tagKey(account, nameTag(account)))) {
    const named = serversByTag.get(key);
    if (named) pair(named, accounts, free);
    else alone.push(...adopt(accounts, untagged, free));
  }
  return alone;
}

/** A tagged account names the one untagged server beside it; otherwise it is an environment of its own. */
function adopt(accounts: readonly StorageAccount[], untagged: Groups<Draft>, free: Free): readonly Draft[] {
  return accounts.flatMap((account) => {
    const beside = untagged.get(groupKey(account)) ?? [];
    const [only] = beside;
    if (beside.length === 1 && only?.account === null) {
      take(only, account, free);
      only.tag = nameTag(account);
      only.by = "tags";
      return [];
    }
    free.delete(account.id.toLowerCase());
    return [
      {
        group: groupKey(account),
        server: null,
        account,
        pin: null,
        tag: nameTag(account),
        by: "tags" as const,
        findings: [],
      },
    ];
  });
}

/** Servers and accounts of one tag: same key first, then the same resource group, then the first by id. */
function pair(drafts: readonly Draft[], accounts: readonly StorageAccount[], free: Free): void {
  const rest = new Set(accounts);
  const passes: readonly ((draft: Draft, account: StorageAccount) => boolean)[] = [
    (draft, account) => sharesKey(draft, account) && draft.group === groupKey(account),
    sharesKey,
    (draft, account) => draft.group === groupKey(account),
    () => true,
  ];
  for (const fits of passes) {
    for (const draft of drafts) {
      const account = draft.account ? undefined : [...rest].find((one) => fits(draft, one));
      if (account === undefined) continue;
      take(draft, account, free);
      rest.delete(account);
    }
  }
  if (rest.size > 0) drafts[0]?.findings.push(surplus([...rest], "carry the same tag"));
  for (const account of rest) free.delete(account.id.toLowerCase());
}

function attachUntagged(drafts: readonly Draft[], free: Free): void {
  const accounts = groupBy(
    [...free.values()].filter((account) => nameTag(account) === null),
    groupKey,
  );
  for (const [key, group] of groupBy(drafts, (draft) => draft.group)) {
    attachGroup(group, accounts.get(key) ?? [], free);
  }
}

/** One resource group: the same key decides; without one, the first server by id gets the first account, and says so. */
function attachGroup(drafts: readonly Draft[], accounts: readonly StorageAccount[], free: Free): void {
  const rest = new Set(accounts);
  for (const draft of drafts) {
    const account = draft.account ? undefined : accounts.find((one) => rest.has(one) && sharesKey(draft, one));
    if (account === undefined) continue;
    take(draft, account, free);
    rest.delete(account);
    if (draft.by === "resourceGroup") draft.by = "sharedKey";
  }
  const [first] = drafts;
  const [guess] = rest;
  if (first === undefined || guess === undefined || first.account !== null) return;
  take(first, guess, free);
  if (drafts.length > 1 || rest.size > 1) first.findings.push(guessed(guess, drafts.length, rest.size));
}

function take(draft: Draft, account: StorageAccount, free: Free): void {
  draft.account = account;
  free.delete(account.id.toLowerCase());
}

function sharesKey({ server }: Draft, { encryption }: StorageAccount): boolean {
  return sameKey(
    parseKeyUri(server?.encryption.primaryKeyUri ?? null),
    keyOfParts(encryption.vaultUri, encryption.keyName, null),
  );
}

type Groups<T> = ReadonlyMap<string, readonly T[]>;

function groupBy<T>(items: readonly T[], key: (item: T) => string): Groups<T> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const name = key(item);
    const group = groups.get(name);
    if (group) group.push(item);
    else groups.set(name, [item]);
  }
  return groups;
}

/** Subscription and resource group, in which Azure ignores letter case. */
export function groupKey(resource: ResourceHead): string {
  return `${resource.subscriptionId}/${resource.resourceGroup}`.toLowerCase();
}

function draftTagKey(draft: Draft): string {
  return tagKey(draft.server, draft.tag);
}

/** Tags join within one subscription only. */
function tagKey(resource: { readonly subscriptionId: string } | null, tag: string | null): string {
  return `${resource?.subscriptionId ?? ""}/${tag ?? ""}`.toLowerCase();
}

function pinnedMissing(id: string): Finding {
  const message = `engram.environments.json names the storage account ${id}, which is not visible or already in use.`;
  return { code: "pinnedAccountMissing", severity: "warning", message, source: "engram.environments.json" };
}

function surplus(accounts: readonly StorageAccount[], why: string): Finding {
  const names = accounts.map((account) => account.name).join(", ");
  const message = `More storage accounts ${why}: ${names} is left out.`;
  return { code: "accountsLeftOut", severity: "warning", message, source: null };
}

function sameTag(drafts: readonly Draft[]): Finding {
  const names = drafts.map((draft) => draft.server?.name).join(", ");
  const message = `Several primary servers carry the same tag engram-environment (${names}): each is an environment.`;
  return { code: "serversShareTag", severity: "warning", message, source: null };
}

function guessed(account: StorageAccount, servers: number, accounts: number): Finding {
  const message =
    `The resource group has ${servers} servers and ${accounts} storage accounts without a shared key: ` +
    `${account.name} is a guess. Tag both with engram-environment, or name them in engram.environments.json.`;
  return { code: "accountGuessed", severity: "info", message, source: null };
}
