import { recordActivity } from "../activity.ts";
import { accept, begin, ending } from "../longRunning.ts";
import { armError, sameId } from "../types.ts";
import type { EventHandler, SandboxRequest, SandboxResponse, World } from "../types.ts";
import { autoStartAfter, seconds } from "./durations.ts";
import { keyIsUsable } from "./keyWatch.ts";
import { busy, notStarted, notStopped } from "./rules.ts";
import { findServer, hasHighAvailability, partsOf, primaryOf, replicasOf, setState } from "./server.ts";
import type { Server } from "./server.ts";

const action = (verb: string) => `Microsoft.DBforPostgreSQL/flexibleServers/${verb}/action`;

/** POST …/stop. */
export function stop(request: SandboxRequest, world: World, server: Server): SandboxResponse {
  const refused = busy(world, server) ?? notStarted(server) ?? primaryStillRunning(world, server);
  if (refused) return refused;
  setState(world, server, "Stopping");
  return accept(world, request, {
    resourceId: server.id,
    kind: "postgres.stop",
    seconds: seconds.stop,
    input: null,
    action: action("stop"),
  });
}

/** POST …/start. */
export function start(request: SandboxRequest, world: World, server: Server): SandboxResponse {
  const refused = busy(world, server) ?? notStopped(server) ?? replicaStillStopped(world, server);
  if (refused) return refused;
  setState(world, server, "Starting");
  return accept(world, request, {
    resourceId: server.id,
    kind: "postgres.start",
    seconds: seconds.start,
    input: null,
    action: action("start"),
  });
}

/** POST …/restart with `{restartWithFailover, failoverMode}`. A failover needs high availability. */
export function restart(request: SandboxRequest, world: World, server: Server): SandboxResponse {
  const refused = busy(world, server) ?? notStarted(server);
  if (refused) return refused;
  const { restartWithFailover } = (request.body ?? {}) as { restartWithFailover?: unknown };
  const failover = restartWithFailover === true;
  if (failover && !hasHighAvailability(server)) return noStandby(server);
  setState(world, server, "Restarting");
  if (failover) server.properties.highAvailability = { ...server.properties.highAvailability, state: "FailingOver" };
  const duration = failover ? seconds.failover : seconds.restart;
  return accept(world, request, {
    resourceId: server.id,
    kind: "postgres.restart",
    seconds: duration,
    input: { failover },
    action: action("restart"),
  });
}

/** What ends these operations, and the start that Azure does by itself. */
export const lifecycleEvents: Readonly<Record<string, EventHandler>> = {
  "postgres.stop": ending(
    (_input, operation, world) => withServer(world, operation.resourceId, (server) => stopped(world, server)),
    (operation, world) => withServer(world, operation.resourceId, (server) => setState(world, server, "Ready")),
  ),
  "postgres.start": ending(
    (_input, operation, world) => withServer(world, operation.resourceId, (server) => started(world, server)),
    (operation, world) => withServer(world, operation.resourceId, (server) => stopped(world, server)),
  ),
  "postgres.restart": ending(
    (input, operation, world) =>
      withServer(world, operation.resourceId, (server) =>
        restarted(world, server, (input as { failover: boolean }).failover),
      ),
    (operation, world) => withServer(world, operation.resourceId, (server) => setState(world, server, "Ready")),
  ),
  "postgres.autoStart": autoStart,
};

/** For a stopped server whose state does not say since when: a fleet may begin with stopped servers. */
export function scheduleAutoStart(world: World, server: Server): void {
  const parts = partsOf(world.state, server.id);
  if (parts.stoppedAt !== undefined) return;
  const event = world.state.schedule.find(
    (one) => one.kind === "postgres.autoStart" && sameId(one.resourceId, server.id),
  );
  if (event) parts.stoppedAt = (event.data as { stoppedAt: number }).stoppedAt;
  else scheduleStart(world, server, world.now());
}

function scheduleStart(world: World, server: Server, stoppedAt: number): void {
  partsOf(world.state, server.id).stoppedAt = stoppedAt;
  world.schedule({
    at: stoppedAt + autoStartAfter,
    kind: "postgres.autoStart",
    resourceId: server.id,
    data: { stoppedAt },
  });
}

function stopped(world: World, server: Server): void {
  setState(world, server, "Stopped");
  scheduleStart(world, server, world.now());
}

function started(world: World, server: Server): void {
  const parts = partsOf(world.state, server.id);
  delete parts.stoppedAt;
  delete parts.pendingRestart;
  setState(world, server, keyIsUsable(world, server) ? "Ready" : "Inaccessible");
}

function restarted(world: World, server: Server, failover: boolean): void {
  setState(world, server, "Ready");
  delete partsOf(world.state, server.id).pendingRestart;
  const { highAvailability, availabilityZone } = server.properties;
  if (!failover || !highAvailability) return;
  const { standbyAvailabilityZone } = highAvailability;
  server.properties.highAvailability = { ...highAvailability, state: "Healthy" };
  if (availabilityZone === undefined || standbyAvailabilityZone === undefined) return;
  server.properties.availabilityZone = standbyAvailabilityZone;
  server.properties.highAvailability.standbyAvailabilityZone = availabilityZone;
}

/** The event of an earlier stop does nothing: the server may have been started and stopped again since. */
function autoStart(event: Parameters<EventHandler>[0], world: World): void {
  const server = findServer(world.state, event.resourceId);
  const { stoppedAt } = event.data as { stoppedAt: number };
  if (server?.properties.state !== "Stopped" || partsOf(world.state, server.id).stoppedAt !== stoppedAt) return;
  setState(world, server, "Starting");
  recordActivity(world, { operationName: action("start"), resourceId: server.id, status: "Accepted" });
  begin(world, {
    resourceId: server.id,
    kind: "postgres.start",
    seconds: seconds.start,
    input: null,
    action: action("start"),
  });
}

function withServer(world: World, id: string, change: (server: Server) => void): void {
  const server = findServer(world.state, id);
  if (server) change(server);
}

/** Stop the primary first, then its replicas (read-replica/concepts-read-replicas.md@441b9c8); code and text are ours. */
function primaryStillRunning(world: World, server: Server): SandboxResponse | null {
  const primary = primaryOf(world.state, server);
  if (!primary || primary.properties.state === "Stopped") return null;
  return armError(
    409,
    "ReplicaOrder",
    `Stop the primary server ${primary.name} before its read replica ${server.name}.`,
  );
}

/** Start the replicas first, then the primary (same page); code and text are ours. */
function replicaStillStopped(world: World, server: Server): SandboxResponse | null {
  const waiting = replicasOf(world.state, server).find((replica) => replica.properties.state === "Stopped");
  if (!waiting) return null;
  return armError(
    409,
    "ReplicaOrder",
    `Start the read replica ${waiting.name} before its primary server ${server.name}.`,
  );
}

/** Failover without a standby: code and text are ours. */
function noStandby(server: Server): SandboxResponse {
  return armError(
    400,
    "HighAvailabilityNotEnabled",
    `Server ${server.name} has no high availability, so there is nothing to fail over to.`,
  );
}
