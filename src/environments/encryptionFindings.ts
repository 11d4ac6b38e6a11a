import { finding } from "./finding.ts";
import type { Environment, Finding, Server } from "./model.ts";
import type { EncryptionStatus, KeyFacts } from "./encryptionStatus.ts";
import { parseKeyUri } from "./keyUri.ts";
import { sources } from "./sources.ts";

interface Judged {
  readonly environment: Environment;
  readonly status: Omit<EncryptionStatus, "findings">;
  readonly now: Date;
}

type Detector = (judged: Judged) => readonly Finding[];

/** Worst first; the order of the detectors otherwise. */
export function encryptionFindings(judged: Judged): readonly Finding[] {
  const rank = { error: 0, warning: 1, info: 2 };
  return detectors
    .flatMap((detect) => detect(judged))
    .map((found) => ({ ...found, source: found.source ?? sources.encryption }))
    .sort((left, right) => rank[left.severity] - rank[right.severity]);
}

/** Days before expiry at which the radar speaks, and how loudly. */
export const expiryRadar = [
  { days: 1, severity: "error" },
  { days: 7, severity: "error" },
  { days: 14, severity: "warning" },
  { days: 30, severity: "warning" },
] as const;

const day = 86_400_000;

const detectors: readonly Detector[] = [
  invalidKeys,
  disabledKeys,
  expiry,
  geoBackup,
  serviceKeys,
  unknownOwners,
  notUnified,
  mixedModes,
  pinned,
  rotation,
];

function invalidKeys({ environment: { server } }: Judged): readonly Finding[] {
  if (server === null) return [];
  const { primaryStatus, geoStatus } = server.encryption;
  const when = isInaccessible(server) ? "is Inaccessible" : "becomes Inaccessible within about 60 minutes";
  const primary = `Azure reports the encryption key of ${server.name} as Invalid: it is disabled, deleted, expired or unreachable. The server ${when}; repair the key first, rotation works only once the server is Ready.`;
  const geo = `Azure reports the geo-backup key of ${server.name} as Invalid: geo-redundant backups are at risk.`;
  return [
    ...(isInvalid(primaryStatus) ? [finding.error("keyInvalid", primary)] : []),
    ...(isInvalid(geoStatus) ? [finding.error("geoKeyInvalid", geo)] : []),
  ];
}

function disabledKeys({ environment, status }: Judged): readonly Finding[] {
  return perKey(status.keys, (key) => key.enabled === false).map(({ key, users }) =>
    finding.error(
      "keyDisabled",
      `The key ${label(key)} (${users}) is disabled. ${consequence(users, environment, "disabled")}`,
    ),
  );
}

function expiry({ environment, status, now }: Judged): readonly Finding[] {
  return perKey(status.keys, (key) => key.expires !== null).flatMap(({ key, users }) => {
    const left = Date.parse(key.expires ?? "") - now.getTime();
    if (Number.isNaN(left)) return [];
    if (left <= 0) {
      const gone = consequence(users, environment, "expired");
      return [finding.error("keyExpired", `The key ${label(key)} (${users}) has expired. ${gone}`)];
    }
    const step = expiryRadar.find(({ days }) => left <= days * day);
    if (step === undefined) return [];
    const when = left < day ? `in ${Math.ceil(left / 3_600_000)} h` : `in ${Math.floor(left / day)} days`;
    const message = `The key ${label(key)} (${users}) expires ${when}. ${consequence(users, environment, "expires")}`;
    return [finding[step.severity]("keyExpires", message)];
  });
}

/** PostgreSQL and Storage behave differently when a key goes: said for whichever plane uses it. */
function consequence(users: string, environment: Environment, why: "disabled" | "expired" | "expires"): string {
  const already = environment.server !== null && isInaccessible(environment.server);
  const inaccessible = already
    ? "PostgreSQL is Inaccessible until it works again. "
    : "PostgreSQL becomes Inaccessible within 60 minutes after. ";
  const storage =
    why === "disabled"
      ? "Storage answers 403 while it is disabled."
      : "Storage may go on with an expired key but refuses new settings.";
  return `${/server|replica/.test(users) ? inaccessible : ""}${users.includes("account") ? storage : ""}`.trim();
}

function isInaccessible({ state }: Pick<Server, "state">): boolean {
  return state?.toLowerCase() === "inaccessible";
}

function geoBackup({ environment: { server } }: Judged): readonly Finding[] {
  if (server?.backup?.geoRedundant !== true || server.encryption.owner !== "customerKey") return [];
  const { primaryKeyUri, geoKeyUri, primaryIdentityId, geoIdentityId } = server.encryption;
  if (geoKeyUri === null) {
    return [
      finding.warning(
        "geoKeyMissing",
        `${server.name} has geo-redundant backup and no geo key was reported: the paired location needs its own key.`,
      ),
    ];
  }
  const oneVault = parseKeyUri(geoKeyUri)?.vaultHost === parseKeyUri(primaryKeyUri)?.vaultHost;
  const oneIdentity = geoIdentityId !== null && geoIdentityId.toLowerCase() === primaryIdentityId?.toLowerCase();
  return [
    ...(oneVault
      ? [
          finding.warning(
            "geoKeySameVault",
            `The geo-backup key of ${server.name} is in the primary key's vault; it must be in a vault of the paired location.`,
          ),
        ]
      : []),
    ...(oneIdentity
      ? [
          finding.warning(
            "geoKeySameIdentity",
            `The geo-backup key of ${server.name} uses the primary key's identity; Azure requires a different one.`,
          ),
        ]
      : []),
  ];
}

function serviceKeys({ environment: { server, account }, status }: Judged): readonly Finding[] {
  const onServer = `${server?.name} is encrypted with Azure's own key. The customer's key can be chosen only when a server is created: it takes a restore to a new server.`;
  const onAccount = `${account?.name} is encrypted with Azure's own key. A storage account can switch to the customer's key at any time.`;
  return [
    ...(server && status.server === "serviceKey" ? [finding.warning("serverServiceKey", onServer)] : []),
    ...(account && status.account === "serviceKey"
      ? [finding.warning("accountServiceKey", onAccount, sources.storageKeys)]
      : []),
  ];
}

function unknownOwners({ environment: { server, account }, status }: Judged): readonly Finding[] {
  const names = [
    ...(server && status.server === "unknown" ? [server.name] : []),
    ...(account && status.account === "unknown" ? [account.name] : []),
  ];
  if (names.length === 0) return [];
  return [finding.info("encryptionUnknown", `Azure did not say which key encrypts ${names.join(" and ")}.`, null)];
}

function notUnified({ status }: Judged): readonly Finding[] {
  if (status.server !== "customerKey" || status.account !== "customerKey" || status.unified) return [];
  const message =
    "The server and the storage account use different customer keys: rotating one leaves the other as it is.";
  return [finding.warning("keysDiffer", message, sources.strategyEncryption)];
}

function mixedModes({ status }: Judged): readonly Finding[] {
  const server = status.keys.find((key) => key.consumer === "server");
  const account = status.keys.find((key) => key.consumer === "account");
  if (!server || !account || (server.version === null) === (account.version === null)) return [];
  const [pinnedSide, freeSide] =
    server.version === null ? ["storage account", "server"] : ["server", "storage account"];
  const message = `The ${pinnedSide} is pinned to a key version and the ${freeSide} follows the newest one: after a rotation they are on different versions, and retiring the old one breaks the ${pinnedSide}.`;
  return [finding.warning("mixedKeyModes", message)];
}

function pinned({ status }: Judged): readonly Finding[] {
  return status.keys
    .filter((key) => key.version !== null)
    .map((key) => {
      const behind = key.currentVersion !== null && key.currentVersion !== key.version;
      const message = behind
        ? `${key.consumer} is pinned to version ${key.version} of ${label(key)}, which is not the newest: when that version expires or is disabled, access is lost.`
        : `${key.consumer} is pinned to version ${key.version} of ${label(key)}: rotating the key does not move it.`;
      return behind ? finding.warning("pinnedBehind", message) : finding.info("pinnedVersion", message);
    });
}

function rotation({ status }: Judged): readonly Finding[] {
  const late = (key: KeyFacts): boolean =>
    key.expires !== null &&
    key.enabled !== null &&
    (key.nextRotation === null || Date.parse(key.nextRotation) > Date.parse(key.expires));
  return perKey(status.keys, late).map(({ key, users }) =>
    finding.info(
      "noRotationBeforeExpiry",
      `No rotation of ${label(key)} (${users}) is planned before it expires.`,
      sources.rotation,
    ),
  );
}

/** One entry a key and version, naming everyone who uses it. */
function perKey(
  keys: readonly KeyFacts[],
  matches: (key: KeyFacts) => boolean,
): readonly { readonly key: KeyFacts; readonly users: string }[] {
  const groups = new Map<string, KeyFacts[]>();
  for (const key of keys.filter(matches)) {
    const id = `${key.vault}/${key.name}/${key.version ?? ""}/${key.expires ?? ""}`.toLowerCase();
    groups.set(id, [...(groups.get(id) ?? []), key]);
  }
  return [...groups.values()].flatMap((group) => {
    const [key] = group;
    return key ? [{ key, users: group.map((one) => one.consumer).join(", ") }] : [];
  });
}

function isInvalid(status: string | null): boolean {
  return status?.toLowerCase() === "invalid";
}

function label(key: KeyFacts): string {
  return `${key.vault}/${key.name}`;
}
