/**
 * How long operations take, in Azure's seconds. Azure documents none of these: they are ours, chosen to be believable.
 * Only the classes have a source: near-zero-downtime scaling 10–30 s of downtime, regular 2–10 min
 * (azure-databases-docs scale/concepts-scaling-resources.md@1012b59).
 */
export const seconds = {
  stop: 90,
  start: 120,
  restart: 60,
  failover: 120,
  scaleNearZeroDowntime: 180,
  scaleRegular: 420,
  storageOnline: 60,
  storageOffline: 600,
  highAvailabilityOn: 600,
  highAvailabilityOff: 120,
  settings: 30,
  create: 300,
  replica: 600,
  remove: 60,
  backup: 300,
  configuration: 20,
  child: 10,
} as const;

export const day = 86_400_000;

/** A stopped server starts by itself after 7 days (configure-maintain/how-to-stop-server.md@05e7fc0). */
export const autoStartAfter = 7 * day;

/** A lost key makes the server Inaccessible within about 60 minutes, a repaired one brings it back as late (security-data-encryption.md@1012b59). */
export const keyCheckEvery = 50 * 60_000;

/** How often the sandbox looks at disks that grow by themselves (ours). */
export const growthCheckEvery = 6 * 3_600_000;
