import { runningOn } from "../longRunning.ts";
import { armError } from "../types.ts";
import type { SandboxResponse, World } from "../types.ts";
import type { Server, ServerState } from "./server.ts";

/** States in which Azure works on the server itself. */
const busyStates: readonly ServerState[] = [
  "Dropping",
  "Starting",
  "Stopping",
  "Updating",
  "Restarting",
  "Provisioning",
];

/**
 * One management operation at a time: ServerIsBusy. Code and text: azure-postgresql#134; the status 409 is ours, no
 * thread shows it. Null when the server is free.
 */
export function busy(world: World, server: Server): SandboxResponse | null {
  const working = busyStates.includes(server.properties.state) || runningOn(world, server.id) !== null;
  if (!working) return null;
  return armError(
    409,
    "ServerIsBusy",
    `Cannot complete operation while server '${server.name}' is busy processing another operation. Try again later.`,
  );
}

/**
 * Stop and restart only from Ready. Code and text: configure-maintain/how-to-stop-server.md@05e7fc0. The HTTP status is not
 * documented; 409 is ours.
 */
export function notStarted(server: Server): SandboxResponse | null {
  const { state } = server.properties;
  if (state === "Ready") return null;
  const message = `Restart or Stop Server can only be performed on Started servers. Server Name = ${server.name}, Current Server State = ${state}`;
  return armError(409, "ServerIsNotReady", message);
}

/** Start only from Stopped. No document shows this answer: code, text and status are ours, after the stop's. */
export function notStopped(server: Server): SandboxResponse | null {
  const { state } = server.properties;
  if (state === "Stopped") return null;
  const message = `Start Server can only be performed on Stopped servers. Server Name = ${server.name}, Current Server State = ${state}`;
  return armError(409, "ServerIsNotReady", message);
}

/** While stopped nothing but start is available (how-to-stop-server.md@05e7fc0); the text is ours. */
export function notReady(server: Server): SandboxResponse | null {
  const { state } = server.properties;
  if (state === "Ready") return null;
  const message = `The operation cannot be performed because the server is not ready. Server Name = ${server.name}, Current Server State = ${state}`;
  return armError(409, "ServerIsNotReady", message);
}
