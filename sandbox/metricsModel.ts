import type { AccountProfile, ServerProfile } from "./metricsState.ts";
import { hash, noise } from "./random.ts";

/**
 * The workload behind the series. All figures are ours: a working day with a busy noon, quiet nights and weekends, noise
 * that differs from minute to minute and from server to server, and data that only grows. The same seed and the same
 * minute always give the same value.
 */
export interface ServerNow {
  readonly profile: ServerProfile;
  /** Of the SKU and the disk of that time: after a scale the same demand fills another share. */
  readonly vCores: number;
  readonly memoryGiB: number;
  readonly storageGiB: number;
  readonly iops: number;
  readonly seed: number;
}

const minute = 60_000;
const day = 24 * 60 * minute;
const GiB = 2 ** 30;

/** Load between 0 and 1 at a time: 1 at noon of a working day; production keeps a higher floor than development. */
export function demandAt(at: number, environmentClass: string, seed: number): number {
  const floor = environmentClass === "prod" ? 0.45 : environmentClass === "uat" ? 0.4 : 0.25;
  const hourOfDay = (at % day) / (60 * minute);
  const daily = Math.exp(-(((hourOfDay - 13) / 5) ** 2));
  const weekday = new Date(at).getUTCDay();
  const weekly = weekday === 0 || weekday === 6 ? 0.55 : 1;
  const wobble = 0.94 + 0.12 * noise(seed, Math.floor(at / (10 * minute)));
  return Math.max(0, (floor + (1 - floor) * daily * weekly) * wobble);
}

/** A server metric at a time, or null for a name the model does not know. Units as `metricNames.ts` says. */
export function serverValue(name: string, at: number, server: ServerNow): number | null {
  const model = serverModel[name];
  return model ? model(at, server) : null;
}

type Model = (at: number, server: ServerNow) => number;

/** The class's floor makes UAT and production busy at any hour, so that a level crossed at noon is crossed at night too. */
const cpu: Model = (at, server) => {
  const { profile, seed } = server;
  const steady = profile.cpu * (0.82 + 0.18 * demandAt(at, profile.class, seed));
  const jitter = 1 + 0.08 * (noise(seed ^ 0x51, Math.floor(at / minute)) - 0.5);
  return clamp((steady * jitter * profile.vCores) / server.vCores);
};

const memory: Model = (at, server) => {
  const used = server.profile.memory * (0.96 + 0.05 * demandAt(at, server.profile.class, server.seed ^ 0x77));
  return clamp((used * server.profile.memoryGiB) / server.memoryGiB);
};

const connections: Model = (at, server) => {
  const { profile, seed } = server;
  const load = 0.6 + 0.4 * demandAt(at, profile.class, seed ^ 0x1234);
  const jitter = 0.97 + 0.06 * noise(seed ^ 0x99, Math.floor(at / minute));
  return Math.min(profile.maxConnections, Math.round(profile.connections * load * jitter));
};

const storageUsed: Model = (at, { profile, storageGiB }) => {
  const grown = profile.storageUsedGiB + (profile.growthGiBPerDay * (at - profile.at)) / day;
  return Math.max(1, Math.min(storageGiB, grown)) * GiB;
};

const iops: Model = (at, server) => {
  const load = demandAt(at, server.profile.class, server.seed ^ 0x2222);
  return Math.round(server.iops * 0.6 * load * (server.profile.cpu / 100));
};

/** A balance that drains while the average CPU is over the size's baseline and fills below it, within its bounds. */
const creditsLeft: Model = (at, { profile }) => {
  const { baseline, most } = burst(profile.vCores);
  const perHour = ((baseline - profile.cpu) / 100) * profile.vCores * 60;
  const gained = (perHour * (at - profile.at)) / (60 * minute);
  return Math.round(Math.max(0, Math.min(most, (profile.credits ?? 0) + gained)) * 10) / 10;
};

/** As the B-series of virtual machines of the same size (unverified for Flexible Server): baseline CPU %, largest balance. */
function burst(vCores: number): { readonly baseline: number; readonly most: number } {
  return vCores === 1 ? { baseline: 20, most: 288 } : { baseline: 30, most: 432 * vCores };
}

const serverModel: Readonly<Record<string, Model>> = {
  cpu_percent: cpu,
  memory_percent: memory,
  storage_percent: (at, server) => clamp((100 * storageUsed(at, server)) / (server.storageGiB * GiB)),
  storage_used: storageUsed,
  storage_free: (at, server) => Math.max(0, server.storageGiB * GiB - storageUsed(at, server)),
  backup_storage_used: (at, server) => Math.round(storageUsed(at, server) * 1.4),
  txlogs_storage_used: (at, server) => Math.round(GiB * (0.5 + demandAt(at, server.profile.class, server.seed ^ 0x5))),
  database_size_bytes: (at, server) => Math.round(storageUsed(at, server) * 0.93),
  active_connections: connections,
  connections_failed: (at, { seed }) => (noise(seed ^ 0xf, Math.floor(at / minute)) > 0.985 ? 1 : 0),
  connections_succeeded: (at, server) => Math.round(connections(at, server) / 20),
  max_connections: (_at, { profile }) => profile.maxConnections,
  iops,
  read_iops: (at, server) => Math.round(iops(at, server) * 0.7),
  write_iops: (at, server) => Math.round(iops(at, server) * 0.3),
  read_throughput: (at, server) => iops(at, server) * 0.7 * 8192,
  write_throughput: (at, server) => iops(at, server) * 0.3 * 8192,
  disk_queue_depth: (at, server) => Math.round((iops(at, server) / server.iops) * 40) / 10,
  disk_iops_consumed_percentage: (at, server) => clamp((100 * iops(at, server)) / server.iops),
  disk_bandwidth_consumed_percentage: (at, server) => clamp((60 * iops(at, server)) / server.iops),
  network_bytes_ingress: (at, server) => connections(at, server) * 42_000,
  network_bytes_egress: (at, server) => connections(at, server) * 131_000,
  cpu_credits_remaining: creditsLeft,
  cpu_credits_consumed: (at, server) => Math.round((cpu(at, server) / 100) * server.vCores * 50) / 10,
  maximum_used_transactionIDs: (at, { profile, seed }) =>
    Math.round((hash(String(seed)) % 1e8) + ((at - profile.at) / day) * 200_000 + 5e7),
  is_db_alive: () => 1,
  logical_replication_delay_in_bytes: () => 0,
  physical_replication_delay_in_bytes: (at, { seed }) =>
    Math.round(noise(seed ^ 0x3, Math.floor(at / minute)) * 90_000),
  physical_replication_delay_in_seconds: (at, { seed }) => Math.round(noise(seed ^ 0x3, Math.floor(at / minute)) * 3),
};

export type Tier = keyof AccountProfile["bytes"];

/** Bytes of one tier at a time; a tier that is empty stays empty. */
export function blobBytes(tier: Tier, at: number, profile: AccountProfile): number {
  const grown = 1 + (profile.growthPerDay * (at - profile.at)) / day;
  return Math.round(profile.bytes[tier] * Math.max(0.05, grown));
}

/** Blobs of 2 MiB on average, the size that the sizing profile starts from. */
export function blobCount(tier: Tier, at: number, profile: AccountProfile): number {
  return Math.round(blobBytes(tier, at, profile) / (2 * 2 ** 20));
}

function clamp(percent: number): number {
  return Math.round(Math.max(0, Math.min(100, percent)) * 100) / 100;
}
