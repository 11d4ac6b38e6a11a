import { paged } from "./arm.ts";
import { armError, sameId } from "./types.ts";
import type { ActivityEntry, SandboxResponse, Service, World } from "./types.ts";

const path = /^\/subscriptions\/([^/]+)\/providers\/Microsoft\.Insights\/eventtypes\/management\/values$/i;

/**
 * The activity log (Microsoft.Insights 2015-04-01, ActivityLogs_List; learn.microsoft.com/rest/api/monitor/activity-logs/list):
 * `$filter` must begin with eventTimestamp and may name one resource group or resource; newest first.
 */
export const activityLog: Service = (request, world) => {
  const match = request.method === "GET" ? path.exec(request.path) : null;
  if (!match || request.host !== "management.azure.com") return null;
  const filter = readFilter(request.query.get("$filter"));
  if (!filter)
    return bad(
      "The $filter must be eventTimestamp ge '…' [and eventTimestamp le '…'] [and one of resourceUri, resourceGroupName, correlationId eq '…'].",
    );
  if (world.now() - filter.from > 90 * 24 * 3600 * 1000)
    return bad("The start time cannot be more than 90 days in the past.");
  const prefix = `/subscriptions/${match[1] as string}/`.toLowerCase();
  const found = world.state.activity.filter(
    (entry) => entry.resourceId.toLowerCase().startsWith(prefix) && fits(entry, filter, world),
  );
  return paged(
    request,
    [...found].reverse().map((entry) => event(entry, match[1] as string)),
  );
};

interface Filter {
  readonly from: number;
  readonly to: number | null;
  readonly only: { readonly field: string; readonly value: string } | null;
}

const term = /^(eventTimestamp|resourceUri|resourceGroupName|correlationId)\s+(ge|le|eq)\s+'([^']*)'$/i;

function readFilter(text: string | null): Filter | null {
  const terms = (text ?? "").split(/\s+and\s+/i).map((each) => term.exec(each.trim()));
  let filter: { from: number; to: number | null; only: Filter["only"] } = { from: NaN, to: null, only: null };
  for (const each of terms) {
    if (!each) return null;
    const [, field = "", operator = "", value = ""] = each;
    if (/^eventTimestamp$/i.test(field) && operator === "ge") filter = { ...filter, from: Date.parse(value) };
    else if (/^eventTimestamp$/i.test(field) && operator === "le") filter = { ...filter, to: Date.parse(value) };
    else if (operator === "eq" && !/^eventTimestamp$/i.test(field) && !filter.only)
      filter = { ...filter, only: { field: field.toLowerCase(), value } };
    else return null;
  }
  return Number.isNaN(filter.from) || Number.isNaN(filter.to ?? 0) ? null : filter;
}

function fits(entry: ActivityEntry, filter: Filter, world: World): boolean {
  if (entry.at < filter.from || entry.at > (filter.to ?? world.now())) return false;
  if (!filter.only) return true;
  const { field, value } = filter.only;
  if (field === "resourceuri") return sameId(entry.resourceId, value);
  if (field === "correlationid") return sameId(entry.correlationId, value);
  return sameId(entry.resourceId.split("/")[4] ?? "", value);
}

/** `EventData` of the activity log, the fields that the sandbox knows. */
function event(entry: ActivityEntry, subscriptionId: string): object {
  const provider = entry.operationName.split("/")[0] ?? "";
  const time = new Date(entry.at).toISOString();
  const eventDataId = `${entry.correlationId.slice(0, 24)}${(entry.at % 1e12).toString(16).padStart(12, "0").slice(-12)}`;
  return {
    id: `${entry.resourceId}/events/${eventDataId}/ticks/${entry.at}0000`,
    eventDataId,
    correlationId: entry.correlationId,
    operationId: entry.correlationId,
    caller: entry.caller,
    level: entry.status === "Failed" ? "Error" : "Informational",
    eventTimestamp: time,
    submissionTimestamp: time,
    subscriptionId,
    resourceId: entry.resourceId,
    resourceGroupName: entry.resourceId.split("/")[4] ?? "",
    resourceProviderName: text(provider),
    operationName: text(entry.operationName),
    eventName: text(entry.status === "Started" || entry.status === "Accepted" ? "BeginRequest" : "EndRequest"),
    category: text("Administrative"),
    status: text(entry.status),
    subStatus: text(""),
    properties: {},
  };
}

function text(value: string): object {
  return { value, localizedValue: value };
}

function bad(message: string): SandboxResponse {
  return armError(400, "BadRequest", message);
}
