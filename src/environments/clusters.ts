import type { Pins } from "./draft.ts";
import type { Resource, Server, StorageAccount } from "./model.ts";
import { groupKey } from "./recogniseAccounts.ts";
import { nameTag } from "./tags.ts";

/** Resources that decide together what environments they are; nothing outside a cluster touches those inside. */
export interface Cluster {
  readonly members: readonly (Server | StorageAccount)[];
  /** The entries of the team's file that name one of them. */
  readonly pins: Pins;
}

/** Resources looked at between two pauses. */
const stride = 50;

/**
 * Splits the inventory where grouping cannot reach across: resource groups, joined by a shared name tag within a
 * subscription, by a replica and its source, and by the team's file. Pauses (`yield`) so that a caller may let other
 * work run; a resource that came twice counts as last told.
 */
export function* clusters(resources: readonly Resource[], pins: Pins): Generator<undefined, readonly Cluster[]> {
  const members = unique(resources);
  const groups = new Map([...members].map(([id, one]) => [id, groupKey(one)]));
  const links = new Links();
  let done = 0;
  for (const one of members.values()) {
    link(links, one, groups);
    if (++done % stride === 0) yield;
  }
  for (const { server, account } of pins) links.join(groups.get(server.toLowerCase()), groups.get(lower(account)));
  return collect({ members, groups, links, pins });
}

function unique(resources: readonly Resource[]): ReadonlyMap<string, Server | StorageAccount> {
  const planes = resources.filter((one): one is Server | StorageAccount => one.kind !== "vault");
  return new Map(planes.map((one) => [one.id.toLowerCase(), one]));
}

function link(links: Links, one: Server | StorageAccount, groups: ReadonlyMap<string, string>): void {
  const group = groupKey(one);
  const tag = nameTag(one);
  if (tag !== null) links.join(group, `tag ${one.subscriptionId}/${tag}`.toLowerCase());
  if (one.kind === "server") links.join(group, groups.get(lower(one.sourceServerId)));
}

interface Found {
  readonly members: ReadonlyMap<string, Server | StorageAccount>;
  readonly groups: ReadonlyMap<string, string>;
  readonly links: Links;
  readonly pins: Pins;
}

function collect({ members, groups, links, pins }: Found): readonly Cluster[] {
  const found = new Map<string, { members: (Server | StorageAccount)[]; pins: Pins[number][] }>();
  for (const [id, one] of members) {
    const root = links.root(groups.get(id) ?? "");
    const cluster = found.get(root) ?? { members: [], pins: [] };
    cluster.members.push(one);
    found.set(root, cluster);
  }
  for (const pin of pins) found.get(links.root(groups.get(pin.server.toLowerCase()) ?? ""))?.pins.push(pin);
  return [...found.values()];
}

/** Union-find over names. */
class Links {
  readonly #parent = new Map<string, string>();

  root(name: string): string {
    let at = name;
    for (let up = this.#parent.get(at); up !== undefined; up = this.#parent.get(at)) at = up;
    if (at !== name) this.#parent.set(name, at);
    return at;
  }

  join(left: string | undefined, right: string | undefined): void {
    if (left === undefined || right === undefined) return;
    const [from, to] = [this.root(left), this.root(right)];
    if (from !== to) this.#parent.set(from, to);
  }
}

function lower(id: string | null): string {
  return id?.toLowerCase() ?? "";
}
