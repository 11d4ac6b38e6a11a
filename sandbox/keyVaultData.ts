import { findKey, newestVersion, vaultNamed, vaultStore } from "./keyVaultState.ts";
import type { KeyVersion, LifetimeAction } from "./keyVaultState.ts";
import { keyBundle, keyItem, rotationPolicyBody } from "./keyVaultViews.ts";
import type { KeyOfVault } from "./keyVaultViews.ts";
import { hexOf } from "./random.ts";
import type { Resource, SandboxRequest, SandboxResponse, Service, World } from "./types.ts";

const day = 24 * 3600 * 1000;

/**
 * Key Vault's data plane on NAME.vault.azure.net (keys.json 7.5, also under 2025-07-01): keys, versions, create, rotate,
 * attributes, rotation policy. A request without a token gets the challenge first (reference azure-api.md section 4).
 */
export const keyVaultData: Service = (request, world) => {
  const vaultName = /^([^.]+)\.vault\.azure\.net$/.exec(request.host)?.[1];
  if (vaultName === undefined) return null;
  const vault = vaultNamed(world.state, vaultName);
  if (!vault) return vaultError(404, "VaultNotFound", `There is no vault named ${vaultName}.`);
  if (request.headers["authorization"] === undefined) return challenge(vault);
  if (!request.query.get("api-version")) return vaultError(400, "BadParameter", noVersion);
  for (const [pattern, handler] of routes) {
    const match = pattern.exec(`${request.method} ${request.path.replace(/\/$/, "")}`);
    if (match) return handler({ request, world, vault, parts: match.slice(1) });
  }
  return vaultError(404, "NotFound", "The sandbox does not know this Key Vault request.");
};

/** The parameter is required in keys.json 7.5; what a vault says without it is unverified. */
const noVersion = "api-version must be specified";

interface Call {
  readonly request: SandboxRequest;
  readonly world: World;
  readonly vault: Resource;
  readonly parts: readonly (string | undefined)[];
}

type Handler = (call: Call) => SandboxResponse;

const routes: readonly (readonly [RegExp, Handler])[] = [
  [/^GET \/keys$/i, listKeys],
  [/^POST \/keys\/([^/]+)\/create$/i, createKey],
  [/^POST \/keys\/([^/]+)\/rotate$/i, onKey(rotateKey)],
  [/^GET \/keys\/([^/]+)\/versions$/i, onKey(listVersions)],
  [/^GET \/keys\/([^/]+)\/rotationpolicy$/i, onKey((_call, of) => ({ status: 200, body: rotationPolicyBody(of) }))],
  [/^PUT \/keys\/([^/]+)\/rotationpolicy$/i, onKey(putPolicy)],
  [/^GET \/keys\/([^/]+)$/i, onKey((call, of) => getVersion(call, of))],
  [/^GET \/keys\/([^/]+)\/([^/]+)$/i, onKey((call, of) => getVersion(call, of))],
  [/^PATCH \/keys\/([^/]+)\/([^/]+)$/i, onKey(patchVersion)],
];

function challenge(vault: Resource): SandboxResponse {
  const authorization = `https://login.microsoftonline.com/${String(vault.properties["tenantId"])}`;
  const header = `Bearer authorization="${authorization}", resource="https://vault.azure.net"`;
  const answer = vaultError(401, "Unauthorized", "AKV10000: Request is missing a Bearer or PoP token.");
  return { ...answer, headers: { "WWW-Authenticate": header } };
}

function onKey(handler: (call: Call, of: KeyOfVault) => SandboxResponse): Handler {
  return (call) => {
    const name = call.parts[0] ?? "";
    const found = findKey(call.world.state, call.vault.name, name);
    if (!found) return keyNotFound(name);
    return handler(call, { vault: call.vault, ...found });
  };
}

function listKeys({ request, world, vault }: Call): SandboxResponse {
  const keys = Object.entries(vaultStore(world.state)[vault.name.toLowerCase()]?.keys ?? {});
  const items = keys.flatMap(([name, key]) => {
    const newest = newestVersion(key);
    return newest ? [keyItem({ vault, name, key }, newest, "key")] : [];
  });
  return pageOf(request, items);
}

/** The vault's lists page by `maxresults` (1–25, default 25 in keys.json). */
function pageOf(request: SandboxRequest, items: readonly object[]): SandboxResponse {
  const size = Math.min(25, Math.max(1, Number(request.query.get("maxresults") ?? 25)));
  const start = Number(request.query.get("$skiptoken") ?? 0);
  const more = start + size < items.length;
  const query = new URLSearchParams(request.query);
  query.set("$skiptoken", String(start + size));
  const path = request.path.split("/").map(encodeURIComponent).join("/");
  const nextLink = more ? `https://${request.host}${path}?${query.toString()}` : null;
  return { status: 200, body: { value: items.slice(start, start + size), nextLink } };
}

function listVersions({ request }: Call, of: KeyOfVault): SandboxResponse {
  return pageOf(
    request,
    of.key.versions.map((version) => keyItem(of, version, "version")),
  );
}

/** A disabled version is still shown: only its use is refused. */
function getVersion({ parts }: Call, of: KeyOfVault): SandboxResponse {
  const wanted = parts[1];
  const version = wanted === undefined ? newestVersion(of.key) : versionOf(of, wanted);
  return version ? { status: 200, body: keyBundle(of, version) } : keyNotFound(`${of.name}/${wanted ?? ""}`);
}

function versionOf(of: KeyOfVault, version: string): KeyVersion | undefined {
  return of.key.versions.find((each) => each.version === version.toLowerCase());
}

interface KeyBody {
  readonly kty?: string;
  readonly key_size?: number;
  readonly attributes?: { readonly enabled?: boolean; readonly exp?: number | null; readonly nbf?: number | null };
  readonly tags?: Record<string, string>;
}

/** Makes the key, or a new version of one that exists. RSA only: customer-managed keys of both services are RSA. */
function createKey({ request, world, vault, parts }: Call): SandboxResponse {
  const name = parts[0] ?? "";
  const body = (request.body ?? {}) as KeyBody;
  if (!/^[0-9A-Za-z-]{1,127}$/.test(name)) return vaultError(400, "BadParameter", `'${name}' is no valid key name.`);
  if (body.kty !== "RSA" && body.kty !== "RSA-HSM")
    return vaultError(400, "BadParameter", "The sandbox makes RSA and RSA-HSM keys only.");
  if (![2048, 3072, 4096].includes(body.key_size ?? 2048))
    return vaultError(400, "BadParameter", "The property key_size must be 2048, 3072 or 4096.");
  const store = (vaultStore(world.state)[vault.name.toLowerCase()] ??= { keys: {} });
  const existing = findKey(world.state, vault.name, name);
  const key = existing?.key ?? { kty: body.kty, keySize: body.key_size ?? 2048, versions: [], rotationPolicy: null };
  store.keys[existing?.name ?? name] = key;
  const version = newVersion(world, body);
  key.versions.push(version);
  world.changed();
  return { status: 200, body: keyBundle({ vault, name: existing?.name ?? name, key }, version) };
}

function newVersion(world: World, body: KeyBody): KeyVersion {
  const now = world.now();
  const { enabled = true, exp = null, nbf = null } = body.attributes ?? {};
  return {
    version: hexOf(world.newId(), 32),
    enabled,
    created: now,
    updated: now,
    expires: exp === null ? null : exp * 1000,
    notBefore: nbf === null ? null : nbf * 1000,
    tags: body.tags ?? {},
  };
}

/** A new version, enabled, that ends when the policy's expiryTime says (how-to-configure-key-rotation.md@1c4310b). */
function rotateKey({ world }: Call, of: KeyOfVault): SandboxResponse {
  const version = newVersion(world, { tags: newestVersion(of.key)?.tags ?? {} });
  const lasts = daysOf(of.key.rotationPolicy?.expiryTime ?? null);
  if (lasts !== null) version.expires = version.created + lasts * day;
  of.key.versions.push(version);
  world.changed();
  return { status: 200, body: keyBundle(of, version) };
}

function patchVersion({ request, world, parts }: Call, of: KeyOfVault): SandboxResponse {
  const version = versionOf(of, parts[1] ?? "");
  if (!version) return keyNotFound(`${of.name}/${parts[1] ?? ""}`);
  const { attributes = {}, tags } = (request.body ?? {}) as KeyBody;
  const { enabled, exp, nbf } = attributes;
  if (exp && nbf && exp <= nbf) return vaultError(400, "BadParameter", "exp must be later than nbf.");
  if (enabled !== undefined) version.enabled = enabled;
  if (exp !== undefined) version.expires = exp === null ? null : exp * 1000;
  if (nbf !== undefined) version.notBefore = nbf === null ? null : nbf * 1000;
  if (tags) version.tags = tags;
  version.updated = world.now();
  world.changed();
  return { status: 200, body: keyBundle(of, version) };
}

interface PolicyBody {
  readonly lifetimeActions?: readonly LifetimeAction[];
  readonly attributes?: { readonly expiryTime?: string | null };
}

/** expiryTime at least 28 days (keys.json 7.5), a rotation not within the first 7 (how-to-configure-key-rotation.md). */
function putPolicy({ request, world }: Call, of: KeyOfVault): SandboxResponse {
  const body = (request.body ?? {}) as PolicyBody;
  const expiryTime = body.attributes?.expiryTime ?? null;
  const lasts = daysOf(expiryTime);
  if (expiryTime !== null && (lasts === null || lasts < 28))
    return vaultError(400, "BadParameter", "Policy expiryTime must be an ISO 8601 duration of at least 28 days.");
  const actions = [...(body.lifetimeActions ?? [])];
  if (actions.some(({ trigger, action }) => action.type === "Rotate" && tooSoon(trigger, lasts)))
    return vaultError(
      400,
      "BadParameter",
      "A key can be rotated no sooner than 7 days after creation or before expiry.",
    );
  const now = world.now();
  const created = of.key.rotationPolicy?.created ?? now;
  of.key.rotationPolicy = { created, updated: now, expiryTime, lifetimeActions: actions };
  world.changed();
  return { status: 200, body: rotationPolicyBody(of) };
}

function tooSoon(trigger: LifetimeAction["trigger"], lasts: number | null): boolean {
  const after = trigger.timeAfterCreate === undefined ? null : daysOf(trigger.timeAfterCreate);
  const before = trigger.timeBeforeExpiry === undefined ? null : daysOf(trigger.timeBeforeExpiry);
  if (after === null && before === null) return true;
  if (after !== null) return after < 7 || (lasts !== null && after > lasts - 7);
  return (before as number) < 7 || lasts === null;
}

/** Days of `P90D`, `P1Y`, `P18M`, `P4W`; null for anything else. Months count 30 days, years 365. */
function daysOf(duration: string | null): number | null {
  const match = /^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?$/.exec(duration ?? "");
  if (!match || duration === "P") return null;
  const [years, months, weeks, days] = match.slice(1).map((part) => Number(part ?? 0));
  return (years ?? 0) * 365 + (months ?? 0) * 30 + (weeks ?? 0) * 7 + (days ?? 0);
}

function keyNotFound(name: string): SandboxResponse {
  const message = `A key with (name/id) ${name} was not found in this key vault. If you recently deleted this key you may be able to recover it using the correct recovery command.`;
  return vaultError(404, "KeyNotFound", message);
}

/** The vault's errors have ARM's envelope (keys.json 7.5, `KeyVaultError`) without ARM's error header. */
function vaultError(status: number, code: string, message: string): SandboxResponse {
  return { status, body: { error: { code, message } } };
}
