import type { EnvironmentClass, Finding, Server, VaultKey } from "./model.ts";

/** Findings of a plan that mean the request itself is wrong (exit 2); every other error is Azure's state (exit 1). */
export const requestFaults: ReadonlySet<string> = new Set([
  "unknownSku",
  "unknownStorageSize",
  "storageShrinks",
  "burstableHighAvailability",
  "highAvailabilityNotOffered",
  "noServer",
]);

/** A state in which something is going on; Azure takes one management operation at a time. */
export const movingStates: ReadonlySet<string> = new Set([
  "Starting",
  "Stopping",
  "Updating",
  "Restarting",
  "Provisioning",
  "Dropping",
]);

export type ServerVerb = "stop" | "start" | "restart" | "change";

/** Whether the server's state lets Azure do this. Stopped → stop and Ready → start are *already so*, not faults. */
export function stateFindings(server: Server, verb: ServerVerb): readonly Finding[] {
  const { state, name } = server;
  if (state === null) return [error("stateUnknown", `Azure did not say what state ${name} is in.`, null)];
  if (movingStates.has(state)) return [error("serverBusy", busyText(server), "reliability.md 3.1 (ServerIsBusy)")];
  if (state === "Inaccessible") return [error("serverInaccessible", inaccessibleText(server), cmkSource)];
  if (state === (verb === "start" ? "Stopped" : "Ready")) return [];
  if (state === "Stopped")
    return [error("serverStopped", `${name} is stopped: ${whileStopped} Start it first.`, stopSource)];
  return [
    error("serverNotReady", `${name} is ${state}; it has to be ${verb === "start" ? "Stopped" : "Ready"}.`, stopSource),
  ];
}

/** Only ReadOnly stops these operations; CanNotDelete does not (reliability.md 2.3, row 10). */
export function lockFindings(locks: readonly { name: string; level: string; scope: string }[]): readonly Finding[] {
  return locks
    .filter(({ level }) => level.toLowerCase() === "readonly")
    .map(({ name, scope }) =>
      error(
        "readOnlyLock",
        `The ReadOnly lock "${name}" on ${lastSegments(scope)} forbids it. An Owner or User Access Administrator can remove it; Engram never does.`,
        "learn.microsoft.com: lock resources (considerations)",
      ),
    );
}

export interface RightsQuery {
  readonly permissions: readonly { readonly actions: readonly string[]; readonly notActions: readonly string[] }[];
  readonly actions: readonly string[];
  readonly resource: string;
}

/** Names each missing action, the least role that grants it, and the way over an eligible (PIM) role. */
export function rightsFindings({ permissions, actions, resource }: RightsQuery): readonly Finding[] {
  return actions
    .filter((action) => !permissions.some((one) => allows(one, action)))
    .map((action) => error("noPermission", missingRight(action, resource), "learn.microsoft.com: Azure RBAC"));
}

/** The sentence for a missing right, used for the plan and for a 403 of Azure alike. */
export function missingRight(action: string, resource: string): string {
  return (
    `You may not do ${action} on ${resource}. ${leastRole(action)} ` +
    "If you hold an eligible role in Privileged Identity Management (PIM), activate it and try again."
  );
}

export function deploymentFindings(running: readonly string[]): readonly Finding[] {
  if (running.length === 0) return [];
  const names = running.slice(0, 3).join(", ");
  return [
    warning(
      "deploymentRunning",
      `A deployment is running in the resource group (${names}); it may change the same resources.`,
      null,
    ),
  ];
}

export function classFindings(environmentClass: EnvironmentClass): readonly Finding[] {
  if (environmentClass === "prod") return [warning("production", "This is a production environment.", null)];
  if (environmentClass !== "unknown") return [];
  return [warning("classUnknown", "The environment has no class: it is treated as production.", null)];
}

export interface KeyFacts {
  /** `null`: the key could not be read. */
  readonly key: VaultKey | null;
  readonly pinnedVersion: string | null;
  readonly now: Date;
}

/** Before a start: a server whose key is expired, disabled or unreadable comes up Inaccessible (azure-api.md 6, PG CMK). */
export function keyFindings(server: Server, { key, now }: KeyFacts): readonly Finding[] {
  if (server.encryption.owner !== "customerKey") return [];
  if (server.encryption.primaryStatus === "Invalid") {
    return [
      error(
        "keyInvalid",
        `Azure reports the key of ${server.name} as Invalid: started, it would be Inaccessible.`,
        cmkSource,
      ),
    ];
  }
  if (key === null) {
    return [
      warning(
        "keyNotRead",
        `The key of ${server.name} could not be read; expired or disabled, it would leave the server Inaccessible.`,
        cmkSource,
      ),
    ];
  }
  if (key.enabled === false) {
    return [
      error(
        "keyDisabled",
        `The key ${key.name} in ${key.vault} is disabled: started, ${server.name} would be Inaccessible. Enable it first.`,
        cmkSource,
      ),
    ];
  }
  if (key.expires !== null && Date.parse(key.expires) <= now.getTime()) {
    return [
      error(
        "keyExpired",
        `The key ${key.name} in ${key.vault} expired on ${key.expires.slice(0, 10)}: extend it before starting ${server.name}.`,
        cmkSource,
      ),
    ];
  }
  return [];
}

export function error(code: string, message: string, source: string | null): Finding {
  return { code, severity: "error", message, source };
}

export function warning(code: string, message: string, source: string | null): Finding {
  return { code, severity: "warning", message, source };
}

export function info(code: string, message: string, source: string | null): Finding {
  return { code, severity: "info", message, source };
}

const stopSource = "azure-databases-docs: how-to-stop-server.md@05e7fc0";
const cmkSource = "azure-databases-docs: security-data-encryption.md@1012b59";
const whileStopped = "while stopped, Azure allows nothing but a start.";

function busyText({ name, state }: Server): string {
  return `${name} is ${state}: Azure takes one operation at a time. Wait until it is done, then plan again.`;
}

function inaccessibleText({ name }: Server): string {
  return `${name} is Inaccessible: its key cannot be used. Re-enable or extend the key, or restore the role; Azure needs up to 60 minutes.`;
}

function leastRole(action: string): string {
  if (action.startsWith("Microsoft.Resources/tags/")) return "The built-in role Tag Contributor grants it.";
  return (
    "The built-in role Contributor on the server grants it; the least is a custom role with " +
    `Microsoft.DBforPostgreSQL/flexibleServers/read and ${action}.`
  );
}

function allows(one: { readonly actions: readonly string[]; readonly notActions: readonly string[] }, action: string) {
  return (
    one.actions.some((pattern) => matches(pattern, action)) &&
    !one.notActions.some((pattern) => matches(pattern, action))
  );
}

/** Azure's patterns: letter case ignored, `*` stands for anything. */
function matches(pattern: string, action: string): boolean {
  const parts = pattern
    .toLowerCase()
    .split("*")
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${parts.join(".*")}$`).test(action.toLowerCase());
}

function lastSegments(scope: string): string {
  const parts = scope.split("/").filter(Boolean);
  return parts.length <= 2 ? scope : parts.slice(-2).join("/");
}
