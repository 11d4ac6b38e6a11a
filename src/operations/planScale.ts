import type { Change, ServerPatch } from "../azure/ports.ts";
import type { Finding, Server } from "../environments/model.ts";
import { classFindings, error, stateFindings } from "../environments/guards.ts";
import {
  alreadySo,
  offeredSize,
  shortName,
  sizeFindings,
  storageFindings,
  type OfferedSize,
} from "../environments/guardsScale.ts";
import type { Bill } from "../environments/receiptsMoney.ts";
import { scaleReceipt } from "../environments/receiptsScale.ts";
import { findSize } from "../sizing/catalogue.ts";
import type { PlanFacts } from "./facts.ts";
import { sha256, stableJson } from "./hash.ts";
import type { PlanStep } from "./model.ts";
import { actionOf, before, commonFindings, receiptFacts, toStep, type Describe, type Draft } from "./plan.ts";
import { isMoving } from "./planPower.ts";
import type { ScaleRequest } from "./request.ts";

interface Target {
  readonly size: OfferedSize | null;
  readonly storageGiB: number | null;
}

/** Compute, storage or both; replicas in Azure's order: up – replicas first, down – primary first. */
export function planScale(facts: PlanFacts, request: ScaleRequest, describe: Describe): Draft {
  const target = targetOf(facts, request);
  const changes = serverChanges(facts, target);
  const first = changes.length > 0 && request.backupFirst ? [backupStep(facts, target, describe)] : [];
  const steps = [...first, ...changes.map((one) => scaleStep(one, describe))];
  return {
    steps,
    findings: scaleFindings(facts, request, steps),
    receipt: scaleReceipt({
      ...receiptFacts(facts),
      ...target,
      bills: changes.map(billOf),
      maxConnections: facts.maxConnections,
      lastBackup: lastBackup(facts),
      backupFirst: request.backupFirst === true,
    }),
  };
}

/** What really changes: a size the server has already is left out of body and receipt. */
function targetOf({ server, capabilities }: PlanFacts, { sku, storageGiB }: ScaleRequest): Target {
  const size = sku === undefined || capabilities === null ? null : offeredSize(capabilities, sku);
  const sameSize = size !== null && hasSize(server, size) && !isMoving(server);
  const sameStorage = storageGiB === server.storage?.sizeGiB && !isMoving(server);
  return { size: sameSize ? null : size, storageGiB: sameStorage ? null : (storageGiB ?? null) };
}

function scaleFindings(facts: PlanFacts, request: ScaleRequest, steps: readonly PlanStep[]): readonly Finding[] {
  const { server, capabilities } = facts;
  if (capabilities === null) {
    return [
      ...facts.unread,
      error("capabilitiesNotRead", `Azure did not say which sizes ${server.name} may take.`, null),
    ];
  }
  const asked = [
    ...(request.sku === undefined ? [] : sizeFindings(server, capabilities, request.sku)),
    ...(request.storageGiB === undefined ? [] : storageFindings(server, capabilities, request.storageGiB)),
  ];
  if (asked.some(({ severity }) => severity === "error")) return [...asked, ...classFindings(facts.environment.class)];
  if (steps.length === 0) return [alreadySo(`${server.name} already has this size.`), ...asked];
  const actions = [...new Set(steps.map(({ change }) => actionOf(change)))];
  const servers = [server, ...facts.replicas.filter(({ id }) => steps.some(({ change }) => change.id === id))];
  const states = servers.flatMap((one) => stateFindings(one, "change"));
  return [...asked, ...states, ...commonFindings(facts, actions), ...leftOut(facts, request)];
}

/** Of two things asked the one that is so today is not sent, and that is said. */
function leftOut(facts: PlanFacts, request: ScaleRequest): readonly Finding[] {
  const { size, storageGiB } = targetOf(facts, request);
  const { name } = facts.server;
  return [
    ...(request.sku !== undefined && size === null
      ? [alreadySo(`${name} has this size already: it is not sent.`)]
      : []),
    ...(request.storageGiB !== undefined && storageGiB === null
      ? [alreadySo(`${name} has ${request.storageGiB} GiB already: storage is not sent.`)]
      : []),
  ];
}

interface ServerChange {
  readonly server: Server;
  readonly patch: ServerPatch;
}

function serverChanges(facts: PlanFacts, target: Target): readonly ServerChange[] {
  const { server, replicas } = facts;
  const own: ServerChange = { server, patch: patchOf(target) };
  if (Object.keys(own.patch).length === 0) return [];
  const others = replicas
    .map((replica) => ({ server: replica, patch: patchOf(replicaTarget(server, replica, target)) }))
    .filter(({ patch }) => Object.keys(patch).length > 0);
  return isGrowth(server, target) ? [...others, own] : [own, ...others];
}

/** A replica never falls below its primary; going down, only replicas of the primary's old size follow. */
function replicaTarget(primary: Server, replica: Server, { size, storageGiB }: Target): Target {
  const grows = size !== null && coresOf(replica) < size.vCores;
  const follows = size !== null && size.vCores < coresOf(primary) && sameSku(primary, replica);
  const needsDisk = storageGiB !== null && (replica.storage?.sizeGiB ?? storageGiB) < storageGiB;
  return { size: grows || follows ? size : null, storageGiB: needsDisk ? storageGiB : null };
}

function patchOf({ size, storageGiB }: Target): ServerPatch {
  return {
    ...(size === null ? {} : { sku: { name: size.name, tier: size.tier } }),
    ...(storageGiB === null ? {} : { storageGiB }),
  };
}

function billOf({ server, patch: { sku, storageGiB } }: ServerChange): Bill {
  const size = sku === undefined ? {} : { skuName: sku.name };
  return { server, billed: { after: "asToday", ...size, ...(storageGiB === undefined ? {} : { storageGiB }) } };
}

function scaleStep({ server, patch }: ServerChange, describe: Describe): PlanStep {
  const expect = {
    ...(patch.sku ? { "sku.name": patch.sku.name } : {}),
    ...(patch.storageGiB === undefined ? {} : { "storage.sizeGiB": patch.storageGiB }),
    state: "Ready",
  };
  const change: Change = { kind: "updateServer", id: server.id, patch };
  return toStep({ change, title: `Scale ${server.name}`, before: before(server, expect), expect }, describe);
}

/** The name follows from the target, so that the same plan has the same hash; used names are skipped. */
function backupStep({ server, backups }: PlanFacts, target: Target, describe: Describe): PlanStep {
  const base = `engram-${sha256(stableJson({ id: server.id.toLowerCase(), from: before(server, patchFacts), target })).slice(0, 8)}`;
  const taken = new Set(backups.map(({ name }) => name.toLowerCase()));
  const name =
    [base, ...Array.from({ length: 99 }, (_, index) => `${base}-${index + 2}`)].find((one) => !taken.has(one)) ?? base;
  const change: Change = { kind: "backup", id: server.id, name };
  const parts = {
    change,
    title: `Back up ${server.name}`,
    before: { backup: "absent" },
    expect: { backup: "completed" },
  };
  return toStep(parts, describe);
}

const patchFacts = { "sku.name": null, "storage.sizeGiB": null };

function isGrowth(server: Server, { size, storageGiB }: Target): boolean {
  return size === null ? storageGiB !== null : size.vCores >= coresOf(server);
}

function coresOf({ sku }: Server): number {
  return sku === null ? 0 : (findSize(sku.name)?.vCores ?? 0);
}

function hasSize({ sku }: Server, size: OfferedSize): boolean {
  return sku !== null && shortName(sku.name) === shortName(size.name);
}

function sameSku(left: Server, right: Server): boolean {
  return left.sku !== null && right.sku !== null && shortName(left.sku.name) === shortName(right.sku.name);
}

function lastBackup({ backups }: PlanFacts): string | null {
  const done = backups.map(({ completed }) => completed).filter((at) => at !== null);
  return done.sort().at(-1) ?? null;
}
