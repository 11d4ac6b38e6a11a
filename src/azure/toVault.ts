import type { Vault, VaultKey } from "../environments/model.ts";
import { flag, number, part, text } from "./json.ts";
import { toHead } from "./toHead.ts";

/** A vault as GET (api-version 2026-02-01) or a Resource Graph row tells it; null without a usable id. */
export function toVault(json: unknown): Vault | null {
  const head = toHead(json);
  if (head === null) return null;
  const properties = part(json, "properties");
  return {
    ...head,
    kind: "vault",
    uri: text(properties, "vaultUri") ?? "",
    purgeProtection: flag(properties, "enablePurgeProtection"),
    rbac: flag(properties, "enableRbacAuthorization"),
  };
}

/** A key as ARM's `vaults/keys` GET tells it: the current version and its attributes, times in seconds since 1970. */
export function toVaultKey(json: unknown): VaultKey {
  const properties = part(json, "properties");
  const attributes = part(properties, "attributes");
  const address = text(properties, "keyUriWithVersion") ?? text(properties, "keyUri") ?? "";
  const created = number(attributes, "created");
  return {
    vault: /^https:\/\/([^.]+)\./.exec(address)?.[1] ?? vaultOf(text(json, "id")) ?? "",
    name: /\/keys\/([^/]+)/.exec(address)?.[1] ?? text(json, "name") ?? "",
    version: /\/keys\/[^/]+\/([^/]+)\/?$/.exec(address)?.[1] ?? null,
    enabled: flag(attributes, "enabled"),
    created: fromSeconds(created),
    expires: fromSeconds(number(attributes, "exp")),
    nextRotation: nextRotation(part(properties, "rotationPolicy"), created, number(attributes, "exp")),
  };
}

function vaultOf(id: string | null): string | null {
  return /\/vaults\/([^/]+)\//i.exec(id ?? "")?.[1] ?? null;
}

function fromSeconds(seconds: number | null): string | null {
  if (seconds === null) return null;
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}

/** The first `rotate` action of the policy, counted from the version's creation or before its expiry. */
function nextRotation(policy: unknown, created: number | null, expires: number | null): string | null {
  const actions = part(policy, "lifetimeActions");
  if (!Array.isArray(actions)) return null;
  const rotate = actions.find((action) => /^rotate$/i.test(text(action, "action", "type") ?? ""));
  const after = text(rotate, "trigger", "timeAfterCreate");
  const before = text(rotate, "trigger", "timeBeforeExpiry");
  if (after !== null && created !== null) return moved(created, after, 1);
  return before !== null && expires !== null ? moved(expires, before, -1) : null;
}

const duration = /^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/;

/** Adds an ISO 8601 duration by the calendar in UTC. */
function moved(seconds: number, written: string, sign: 1 | -1): string | null {
  const match = duration.exec(written);
  const date = new Date(seconds * 1000);
  if (!match || Number.isNaN(date.getTime())) return null;
  const [years, months, weeks, days, hours, minutes, rest] = match.slice(1).map((each) => sign * Number(each ?? 0));
  date.setUTCFullYear(date.getUTCFullYear() + years!, date.getUTCMonth() + months!);
  date.setUTCDate(date.getUTCDate() + weeks! * 7 + days!);
  return new Date(date.getTime() + ((hours! * 60 + minutes!) * 60 + rest!) * 1000).toISOString();
}
