import type { ActivityEntry, Caller, World } from "./types.ts";

export interface Activity {
  readonly operationName: string;
  readonly resourceId: string;
  readonly status: ActivityEntry["status"];
  readonly caller?: Caller | undefined;
  readonly correlationId?: string | undefined;
}

/** What Azure does by itself is written under this name in the sandbox's activity log. */
export const azureItself = "Microsoft.DBforPostgreSQL";

/** Adds to the activity log that `services` answer from. */
export function recordActivity(world: World, activity: Activity): void {
  world.state.activity.push({
    at: world.now(),
    operationName: activity.operationName,
    resourceId: activity.resourceId,
    status: activity.status,
    caller: activity.caller?.name ?? azureItself,
    correlationId: activity.correlationId ?? world.newId(),
  });
  world.changed();
}
