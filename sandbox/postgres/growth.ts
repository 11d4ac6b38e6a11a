import { recordActivity } from "../activity.ts";
import type { EventHandler, World } from "../types.ts";
import { day, growthCheckEvery } from "./durations.ts";
import { forEachServer, serverType } from "./server.ts";
import type { Server } from "./server.ts";
import { rememberSize } from "../metricsSource.ts";
import { nextDisk } from "./sizes.ts";

/**
 * Storage that grows by itself: the next size once less is free than min(20 %, 64 GiB), above 1 TiB min(10 %, 64 GiB);
 * never across 4,096 GiB (concepts-storage-premium-ssd.md@0200b8f and @450730c). A stopped server does not grow.
 */
const growDisks: EventHandler = (_event, world) => {
  forEachServer(world.state, (server) => {
    const { state, storage } = server.properties;
    if (state !== "Ready" || storage.autoGrow !== "Enabled" || storage.type === "PremiumV2_LRS") return;
    const used = usedGiB(world, server);
    if (used !== null && storage.storageSizeGB - used < threshold(storage.storageSizeGB)) grow(world, server);
  });
  scheduleGrowth(world);
};

export const growthEvents: Readonly<Record<string, EventHandler>> = { "postgres.growDisks": growDisks };

export function scheduleGrowth(world: World): void {
  if (world.state.schedule.some((event) => event.kind === "postgres.growDisks")) return;
  world.schedule({ at: world.now() + growthCheckEvery, kind: "postgres.growDisks", resourceId: "/", data: null });
}

function threshold(sizeGiB: number): number {
  return Math.min(sizeGiB * (sizeGiB > 1024 ? 0.1 : 0.2), 64);
}

/** From the workload that the metrics service knows; null without one. */
function usedGiB(world: World, server: Server): number | null {
  const metrics = world.state.services["metrics"] as { profiles?: Record<string, Partial<Profile>> } | undefined;
  const profile = metrics?.profiles?.[server.id.toLowerCase()];
  if (profile?.storageUsedGiB === undefined) return null;
  return profile.storageUsedGiB + ((profile.growthGiBPerDay ?? 0) * (world.now() - (profile.at ?? world.now()))) / day;
}

interface Profile {
  readonly storageUsedGiB: number;
  readonly growthGiBPerDay: number;
  readonly at: number;
}

function grow(world: World, server: Server): void {
  const next = nextDisk(server.properties.storage.storageSizeGB);
  if (!next) return;
  rememberSize(server, world.state, world.now());
  server.properties.storage = {
    ...server.properties.storage,
    storageSizeGB: next.gib,
    tier: next.tier,
    iops: next.iops,
  };
  recordActivity(world, { operationName: `${serverType}/write`, resourceId: server.id, status: "Succeeded" });
}
