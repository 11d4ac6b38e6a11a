import { paged } from "../arm.ts";
import parameters from "../data/postgresParameters.json" with { type: "json" };
import { accept, ending } from "../longRunning.ts";
import { armError } from "../types.ts";
import type { EventHandler, SandboxRequest, SandboxResponse, World } from "../types.ts";
import { seconds } from "./durations.ts";
import { busy, notReady } from "./rules.ts";
import { findServer, objectAt, partsOf, serverType } from "./server.ts";
import type { Server } from "./server.ts";
import { computeSize } from "./sizes.ts";

/** A server parameter. The sandbox has the few that matter to the product; Azure has hundreds. */
interface Parameter {
  readonly name: string;
  readonly value: string;
  readonly dataType: string;
  readonly allowedValues: string;
  readonly dynamic: boolean;
  readonly unit?: string;
  readonly description: string;
}

const catalogue: readonly Parameter[] = parameters;

export function listConfigurations(request: SandboxRequest, world: World, server: Server): SandboxResponse {
  return paged(
    request,
    catalogue.map((parameter) => configuration(world, server, parameter)),
  );
}

export function getConfiguration(world: World, server: Server, name: string): SandboxResponse {
  const parameter = find(name);
  return parameter ? { status: 200, body: configuration(world, server, parameter) } : unknownParameter(name);
}

/** PUT or PATCH of one parameter; a static one waits for the next restart (`isConfigPendingRestart`). */
export function setConfiguration(
  request: SandboxRequest,
  world: World,
  target: { readonly server: Server; readonly name: string },
): SandboxResponse {
  const { server } = target;
  const parameter = find(target.name);
  if (!parameter) return unknownParameter(target.name);
  const { value } = objectAt(request.body, "properties");
  if (!allowed(parameter, value)) {
    return armError(
      400,
      "InvalidParameterValue",
      `The value '${String(value)}' is not allowed for ${parameter.name}: ${parameter.allowedValues}.`,
    );
  }
  const refused = busy(world, server) ?? notReady(server);
  if (refused) return refused;
  const { id: resourceId } = server;
  const input = { name: parameter.name, value };
  return accept(world, request, {
    resourceId,
    kind: "postgres.configuration",
    seconds: seconds.configuration,
    input,
    action: `${serverType}/configurations/write`,
  });
}

export const configurationEvents: Readonly<Record<string, EventHandler>> = {
  "postgres.configuration": ending((input, operation, world) => {
    const server = findServer(world.state, operation.resourceId);
    if (!server) return;
    const { name, value } = input as { name: string; value: string };
    const parts = partsOf(world.state, server.id);
    parts.configurations = { ...parts.configurations, [name]: value };
    if (!find(name)!.dynamic) parts.pendingRestart = [...new Set([...(parts.pendingRestart ?? []), name])];
  }),
};

/** The default of max_connections was fixed by the size the server was created with (concepts-limits.md@0200b8f). */
export function rememberMaxConnections(world: World, server: Server): void {
  const parts = partsOf(world.state, server.id);
  parts.defaultMaxConnections ??= computeSize(server.sku.name)?.maxConnections ?? 859;
}

function configuration(world: World, server: Server, parameter: Parameter): unknown {
  const parts = partsOf(world.state, server.id);
  const { name, dataType, allowedValues, dynamic, unit, description } = parameter;
  const defaultValue =
    name === "max_connections" ? String(parts.defaultMaxConnections ?? parameter.value) : parameter.value;
  const own = parts.configurations?.[name];
  const properties = {
    value: own ?? defaultValue,
    description,
    defaultValue,
    dataType,
    allowedValues,
    source: own === undefined ? "system-default" : "user-override",
    isDynamicConfig: dynamic,
    isReadOnly: false,
    isConfigPendingRestart: parts.pendingRestart?.includes(name) ?? false,
    ...(unit === undefined ? {} : { unit }),
  };
  return { id: `${server.id}/configurations/${name}`, name, type: `${serverType}/configurations`, properties };
}

function find(name: string): Parameter | undefined {
  return catalogue.find((parameter) => parameter.name.toLowerCase() === name.toLowerCase());
}

function unknownParameter(name: string): SandboxResponse {
  return armError(
    404,
    "ResourceNotFound",
    `The server parameter '${name}' was not found (the sandbox has ${catalogue.length} of them).`,
  );
}

function allowed(parameter: Parameter, value: unknown): boolean {
  if (typeof value !== "string") return false;
  const options = parameter.allowedValues.split(",");
  if (parameter.dataType === "Integer") return inRange(parameter.allowedValues, value);
  const chosen = parameter.dataType === "Set" ? value.split(",").filter(Boolean) : [value];
  return chosen.every((one) => options.includes(one.trim().toLowerCase()));
}

function inRange(range: string, value: string): boolean {
  const [, least, most] = /^(-?\d+)-(\d+)$/.exec(range)!;
  return /^-?\d+$/.test(value) && Number(value) >= Number(least) && Number(value) <= Number(most);
}
