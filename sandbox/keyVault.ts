import { findResource, listResources, notFound, paged } from "./arm.ts";
import { findKey, vaultStore } from "./keyVaultState.ts";
import { armKey, armKeyItem, armVersion } from "./keyVaultViews.ts";
import type { KeyOfVault } from "./keyVaultViews.ts";
import { armError } from "./types.ts";
import type { Resource, SandboxRequest, SandboxResponse, Service, World } from "./types.ts";

const vaultType = "Microsoft.KeyVault/vaults";
const vaultPath =
  /^(\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.KeyVault\/vaults\/[^/]+)(?:\/keys(?:\/([^/]+)(?:\/versions(?:\/([^/]+))?)?)?)?$/i;
const listPath = /^(\/subscriptions\/[^/]+(?:\/resourceGroups\/[^/]+)?)\/providers\/Microsoft\.KeyVault\/vaults$/i;

/**
 * Key Vault's control plane, read side (official keyvault resource-manager 2023-07-01; served for every api-version):
 * vaults, their keys and the keys' versions. Everything else about vaults is the generic resource's.
 */
export const keyVaultControl: Service = (request, world) => {
  if (request.host !== "management.azure.com") return null;
  if (request.method !== "GET") return keysPath.test(request.path) ? readOnly(request) : null;
  const list = listPath.exec(request.path);
  if (list) return paged(request, listResources(world.state, list[1] as string, vaultType));
  const match = vaultPath.exec(request.path);
  if (!match || !/\/keys(\/|$)/i.test(request.path)) return null;
  const vault = findResource(world.state, match[1] as string);
  if (!vault) return notFound(match[1] as string);
  const [, , keyName, version] = match;
  if (keyName === undefined) return listKeys(request, world, vault);
  const found = findKey(world.state, vault.name, keyName);
  if (!found) return noKey(request.path, keyName);
  const of = { vault, ...found };
  if (version !== undefined) return oneVersion(of, version);
  if (!/\/versions$/i.test(request.path)) return { status: 200, body: armKey(of) };
  return paged(
    request,
    [...of.key.versions].reverse().map((each) => armVersion(of, each)),
  );
};

const keysPath = /\/providers\/Microsoft\.KeyVault\/vaults\/[^/]+\/keys(\/|$)/i;

/** Never the generic resource's: it would keep a key that neither plane shows. */
function readOnly({ method }: SandboxRequest): SandboxResponse {
  const message = `The sandbox does not answer ${method} on a vault's keys here: ask the vault itself.`;
  return armError(404, "InvalidResourceType", message);
}

function listKeys(request: SandboxRequest, world: World, vault: Resource): SandboxResponse {
  const keys = vaultStore(world.state)[vault.name.toLowerCase()]?.keys ?? {};
  return paged(
    request,
    Object.entries(keys).map(([name, key]) => armKeyItem({ vault, name, key })),
  );
}

function oneVersion(of: KeyOfVault, version: string): SandboxResponse {
  const found = of.key.versions.find((each) => each.version === version.toLowerCase());
  return found ? { status: 200, body: armVersion(of, found) } : noKey(of.vault.id, `${of.name}/${version}`);
}

function noKey(path: string, name: string): SandboxResponse {
  return armError(404, "KeyNotFound", `The key '${name}' was not found at '${path}'.`);
}
