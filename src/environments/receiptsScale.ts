import { citations } from "./citations.ts";
import { findSize, offlineGrowthGiB } from "../sizing/catalogue.ts";
import type { OfferedSize } from "./guardsScale.ts";
import type { Server } from "./model.ts";
import {
  haLabel,
  head,
  names,
  none,
  skuLabel,
  unlogged,
  type Downtime,
  type Receipt,
  type ReceiptFacts,
} from "./receipts.ts";
import { money, type Bill } from "./receiptsMoney.ts";

export interface ScaleFacts extends ReceiptFacts {
  readonly size: OfferedSize | null;
  readonly storageGiB: number | null;
  /** Every server the plan changes, replicas among them. */
  readonly bills: readonly Bill[];
  /** Value of the parameter today; null when it was not read. */
  readonly maxConnections: number | null;
  readonly lastBackup: string | null;
  readonly backupFirst: boolean;
}

export function scaleReceipt(facts: ScaleFacts): Receipt {
  const { server, size, storageGiB } = facts;
  const targets = [size === null ? null : skuLabel(size.name), storageGiB === null ? null : `${storageGiB} GiB`].filter(
    (part) => part !== null,
  );
  return {
    ...head(facts, targets.length === 0 ? `Scale ${server.name}` : `Scale ${server.name} to ${targets.join(" and ")}`),
    downtime: scaleDowntime(facts),
    money: money(facts, facts.bills.length === 0 ? [{ server, billed: { after: "asToday" } }] : facts.bills),
    effects: [...computeEffects(facts), ...replicaEffects(facts), restorePoint(facts)],
    cannotBeUndone: [
      ...(size === null ? [] : ["Uncommitted transactions are lost when the server switches over."]),
      ...(storageGiB === null ? [] : ["Storage cannot shrink: the only way back is a restore into a new server."]),
    ],
    undo:
      size === null || server.sku === null
        ? null
        : `Scale back to ${skuLabel(server.sku.name)}, once this is finished.`,
  };
}

/**
 * Near-zero-downtime scaling takes 10–30 s (+ 30 s DNS), the regular way 2–10 min; replicas and 1–2 vCore Burstable
 * always go the regular way (concepts-scaling-resources.md@1012b59). Premium SSD grows online below 4,096 GiB.
 */
export function scaleDowntime({ server, replicas, size, storageGiB }: ScaleFacts): Downtime {
  if (size !== null) return computeDowntime(server, replicas, size);
  const today = server.storage?.sizeGiB ?? 0;
  if (storageGiB !== null && today < offlineGrowthGiB && storageGiB >= offlineGrowthGiB) {
    const text = `Growing to or over 4,096 GiB takes the disk offline: 2–10 minutes (${citations.premiumSsd}).`;
    return { class: "minutes", text };
  }
  return none(
    `The disk grows online (${citations.premiumSsd}). Azure's limits page still speaks of a restart: the documents contradict each other.`,
  );
}

function computeDowntime(server: Server, replicas: readonly Server[], size: OfferedSize): Downtime {
  const why = slowReason(server, replicas, size);
  if (why !== null) return { class: "minutes", text: `2–10 minutes: ${why} (${citations.scaling}).` };
  const text =
    "10–30 seconds by near-zero-downtime scaling, plus up to 30 seconds for DNS; 2–10 minutes when Azure has to fall back " +
    `(no free capacity or too few addresses in the subnet; ${citations.scaling}).`;
  return { class: "seconds", text };
}

function slowReason(server: Server, replicas: readonly Server[], size: OfferedSize): string | null {
  const vCores = server.sku === null ? null : (findSize(server.sku.name)?.vCores ?? null);
  if (server.sku?.tier === "Burstable" && (vCores === null || vCores <= 2))
    return "Burstable sizes of 1–2 vCores restart";
  if (size.tier === "Burstable" && size.vCores <= 2) return "Burstable sizes of 1–2 vCores restart";
  if (replicas.length > 0 || isReplica(server)) return "servers with read replicas, and replicas themselves, restart";
  return null;
}

function computeEffects({ size, maxConnections }: ScaleFacts): readonly string[] {
  if (size === null) return [];
  return [
    "Every connection is dropped once; applications have to reconnect.",
    connectionsEffect(size, maxConnections),
    unlogged,
  ];
}

function connectionsEffect(size: OfferedSize, today: number | null): string {
  const usual = findSize(size.name)?.maxConnectionsDefault ?? null;
  const now = today === null ? "max_connections stays as it is" : `max_connections stays ${today}`;
  const then = usual === null ? "" : `; a server created as ${skuLabel(size.name)} would have ${usual}`;
  return `${now}: a scale does not change it${then} (${citations.limits}).`;
}

function replicaEffects({ server, size, storageGiB, bills }: ScaleFacts): readonly string[] {
  const ha = server.highAvailability.mode;
  const pair = ha === "sameZone" || ha === "zoneRedundant" ? [`Both nodes of the ${haLabel(ha)} pair change.`] : [];
  const changed = bills.map((one) => one.server).filter(({ id }) => id !== server.id);
  if (changed.length === 0) return pair;
  const what = size === null && storageGiB !== null ? "grow" : "scale";
  return [
    ...pair,
    `Replicas (${names(changed)}) ${what} in Azure's order: up – replicas first, down – primary first (${citations.replicas}).`,
  ];
}

function restorePoint({ server, lastBackup, backupFirst }: ScaleFacts): string {
  const reach = server.backup?.earliestRestore;
  const point = reach ? `A restore reaches back to ${minute(reach)}` : "Azure named no restore point";
  const last = lastBackup === null ? "" : `; the last backup is of ${minute(lastBackup)}`;
  const own = backupFirst
    ? " An on-demand backup is made and verified first."
    : " An on-demand backup can be made first (command line: --backup-first).";
  return `${point}${last}.${own}`;
}

function minute(iso: string): string {
  return `${iso.slice(0, 16).replace("T", " ")} UTC`;
}

function isReplica({ replicationRole }: Server): boolean {
  return replicationRole === "AsyncReplica" || replicationRole === "GeoAsyncReplica";
}
