import { findResource, isObject, mergePatch } from "./arm.ts";
import type { AuthState } from "./auth.ts";
import { findKey } from "./keyVaultState.ts";
import { locksOf } from "./locks.ts";
import { metricsState } from "./metricsState.ts";
import { denialsOf } from "./rights.ts";
import type { Denial, DenyPolicy } from "./rights.ts";
import { sameId } from "./types.ts";
import type { Resource, SandboxResponse, World } from "./types.ts";

/**
 * `POST /_sandbox/world`: what somebody else does in the portal meanwhile. Sandbox only; every part is optional.
 * - `resource: { id, properties?, tags?, sku?, state? }` merges into a resource (null removes); `state` is `properties.state`
 * - `remove: "<resource id>"` · `lock: { scope, name?, level }` · `unlock: "<lock id>"`
 * - `deny: { action, scope }` / `allow: { action, scope }` for the caller · `policy: DenyPolicy` · `noPolicies: true`
 * - `key: { vault, name, version?, enabled?, expires? }`; without a version the newest; `expires` ISO or null
 * - `identity: { id, access }`: deleted or without its role (false), granted anew (true)
 * - `metrics: { withoutReader?: [subscription], unregistered?: [subscription], throttledUntil?: epoch ms }` (each replaces)
 * - `vault: { name, reachable }` · `subscription: { id, readable }` · `claimsChallenge: "<json>" | null`
 */
export function secondActor(body: unknown, world: World): SandboxResponse {
  if (!isObject(body)) throw new Error("The body is an object; see the sandbox's documentation.");
  const unknown = Object.keys(body).filter((name) => !(name in deeds));
  if (unknown.length > 0) throw new Error(`Unknown: ${unknown.join(", ")}. Known: ${Object.keys(deeds).join(", ")}.`);
  for (const [name, value] of Object.entries(body)) deeds[name]!(value, world);
  world.changed();
  return { status: 200, body: { done: Object.keys(body) } };
}

const deeds: Readonly<Record<string, (value: unknown, world: World) => void>> = {
  resource: changeResource,
  remove: (id, { state }) => void delete state.resources[String(id).toLowerCase()],
  lock: addLock,
  unlock: (id, { state }) => void delete locksOf(state)[String(id).toLowerCase()],
  deny: (denial, { state }) => void denialsOf(state).push(denial as Denial),
  allow: (denial, { state }) => {
    const { action, scope } = denial as Denial;
    state.services["denials"] = denialsOf(state).filter((one) => one.action !== action || one.scope !== scope);
  },
  policy: (policy, { state }) => void ((state.services["policies"] ??= []) as DenyPolicy[]).push(policy as DenyPolicy),
  noPolicies: (_value, { state }) => void (state.services["policies"] = []),
  key: changeKey,
  identity: changeIdentity,
  vault: cutVault,
  metrics: changeMetrics,
  subscription: changeSubscription,
  claimsChallenge: (claims, { state }) => {
    const auth: AuthState = { claimsChallenge: typeof claims === "string" ? claims : null };
    state.services["auth"] = auth;
  },
};

function changeResource(value: unknown, world: World): void {
  const { id, state, properties, ...rest } = value as {
    id: string;
    state?: string;
    properties?: object;
  } & Partial<Resource>;
  const existing = findResource(world.state, id);
  if (!existing) throw new Error(`There is no resource ${id}.`);
  const changes = { ...rest, properties: { ...properties, ...(state === undefined ? {} : { state }) } };
  const merged = mergePatch(existing, changes) as Resource;
  world.state.resources[existing.id.toLowerCase()] = { ...merged, id: existing.id };
}

function addLock(value: unknown, { state }: World): void {
  const {
    scope,
    name = "sandbox-lock",
    level,
  } = value as { scope: string; name?: string; level: "ReadOnly" | "CanNotDelete" };
  if (level !== "ReadOnly" && level !== "CanNotDelete") throw new Error("level is ReadOnly or CanNotDelete.");
  const id = `${scope}/providers/Microsoft.Authorization/locks/${name}`;
  locksOf(state)[id.toLowerCase()] = { id, name, type: "Microsoft.Authorization/locks", properties: { level } };
}

function changeKey(value: unknown, world: World): void {
  const change = value as { vault: string; name: string; version?: string; enabled?: boolean; expires?: string | null };
  const versions = findKey(world.state, change.vault, change.name)?.key.versions ?? [];
  const version =
    change.version === undefined ? versions.at(-1) : versions.find((one) => one.version === change.version);
  if (!version) throw new Error(`There is no key ${change.name} in vault ${change.vault}.`);
  if (change.enabled !== undefined) version.enabled = change.enabled;
  if (change.expires !== undefined) version.expires = change.expires === null ? null : Date.parse(change.expires);
  version.updated = world.now();
}

function changeIdentity(value: unknown, { state }: World): void {
  const { id, access } = value as { id: string; access: boolean };
  const others = ((state.services["lostIdentities"] as string[] | undefined) ?? []).filter((one) => !sameId(one, id));
  state.services["lostIdentities"] = access ? others : [...others, id];
}

function changeMetrics(value: unknown, { state }: World): void {
  const known = ["withoutReader", "unregistered", "throttledUntil"];
  const unknown = Object.keys(value as object).find((name) => !known.includes(name));
  if (unknown !== undefined) throw new Error(`metrics knows ${known.join(", ")}, not ${unknown}.`);
  Object.assign(metricsState(state), value);
}

function cutVault(value: unknown, { state }: World): void {
  const { name, reachable } = value as { name: string; reachable: boolean };
  const others = ((state.services["unreachableVaults"] as string[] | undefined) ?? []).filter((one) => one !== name);
  state.services["unreachableVaults"] = reachable ? others : [...others, name];
}

function changeSubscription(value: unknown, { state }: World): void {
  const { id, readable } = value as { id: string; readable: boolean };
  const found = state.subscriptions.find((one) => one.subscriptionId.toLowerCase() === id.toLowerCase());
  if (!found) throw new Error(`There is no subscription ${id}.`);
  found.readable = readable;
}
