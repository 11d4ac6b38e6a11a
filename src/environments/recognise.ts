import type { Environment, Finding, Resource, Server, StorageAccount, Subscription } from "./model.ts";
import { clusters, type Cluster } from "./clusters.ts";
import { classOf, nameTag } from "./tags.ts";
import type { Draft, Pins } from "./draft.ts";
import { attachAccounts, groupKey } from "./recogniseAccounts.ts";

export type { Pin, Pins } from "./draft.ts";

/**
 * Groups resources to environments (design decision 5). Precedence for the name, the class and the account: the
 * team's file, tags `engram-environment` / `engram-class`, the same key on both planes in one resource group, the
 * resource group. The file wins because a team reviews it; a tag can be set by anyone who may tag.
 *
 * - An environment needs a server; an account alone is one only when it carries `engram-environment`.
 * - Read replicas belong to their source's environment; one whose source is not visible stands by itself.
 * - Tags join an account across resource groups of one subscription, never across subscriptions.
 * - Every server appears exactly once; the order of the input does not matter; ids are unique.
 */
export function recognise(
  resources: readonly Resource[],
  subscriptions: readonly Subscription[],
  pins: Pins,
): readonly Environment[] {
  return drain(recogniseSteps({ resources, subscriptions, pins }, nothingRecognised)).environments;
}

export interface ToRecognise {
  readonly resources: readonly Resource[];
  readonly subscriptions: readonly Subscription[];
  readonly pins: Pins;
}

/** What was recognised, and from which resources, so that the next time only what changed is looked at. */
export interface Recognised {
  readonly environments: readonly Environment[];
  readonly parts: ReadonlyMap<string, Part>;
}

interface Part extends Cluster {
  /** Of each member; undefined where the subscription was not listed. */
  readonly subscriptions: readonly (Subscription | undefined)[];
  readonly environments: readonly Environment[];
}

export const nothingRecognised: Recognised = { environments: [], parts: new Map() };

/** As `recognise`, with pauses; clusters whose resources are the same objects as `before` are taken over. */
export function* recogniseSteps(given: ToRecognise, before: Recognised): Generator<undefined, Recognised> {
  const known = new Map(given.subscriptions.map((one) => [one.id.toLowerCase(), one]));
  const parts = new Map<string, Part>();
  for (const cluster of yield* clusters(given.resources, given.pins)) {
    const key = cluster.members[0]?.id ?? "";
    const subscriptions = cluster.members.map((one) => known.get(one.subscriptionId.toLowerCase()));
    const old = before.parts.get(key);
    const same = old !== undefined && isSame(old, { ...cluster, subscriptions });
    parts.set(key, same ? old : { ...cluster, subscriptions, environments: recogniseCluster(cluster, known) });
    if (!same) yield;
  }
  const found = [...parts.values()].flatMap((part) => part.environments);
  yield;
  return { environments: found.sort(byNameThenId), parts };
}

/** Runs without pausing. */
export function drain<T>(steps: Generator<undefined, T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

function isSame(old: Part, { members, pins, subscriptions }: Omit<Part, "environments">): boolean {
  return (
    old.members.length === members.length &&
    old.members.every((one, at) => one === members[at] && old.subscriptions[at] === subscriptions[at]) &&
    old.pins.length === pins.length &&
    old.pins.every((pin, at) => pin === pins[at])
  );
}

function recogniseCluster({ members, pins }: Cluster, known: Context["known"]): readonly Environment[] {
  const servers = byId(members.filter((one): one is Server => one.kind === "server"));
  const accounts = byId(members.filter((one): one is StorageAccount => one.kind === "account"));
  const { primaries, replicas } = splitReplicas(servers);
  const drafts = attachAccounts(draftServers(primaries, pins), accounts, pins);
  return nameDrafts(drafts).map(({ draft, name }) => toEnvironment(draft, name, { replicas, known }));
}

interface Context {
  readonly replicas: ReadonlyMap<string, readonly Server[]>;
  readonly known: ReadonlyMap<string, Subscription>;
}

/** Graph pages may overlap while Azure changes: the last answer of a resource counts, in the order of ids. */
function byId<T extends Resource>(resources: readonly T[]): readonly T[] {
  const unique = new Map(resources.map((one) => [one.id.toLowerCase(), one]));
  return [...unique].sort(([left], [right]) => order(left, right)).map(([, one]) => one);
}

function splitReplicas(servers: readonly Server[]): {
  readonly primaries: readonly Server[];
  readonly replicas: ReadonlyMap<string, readonly Server[]>;
} {
  const all = new Map(servers.map((one) => [one.id.toLowerCase(), one]));
  const primaries: Server[] = [];
  const replicas = new Map<string, Server[]>();
  for (const server of servers) {
    const root = rootOf(server, all);
    if (root === null) primaries.push(server);
    else replicas.set(root, [...(replicas.get(root) ?? []), server]);
  }
  return { primaries, replicas };
}

/** Id of the visible server a replica descends from; null for a primary, an orphan, or a circle. */
function rootOf(server: Server, all: ReadonlyMap<string, Server>): string | null {
  const seen = new Set([server.id.toLowerCase()]);
  let source = isReplica(server) ? all.get(server.sourceServerId?.toLowerCase() ?? "") : undefined;
  while (source !== undefined && !seen.has(source.id.toLowerCase())) {
    seen.add(source.id.toLowerCase());
    if (!isReplica(source)) return source.id.toLowerCase();
    const next = all.get(source.sourceServerId?.toLowerCase() ?? "");
    if (next === undefined) return source.id.toLowerCase();
    source = next;
  }
  return null;
}

/** The role decides; `sourceServerId` alone only where Azure names no role (it also stays after a restore). */
export function isReplica(server: Server): boolean {
  if (server.sourceServerId === null) return false;
  return server.replicationRole === null || /replica/i.test(server.replicationRole);
}

function draftServers(primaries: readonly Server[], pins: Pins): Draft[] {
  const pinned = new Map(pins.map((pin) => [pin.server.toLowerCase(), pin]));
  return primaries.map((server) => {
    const pin = pinned.get(server.id.toLowerCase()) ?? null;
    const tag = nameTag(server);
    return {
      group: groupKey(server),
      server,
      account: null,
      pin,
      tag,
      by: pin ? "file" : tag ? "tags" : "resourceGroup",
      findings: [],
    };
  });
}

/** Names, made unique within a resource group by the server's own name where two environments would share one. */
function nameDrafts(drafts: readonly Draft[]): readonly { readonly draft: Draft; readonly name: string }[] {
  const perGroup = countBy(drafts, ({ group }) => group);
  const wanted = drafts.map((draft) => ({ draft, name: wantedName(draft, perGroup.get(draft.group) ?? 0) }));
  const perId = countBy(wanted, ({ draft, name }) => idOf(draft, name));
  const taken = new Set<string>();
  return wanted.map(({ draft, name }) => {
    const shared = (perId.get(idOf(draft, name)) ?? 0) > 1;
    const unique = firstFree(draft, shared ? `${name} (${headOf(draft).name})` : name, taken);
    taken.add(idOf(draft, unique));
    return { draft, name: unique };
  });
}

function wantedName(draft: Draft, inGroup: number): string {
  if (draft.pin) return draft.pin.name;
  if (draft.tag) return draft.tag;
  return inGroup > 1 ? headOf(draft).name : headOf(draft).resourceGroup;
}

function firstFree(draft: Draft, name: string, taken: ReadonlySet<string>): string {
  for (let number = 1; ; number += 1) {
    const candidate = number === 1 ? name : `${name} #${number}`;
    if (!taken.has(idOf(draft, candidate))) return candidate;
  }
}

function toEnvironment(draft: Draft, name: string, { replicas, known }: Context): Environment {
  const head = headOf(draft);
  const judged = classOf(draft);
  const findings: readonly Finding[] = [...draft.findings, ...judged.findings];
  return {
    id: idOf(draft, name),
    name,
    class: judged.class,
    recognisedBy: draft.by,
    classFrom: judged.from,
    subscription: known.get(head.subscriptionId.toLowerCase()) ?? strange(head.subscriptionId),
    resourceGroup: head.resourceGroup,
    location: head.location,
    server: draft.server,
    replicas: draft.server ? [...(replicas.get(draft.server.id.toLowerCase()) ?? [])].sort(byNameThenId) : [],
    account: draft.account,
    ...(findings.length > 0 ? { findings } : {}),
  };
}

/** A subscription that answers but was not listed (its name is then unknown). */
function strange(id: string): Subscription {
  return { id, name: id, tenantId: "", account: null };
}

function headOf(draft: Draft): Server | StorageAccount {
  const head = draft.server ?? draft.account;
  if (head === null) throw new Error("A draft has a server or an account.");
  return head;
}

function idOf(draft: Draft, name: string): string {
  return `${draft.group}/${name.toLowerCase()}`;
}

function countBy<T>(items: readonly T[], key: (item: T) => string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) {
    const name = key(item);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

function byNameThenId(left: { name: string; id: string }, right: { name: string; id: string }): number {
  return order(left.name.toLowerCase(), right.name.toLowerCase()) || order(left.id, right.id);
}

/** By code unit: the same on every machine, and far cheaper than a collator. */
function order(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
