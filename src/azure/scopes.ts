import type { Arm, ArmRequest } from "./arm.ts";
import { list, text, time } from "./json.ts";
import type { ActivityEvent, Lock, ScopeReader } from "./ports.ts";
import type { Sessions } from "./sessions.ts";

const versions = {
  locks: "2020-05-01",
  permissions: "2022-04-01",
  activity: "2015-04-01",
  deployments: "2024-07-01",
} as const;

/** What stands between a person and a change: locks, rights, what happened, what is being deployed. */
export function createScopes(arm: Arm, sessions: Sessions): ScopeReader {
  const all = async (url: string, request: Pick<ArmRequest, "what" | "signal">): Promise<readonly unknown[]> => {
    const identity = await sessions.identityFor(/^\/subscriptions\/([^/]+)/i.exec(url)?.[1] ?? "");
    const found: unknown[] = [];
    for await (const item of arm.list({ url, identity, ...request })) found.push(item);
    return found;
  };
  return {
    locks: async (id, signal) => {
      const url = `${encodeURI(id)}/providers/Microsoft.Authorization/locks?api-version=${versions.locks}`;
      return (await all(url, { what: "the locks", signal })).map(toLock);
    },
    permissions: async (id, signal) => {
      const url = `${encodeURI(id)}/providers/Microsoft.Authorization/permissions?api-version=${versions.permissions}`;
      const found = await all(url, { what: "your rights", signal });
      return found.map((each) => ({ actions: words(each, "actions"), notActions: words(each, "notActions") }));
    },
    activity: async (id, since, signal) => {
      const found = await all(activityUrl(id, since), { what: "the activity log", signal });
      return found.map(toEvent).sort((left, right) => right.at.localeCompare(left.at));
    },
    runningDeployments: async (id, signal) => {
      const filter = encodeURIComponent("provisioningState eq 'Running'");
      const url = `${encodeURI(id)}/providers/Microsoft.Resources/deployments?api-version=${versions.deployments}&$filter=${filter}`;
      const found = await all(url, { what: "the deployments", signal });
      return found.filter(runs).flatMap((each) => text(each, "name") ?? []);
    },
  };
}

/** Activity log of the subscription, filtered to one resource (Microsoft.Insights eventtypes/management/values). */
function activityUrl(id: string, since: Date): string {
  const subscription = /^\/subscriptions\/[^/]+/i.exec(id)?.[0] ?? "";
  const filter = `eventTimestamp ge '${since.toISOString()}' and resourceUri eq '${id.replaceAll("'", "''")}'`;
  const query = `api-version=${versions.activity}&$filter=${encodeURIComponent(filter)}`;
  return `${subscription}/providers/Microsoft.Insights/eventtypes/management/values?${query}`;
}

function toLock(json: unknown): Lock {
  const id = text(json, "id") ?? "";
  return {
    name: text(json, "name") ?? "",
    level: text(json, "properties", "level") ?? "",
    scope: id.replace(/\/providers\/Microsoft\.Authorization\/locks\/[^/]+$/i, ""),
    notes: text(json, "properties", "notes"),
  };
}

function toEvent(json: unknown): ActivityEvent {
  return {
    at: time(json, "eventTimestamp") ?? "",
    operation: text(json, "operationName", "value") ?? text(json, "operationName") ?? "",
    status: text(json, "status", "value") ?? text(json, "status") ?? "",
    caller: text(json, "caller"),
  };
}

/** The filter is Azure's to apply; an answer that ignores it must not block anyone. */
function runs(json: unknown): boolean {
  const state = text(json, "properties", "provisioningState");
  return state !== null && !/^(succeeded|failed|canceled|deleted)$/i.test(state);
}

function words(json: unknown, name: string): readonly string[] {
  return list(json, name).filter((each) => typeof each === "string");
}
