import type { Change } from "../azure/ports.ts";
import type { Environment, Finding, Server } from "../environments/model.ts";
import { error, info, rightsFindings, warning, stateFindings, classFindings } from "../environments/guards.ts";
import { alreadySo, highAvailabilityFindings, offeredSize } from "../environments/guardsScale.ts";
import { tagReceipt } from "../environments/receipts.ts";
import { configureReceipt, type SettingsPatch } from "../environments/receiptsConfigure.ts";
import { classTag, environmentTag } from "../environments/tags.ts";
import type { PlanFacts } from "./facts.ts";
import { stableJson } from "./hash.ts";
import type { PlanStep } from "./model.ts";
import { actionOf, before, commonFindings, receiptFacts, toStep, type Describe, type Draft } from "./plan.ts";
import { pick, tagFacts } from "./observe.ts";
import { isMoving } from "./planPower.ts";
import type { ConfigureRequest, OperationRequest } from "./request.ts";

/** High availability, auto-grow, backup retention and maintenance window in one PATCH of what differs. */
export function planConfigure(facts: PlanFacts, request: ConfigureRequest, describe: Describe): Draft {
  const { server } = facts;
  const patch = differences(server, request);
  const steps = Object.keys(patch).length === 0 ? [] : [configureStep(server, patch, describe)];
  const findings =
    steps.length === 0
      ? [alreadySo(`${server.name} is already configured so.`)]
      : [...configureFindings(facts, patch), ...leftOut(request, patch)];
  return { steps, findings, receipt: configureReceipt(receiptFacts(facts), patch) };
}

function configureStep(server: Server, patch: SettingsPatch, describe: Describe): PlanStep {
  const expect = {
    ...(patch.highAvailability === undefined ? {} : { "highAvailability.mode": patch.highAvailability }),
    ...(patch.autoGrow === undefined ? {} : { "storage.autoGrow": patch.autoGrow }),
    ...(patch.backupRetentionDays === undefined ? {} : { "backup.retentionDays": patch.backupRetentionDays }),
    ...(patch.maintenanceWindow === undefined ? {} : { maintenanceWindow: patch.maintenanceWindow }),
    state: "Ready",
  };
  const change: Change = { kind: "updateServer", id: server.id, patch: patch };
  return toStep({ change, title: `Configure ${server.name}`, before: before(server, expect), expect }, describe);
}

function configureFindings(facts: PlanFacts, patch: SettingsPatch): readonly Finding[] {
  const { server, capabilities } = facts;
  const size = capabilities === null || server.sku === null ? null : offeredSize(capabilities, server.sku.name);
  const mode = patch.highAvailability ?? "none";
  const burstable = server.sku?.tier === "Burstable" && mode !== "none" && size === null;
  return [
    ...(burstable
      ? [error("burstableHighAvailability", `${server.name} is Burstable: it cannot have high availability.`, null)]
      : []),
    ...highAvailabilityFindings(server, size, mode),
    ...stateFindings(server, "change"),
    ...commonFindings(facts, [actionOf({ kind: "updateServer", id: server.id, patch: {} })]),
  ];
}

const settingNames = {
  highAvailability: "High availability",
  autoGrow: "Auto-grow",
  backupRetentionDays: "Backup retention",
  maintenanceWindow: "The maintenance window",
} as const;

/** What was asked and is so today is not sent, and that is said. */
function leftOut(request: ConfigureRequest, patch: SettingsPatch): readonly Finding[] {
  return Object.entries(settingNames)
    .filter(([name]) => request[name as keyof typeof settingNames] !== undefined && !(name in patch))
    .map(([, label]) => alreadySo(`${label} is as asked already: it is not part of the request.`));
}

function differences(server: Server, request: ConfigureRequest): SettingsPatch {
  const keep = (asked: unknown, today: unknown): boolean =>
    asked !== undefined && (isMoving(server) || stableJson(asked) !== stableJson(today ?? null));
  const { highAvailability, autoGrow, backupRetentionDays, maintenanceWindow } = request;
  return {
    ...(keep(highAvailability, server.highAvailability.mode) ? { highAvailability } : {}),
    ...(keep(autoGrow, server.storage?.autoGrow) ? { autoGrow } : {}),
    ...(keep(backupRetentionDays, server.backup?.retentionDays) ? { backupRetentionDays } : {}),
    ...(keep(maintenanceWindow, server.maintenanceWindow) ? { maintenanceWindow } : {}),
  };
}

export interface TagFacts {
  readonly environment: Environment;
  readonly actor: string;
  readonly locks: readonly Finding[];
  readonly permissions: PlanFacts["permissions"];
  /** Environments that have the wanted name already, as far as they are known. */
  readonly namesakes: readonly Pick<Environment, "id">[];
}

type TagRequest = OperationRequest & { operation: "tag" };

/** Tags server and storage account alike, so that both say the same; other tags are kept (a merge). */
export function planTag(facts: TagFacts, request: TagRequest, describe: Describe): Draft {
  const { environment } = facts;
  const tags: Readonly<Record<string, string>> = {
    ...(request.name === undefined ? {} : { [environmentTag]: request.name }),
    ...(request.class === undefined ? {} : { [classTag]: request.class }),
  };
  const expect = Object.fromEntries(Object.entries(tags).map(([name, value]) => [`tags.${name}`, value]));
  const steps = [environment.server, environment.account]
    .filter((resource) => resource !== null)
    .map((resource) => ({ resource, today: pick(tagFacts(resource), Object.keys(expect)) }))
    .filter(({ today }) => stableJson(today) !== stableJson(expect))
    .map(({ resource, today }) => {
      const change: Change = { kind: "mergeTags", id: resource.id, tags };
      return toStep({ change, title: `Tag ${resource.name}`, before: today, expect }, describe);
    });
  const findings =
    steps.length === 0
      ? [alreadySo(`${environment.name} is already tagged so.`)]
      : [...tagFindings(facts), ...guardFindings(environment, request), ...nameFindings(facts, request.name)];
  return { steps, findings, receipt: tagReceipt(facts, tags) };
}

/** Unknown counts as prod: leaving either takes the typed name away from every later operation. */
function guardFindings({ name, class: today }: Environment, request: TagRequest): readonly Finding[] {
  const guarded = (one: string): boolean => one === "prod" || one === "unknown";
  if (request.class === undefined || !guarded(today) || guarded(request.class)) return [];
  const text = `As ${request.class}, ${name} loses its guard: stop, scale and the rest no longer ask for its name.`;
  return [warning("guardRemoved", text, null)];
}

function nameFindings({ environment, namesakes }: TagFacts, name: string | undefined): readonly Finding[] {
  if (name === undefined || name === environment.name) return [];
  const id = info(
    "idChanges",
    "The environment's id follows its name: scripts and pins by the old id find nothing.",
    null,
  );
  const same = namesakes.find(({ id: other }) => other !== environment.id);
  if (same === undefined) return [id];
  const text = `Another environment is called ${name} already (${same.id}): commands will need the id to tell them apart.`;
  return [warning("nameTaken", text, null), id];
}

function tagFindings({ environment, permissions, locks }: TagFacts): readonly Finding[] {
  const actions = ["Microsoft.Resources/tags/write"];
  const rights = permissions === null ? [] : rightsFindings({ permissions, actions, resource: environment.name });
  return [...locks, ...rights, ...classFindings(environment.class)];
}
