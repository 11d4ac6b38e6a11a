import { hash } from "./random.ts";
import { metricsState } from "./metricsState.ts";
import type { AccountProfile, PastSize, ServerProfile } from "./metricsState.ts";
import { retention } from "./metricsSeries.ts";
import type { Gap, Source } from "./metricsSeries.ts";
import { diskOf, sizeOf } from "./postgres/sizes.ts";
import type { Resource, State } from "./types.ts";

const day = 24 * 3600 * 1000;

/** The load of a resource, or null for a type without metrics. A server made after the fleet gets a profile of its own. */
export function sourceOf(resource: Resource, state: State, now: number): Source | null {
  const type = resource.type.toLowerCase();
  if (type === "microsoft.dbforpostgresql/flexibleservers") return serverSource(resource, state, now);
  if (type !== "microsoft.storage/storageaccounts") return null;
  const stored = metricsState(state).profiles[resource.id.toLowerCase()];
  return { kind: "account", profile: stored?.kind === "account" ? stored : emptyAccount(now) };
}

function serverSource(resource: Resource, state: State, now: number): Source {
  const id = resource.id.toLowerCase();
  const current = currentSize(resource);
  const stored = metricsState(state).profiles[id];
  const profile = stored?.kind === "server" ? stored : newServer(resource, current.storageGiB, now);
  const seed = hash(`${state.seed}/${id}`);
  const past = metricsState(state).sizes?.[id] ?? [];
  const server = (at: number) => {
    const { sku, storageGiB, iops } = past.find(({ until }) => at < until) ?? current;
    return { ...sizeOf(sku), profile, storageGiB, iops, seed };
  };
  return { kind: "server", burstable: profile.credits !== null, server, gaps: gapsOf(resource, state, now) };
}

/** Called before a server changes: what was measured until now was measured on this size. */
export function rememberSize(resource: Resource, state: State, now: number): void {
  const all = (metricsState(state).sizes ??= {});
  const past = (all[resource.id.toLowerCase()] ??= []);
  past.push({ until: now, ...currentSize(resource) });
  const forgotten = past.findIndex(({ until }) => now - until <= retention);
  past.splice(0, forgotten);
}

function currentSize(resource: Resource): Omit<PastSize, "until"> {
  const storage = (resource.properties["storage"] ?? {}) as { storageSizeGB?: number; iops?: number };
  const storageGiB = storage.storageSizeGB ?? 32;
  return { sku: String(resource.sku?.["name"]), storageGiB, iops: storage.iops ?? diskOf(storageGiB).iops };
}

/** Quiet, as a new server is. */
function newServer(resource: Resource, storageGiB: number, now: number): ServerProfile {
  const size = sizeOf(String(resource.sku?.["name"]));
  return {
    kind: "server",
    class: "dev",
    ...size,
    cpu: 6,
    memory: 30,
    connections: 4,
    storageUsedGiB: Math.min(3, storageGiB / 2),
    growthGiBPerDay: 0.01,
    credits: String(resource.sku?.["name"]).startsWith("Standard_B") ? 60 : null,
    at: now,
  };
}

function emptyAccount(now: number): AccountProfile {
  return { kind: "account", bytes: { Hot: 0, Cool: 0, Cold: 0, Archive: 0 }, growthPerDay: 0, at: now };
}

const running = ["Ready", "Updating", "Stopping"];

/** From the activity log: down between the end of a stop and the end of the next start (at most 7 days), and now if it is. */
function gapsOf(resource: Resource, state: State, now: number): Gap[] {
  const gaps: Gap[] = [];
  let stoppedAt: number | null = null;
  for (const entry of state.activity) {
    if (entry.status !== "Succeeded" || entry.resourceId.toLowerCase() !== resource.id.toLowerCase()) continue;
    if (/\/stop\/action$/i.test(entry.operationName)) stoppedAt = entry.at;
    else if (/\/start\/action$/i.test(entry.operationName) && stoppedAt !== null) {
      gaps.push({ from: stoppedAt, to: entry.at });
      stoppedAt = null;
    }
  }
  const isRunning = running.includes(String(resource.properties["state"]));
  if (stoppedAt !== null && isRunning) gaps.push({ from: stoppedAt, to: Math.min(now, stoppedAt + 7 * day) });
  if (!isRunning) gaps.push({ from: stoppedAt ?? now - day / 8, to: Number.MAX_SAFE_INTEGER });
  return gaps;
}
