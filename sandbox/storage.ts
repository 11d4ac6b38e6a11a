import { recordActivity } from "./activity.ts";
import { findResource, isObject, mergePatch, notFound, preconditionFailed } from "./arm.ts";
import { findKey, isReachable, isUsable, newestVersion, vaultNamed } from "./keyVaultState.ts";
import type { KeyVersion } from "./keyVaultState.ts";
import { immutability } from "./storageImmutability.ts";
import { storageChild } from "./storageChildren.ts";
import type { ChildRequest } from "./storageChildren.ts";
import { scheduleKeyCheck } from "./storageKeyCheck.ts";
import { storageStore } from "./storageState.ts";
import { armError } from "./types.ts";
import type { Resource, SandboxRequest, SandboxResponse, Service, World } from "./types.ts";

const accountPath =
  /^(\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.Storage\/storageAccounts\/[^/]+)(\/.+)?$/i;

/**
 * Storage accounts, api-version 2025-08-01 (azure-specs derived/…/storage/2025-08-01): what the generic resource cannot do,
 * namely PATCH with the rules of encryption, and everything below an account.
 */
export const storage: Service = (request, world) => {
  const match = request.host === "management.azure.com" ? accountPath.exec(request.path) : null;
  if (!match) return null;
  const account = findResource(world.state, match[1] as string);
  if (!account) return request.method === "PUT" && !match[2] ? null : notFound(match[1] as string);
  const child = match[2] ?? "";
  if (child === "") return accountItself(request, world, account);
  const call = { request, world, account, child };
  return immutability(call) ?? storageChild(call) ?? unknownChild(call);
};

/**
 * PUT of an account that exists changes what it names, as PATCH does: "if an account is already created and a subsequent
 * create request is issued with different properties, the account properties will be updated" (@azure/arm-storage 20.0.0,
 * storageAccounts.create).
 */
function accountItself(request: SandboxRequest, world: World, account: Resource): SandboxResponse | null {
  const { method } = request;
  if (method === "DELETE") delete storageStore(world.state)[account.id.toLowerCase()];
  if (method !== "PATCH" && method !== "PUT") return null;
  return preconditionFailed(request, account) ?? patchAccount(request, world, account);
}

/** Never the generic resource's: it would answer for parts that it does not hold. */
function unknownChild({ request, child }: ChildRequest): SandboxResponse {
  const message = `The sandbox does not answer ${request.method} on '${child.slice(1)}' of a storage account.`;
  return armError(404, "InvalidResourceType", message);
}

interface Encryption {
  readonly keySource?: string;
  readonly keyvaultproperties?: {
    readonly keyname?: string;
    readonly keyversion?: string;
    readonly keyvaulturi?: string;
  };
  readonly identity?: { readonly userAssignedIdentity?: string };
}

/** Synchronous: the SDK's update is no long-running operation (reference azure-api.md section 2). */
function patchAccount(request: SandboxRequest, world: World, account: Resource): SandboxResponse {
  const { sku, kind, tags, identity, properties } = (isObject(request.body) ? request.body : {}) as Partial<Resource>;
  if (kind !== undefined && kind !== account.kind && kind !== "StorageV2")
    return invalid("The kind of an account can only be upgraded to StorageV2.");
  const changes = { ...(sku && { sku }), ...(identity && { identity }), ...(properties && { properties }) };
  const merged = mergePatch(account, changes) as Resource;
  if (tags) merged.tags = tags;
  const encryption = properties?.["encryption"] as Encryption | undefined;
  const refusal = encryption && encrypt(world, merged, encryption);
  if (refusal) return refusal;
  world.state.resources[account.id.toLowerCase()] = merged;
  scheduleKeyCheck(world, merged);
  const operationName = "Microsoft.Storage/storageAccounts/write";
  recordActivity(world, { operationName, resourceId: account.id, status: "Succeeded", caller: request.caller });
  return { status: 200, body: merged };
}

/** Applies the rules of a customer's key to the merged account; null when it may be stored. */
function encrypt(world: World, account: Resource, asked: Encryption): SandboxResponse | null {
  const encryption = account.properties["encryption"] as Record<string, unknown>;
  if (encryption["keySource"] === "Microsoft.Storage") {
    delete encryption["keyvaultproperties"];
    delete encryption["identity"];
    return null;
  }
  if (encryption["keySource"] !== "Microsoft.Keyvault")
    return invalid("keySource is Microsoft.Storage or Microsoft.Keyvault.");
  const merged = encryption as Encryption & Record<string, unknown>;
  const { keyname, keyversion = "", keyvaulturi } = merged.keyvaultproperties ?? {};
  if (!keyname || !keyvaulturi) return invalid("keyvaultproperties must name keyname and keyvaulturi.");
  const attached = identityRefusal(
    account,
    asked.identity?.userAssignedIdentity ?? merged.identity?.userAssignedIdentity,
  );
  if (attached) return attached;
  const version = keyFor(world, { keyname, keyversion, keyvaulturi });
  if ("status" in version) return version;
  const readOnly = readBack(world, keyvaulturi, { keyname, version });
  encryption["keyvaultproperties"] = { keyname, keyversion, keyvaulturi, ...readOnly };
  return null;
}

/** Read-only properties that show which version is in use (2025-08-01 document, KeyVaultProperties). */
export function readBack(
  world: World,
  vaultUri: string,
  { keyname, version }: { readonly keyname: string; readonly version: KeyVersion },
): Record<string, string> {
  return {
    currentVersionedKeyIdentifier: `${vaultUri.replace(/\/$/, "")}/keys/${keyname}/${version.version}`,
    lastKeyRotationTimestamp: new Date(world.now()).toISOString(),
    ...(version.expires === null
      ? {}
      : { currentVersionedKeyExpirationTimestamp: new Date(version.expires).toISOString() }),
  };
}

/** The identity that unwraps the key must be one of the account's own. Wording ours. */
function identityRefusal(account: Resource, wanted: string | undefined): SandboxResponse | null {
  const identities = (account.identity?.["userAssignedIdentities"] ?? {}) as Record<string, unknown>;
  const type = String(account.identity?.["type"] ?? "None");
  if (wanted === undefined || wanted === "")
    return type.includes("SystemAssigned") ? null : invalid("A customer-managed key needs an identity of the account.");
  const isOwn = Object.keys(identities).some((id) => id.toLowerCase() === wanted.toLowerCase());
  return isOwn ? null : invalid(`The identity '${wanted}' is not assigned to the storage account.`);
}

interface WantedKey {
  readonly keyname: string;
  readonly keyversion: string;
  readonly keyvaulturi: string;
}

/** The version that would be used, or why it cannot be. Error codes as commonly seen (unverified against a document). */
function keyFor(world: World, wanted: WantedKey): KeyVersion | SandboxResponse {
  const vaultName = /^https:\/\/([^.]+)\.vault\.azure\.net\/?(?::443\/?)?$/i.exec(wanted.keyvaulturi)?.[1];
  const vault = vaultName === undefined ? null : vaultNamed(world.state, vaultName);
  if (!vault || !isReachable(world.state, vault.name))
    return invalid(`The key vault '${wanted.keyvaulturi}' cannot be reached.`);
  if (vault.properties["enableSoftDelete"] !== true || vault.properties["enablePurgeProtection"] !== true)
    return keyVaultError("KeyVaultPolicyError", "Soft delete and purge protection must be enabled on the key vault.");
  const key = findKey(world.state, vault.name, wanted.keyname)?.key;
  const version = wanted.keyversion
    ? key?.versions.find((each) => each.version === wanted.keyversion)
    : key && (newestVersion(key) ?? undefined);
  if (!version)
    return keyVaultError(
      "KeyVaultEncryptionKeyNotFound",
      "The key vault key is not found to unwrap the encryption key.",
    );
  if (!isUsable(version, world.now()))
    return keyVaultError("KeyVaultEncryptionKeyNotFound", "The key vault key is disabled, expired or not yet active.");
  return version;
}

function keyVaultError(code: string, message: string): SandboxResponse {
  return armError(400, code, message);
}

function invalid(message: string): SandboxResponse {
  return armError(400, "InvalidValuesForRequestParameters", message);
}
