import { band, measures, thresholdOf, type Measure } from "./bands.ts";
import { finding } from "./finding.ts";
import type { Environment, Finding, Server, ServerMetrics } from "./model.ts";
import { sources } from "./sources.ts";

/** What is known beside the environment itself; null: not read. */
export interface AdvisoryFacts {
  readonly metrics: ServerMetrics | null;
  /** Server parameters, `azure.extensions` above all. */
  readonly parameters: Readonly<Record<string, string>> | null;
  readonly stopped: { readonly stoppedSince: string | null; readonly restartsAt: string | null } | null;
  /** Azure's time. */
  readonly now: Date;
}

interface Judged extends AdvisoryFacts {
  readonly environment: Environment;
  readonly server: Server;
  /** Unknown counts as prod. */
  readonly protected: boolean;
}

/**
 * What somebody should know about an environment, worst first: pure detectors, each with the document behind it.
 * Findings about keys are `encryptionStatus`'s.
 */
export function advisories(environment: Environment, facts: AdvisoryFacts): readonly Finding[] {
  const { server } = environment;
  const isProtected = ["prod", "uat", "unknown"].includes(environment.class);
  const judged = server === null ? null : { ...facts, environment, server, protected: isProtected };
  const found = judged === null ? [] : detectors.flatMap((detect) => detect(judged));
  const rank = { error: 0, warning: 1, info: 2 };
  return [...(environment.findings ?? []), ...unknownClass(environment), ...found].sort(
    (left, right) => rank[left.severity] - rank[right.severity],
  );
}

type Detector = (judged: Judged) => readonly Finding[];

/** Percentage at which Premium SSD turns the server read-only, or less than so many GiB free (concepts-storage-premium-ssd). */
export const readOnlyAt = 0.95;
export const readOnlyFreeGiB = 5;

/** Fewer credits than this and a Burstable server is near its baseline speed: our guidance, not Azure's limit. */
export const fewCredits = 30;

/** The least backup retention Azure allows, in days, and the most. */
export const leastRetentionDays = 7;

const detectors: readonly Detector[] = [
  inaccessible,
  storageFull,
  levels,
  credits,
  restartClock,
  noHighAvailability,
  haUnhealthy,
  shortBackups,
  publicAccess,
  vectorMissing,
  autoGrowOff,
];

function inaccessible({ server }: Judged): readonly Finding[] {
  if (server.state !== "Inaccessible") return [];
  const message = `${server.name} is Inaccessible: Azure cannot use its encryption key. Enable the key, extend its expiry or restore access; the server comes back within about 60 minutes.`;
  return [finding.error("inaccessible", message, sources.encryption)];
}

function storageFull({ server, metrics }: Judged): readonly Finding[] {
  const used = metrics?.storage ?? null;
  if (used === null || server.storage === null) return [];
  const freeGiB = (1 - used) * server.storage.sizeGiB;
  if (used < readOnlyAt && freeGiB >= readOnlyFreeGiB) return [];
  const message = `The disk of ${server.name} is ${percent(used)} full (${freeGiB.toFixed(1)} GiB free): at 95 %, or with less than 5 GiB free, the server becomes read-only.`;
  return [finding.error("storageReadOnly", message, sources.storage)];
}

const measureWords: Readonly<Record<Measure, string>> = {
  cpu: "CPU",
  memory: "Memory",
  storage: "Storage",
  connections: "Connections",
};

function levels({ server, metrics }: Judged): readonly Finding[] {
  if (metrics === null) return [];
  return measures.flatMap((measure) => {
    const value = metrics[measure];
    const level = band(measure, value);
    const threshold = thresholdOf(measure, level);
    if (value === null || threshold === null) return [];
    const severity = level === "critical" ? "error" : "warning";
    const of = measure === "connections" ? ` (${share(metrics)})` : "";
    const message = `${measureWords[measure]} of ${server.name} is at ${percent(value)}${of}: over the strategy's ${level} level of ${percent(threshold)}.`;
    return [finding[severity](`${measure}${capital(level)}`, message, sources.strategyScaling)];
  });
}

function share({ activeConnections, maxConnections }: ServerMetrics): string {
  return `${Math.round(activeConnections ?? 0)} of ${Math.round(maxConnections ?? 0)} less 15 reserved`;
}

function credits({ server, metrics }: Judged): readonly Finding[] {
  const left = metrics?.cpuCreditsRemaining ?? null;
  if (server.sku?.tier !== "Burstable" || left === null || left >= fewCredits) return [];
  const count = Math.round(left);
  const message =
    count === 0
      ? `${server.name} has no CPU credits left: it runs at its baseline speed and management operations may not finish. Scale up, or let it rest.`
      : `${server.name} has ${count} CPU credits left: at 0 it runs at its baseline speed and management operations may not finish. Scale up before that, or let it rest.`;
  return [finding.warning("creditsLow", message, sources.compute)];
}

function restartClock({ server, stopped, now }: Judged): readonly Finding[] {
  if (server.state !== "Stopped") return [];
  const left = Date.parse(stopped?.restartsAt ?? "") - now.getTime();
  const when = Number.isNaN(left) ? "at most 7 days after it was stopped" : `in ${daysAndHours(left)}`;
  const message = `${server.name} starts by itself ${when}; its storage and backups are billed meanwhile.`;
  return [finding[left < 86_400_000 ? "warning" : "info"]("startsByItself", message, sources.stop)];
}

/** `2 d 4 h`, `4 h`, `moments`. */
export function daysAndHours(milliseconds: number): string {
  const hours = Math.floor(milliseconds / 3_600_000);
  if (hours < 1) return "moments";
  const days = Math.floor(hours / 24);
  const rest = days === 0 || hours % 24 > 0 ? [`${hours % 24} h`] : [];
  return [...(days > 0 ? [`${days} d`] : []), ...rest].join(" ");
}

function noHighAvailability({ environment, server, protected: isProtected }: Judged): readonly Finding[] {
  if (!isProtected || server.highAvailability.mode !== "none") return [];
  const cannot = server.sku?.tier === "Burstable" ? " Burstable sizes cannot have it: scale up first." : "";
  const message = `${server.name} has no high availability, which ${inClass(environment)} should have.${cannot}`;
  return [finding.warning("noHighAvailability", message, sources.strategyAvailability)];
}

function haUnhealthy({ server }: Judged): readonly Finding[] {
  const { mode, state } = server.highAvailability;
  if (mode === "none" || state === null || state === "Healthy" || server.state !== "Ready") return [];
  const message = `High availability of ${server.name} is not healthy: Azure says ${state}.`;
  return [finding.warning("highAvailabilityNotHealthy", message, sources.availability)];
}

function shortBackups({ environment, server, protected: isProtected }: Judged): readonly Finding[] {
  const days = server.backup?.retentionDays ?? null;
  if (!isProtected || environment.class === "uat" || days === null || days > leastRetentionDays) return [];
  const message = `Backups of ${server.name} are kept for ${days} days, the least Azure allows (7 to 35).`;
  return [finding.warning("backupMinimum", message, sources.backup)];
}

function publicAccess({ environment, server, protected: isProtected }: Judged): readonly Finding[] {
  if (!isProtected || environment.class === "uat") return [];
  const open = [server, environment.account].flatMap((one) => (one?.publicNetworkAccess === true ? one.name : []));
  if (open.length === 0) return [];
  const message = `${open.join(" and ")} may be reached from public networks (firewall rules decide who), in ${inClass(environment)}.`;
  return [finding.warning("publicNetworkAccess", message, null)];
}

function vectorMissing({ server, parameters }: Judged): readonly Finding[] {
  const allowed = parameters?.["azure.extensions"];
  if (allowed === undefined || allowsVector(allowed)) return [];
  const message = `The extension vector is not allow-listed on ${server.name}: CREATE EXTENSION vector fails until azure.extensions names it.`;
  return [finding.warning("vectorNotAllowed", message, sources.extensions)];
}

/** Whether the parameter `azure.extensions` (a comma-separated list) names pgvector's extension. */
export function allowsVector(extensions: string): boolean {
  return extensions.split(",").some((one) => one.trim().toLowerCase() === "vector");
}

function autoGrowOff({ server, metrics, protected: isProtected }: Judged): readonly Finding[] {
  const near = (metrics?.storage ?? 0) > 0.7;
  if (!isProtected || server.storage?.autoGrow !== false || !near) return [];
  const message = `Auto-grow is off on ${server.name} and its disk is ${percent(metrics?.storage ?? 0)} full.`;
  return [finding.warning("autoGrowOff", message, sources.storage)];
}

function unknownClass(environment: Environment): readonly Finding[] {
  if (environment.class !== "unknown" || environment.classFrom !== "none") return [];
  const message = `${environment.name} has no class: it counts as prod. Set the tag engram-class, or name it in engram.environments.json.`;
  return [finding.info("classUnknown", message, null)];
}

function inClass(environment: Environment): string {
  return environment.class === "unknown" ? "an environment of unknown class (counted as prod)" : environment.class;
}

function percent(value: number): string {
  return `${Math.round(value * 100)} %`;
}

function capital(word: string): string {
  return `${word.charAt(0).toUpperCase()}${word.slice(1)}`;
}
