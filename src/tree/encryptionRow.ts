import type { EncryptionStatus, KeyFacts } from "../environments/encryption.ts";
import type { Environment, KeyOwner } from "../environments/model.ts";
import { plainText } from "../environments/text.ts";
import { day, joined, until } from "./format.ts";
import { row, type Icon, type Row } from "./row.ts";

const ownerWords: Readonly<Record<KeyOwner, string>> = {
  customerKey: "customer key",
  serviceKey: "service key",
  unknown: "not known",
};

/** Which key encrypts each plane, whether it is one key, and when it ends or turns. */
export function encryptionRow(environment: Environment, status: EncryptionStatus, now: Date): Row {
  const id = `${environment.id}|encryption`;
  return row({
    id,
    label: "Encryption",
    description: summary(environment, status),
    icon: shield(status),
    tokens: ["encryption"],
    children: () => [
      ...(environment.server ? [sideRow(id, "Recall plane", status.server)] : []),
      ...(environment.account ? [sideRow(id, "Record plane", status.account)] : []),
      ...(bothCustomer(status) ? [unityRow(id, status)] : []),
      ...status.keys.map((key) => keyRow(id, key, now)),
    ],
  });
}

function summary(environment: Environment, status: EncryptionStatus): string {
  if (bothCustomer(status))
    return status.unified ? "customer key, the same on both" : "customer keys, two different ones";
  const sides = [
    environment.server && `server: ${ownerWords[status.server]}`,
    environment.account && `storage: ${ownerWords[status.account]}`,
  ];
  return joined(sides);
}

function shield(status: EncryptionStatus): Icon {
  const worst = status.findings.some(({ severity }) => severity === "error");
  if (worst) return { name: "error", color: "charts.red" };
  if (status.findings.some(({ severity }) => severity === "warning"))
    return { name: "warning", color: "charts.yellow" };
  return bothCustomer(status) ? { name: "shield", color: "charts.green" } : { name: "shield", color: null };
}

function bothCustomer(status: EncryptionStatus): boolean {
  return status.server === "customerKey" && status.account === "customerKey";
}

function sideRow(id: string, label: string, owner: KeyOwner): Row {
  const icon = { customerKey: "key", serviceKey: "azure", unknown: "question" }[owner];
  return row({ id: `${id}|${label}`, label, description: ownerWords[owner], icon: { name: icon, color: null } });
}

function unityRow(id: string, { unified }: EncryptionStatus): Row {
  const description = unified ? "yes: disabling it makes both inaccessible" : "no: each plane has its own";
  return row({
    id: `${id}|unified`,
    label: "Same key",
    description,
    icon: { name: unified ? "pass" : "dash", color: null },
  });
}

function keyRow(id: string, key: KeyFacts, now: Date): Row {
  const ended = key.expires !== null && Date.parse(key.expires) <= now.getTime();
  return row({
    id: `${id}|key|${key.consumer}`,
    label: `Key of ${consumerWord(key.consumer)}`,
    description: joined([
      plainText(`${key.vault}/${key.name}`),
      key.version === null
        ? "versionless: follows rotations"
        : `pinned to version ${plainText(key.version).slice(0, 8)}`,
      key.enabled === false && "disabled",
      key.expires !== null && `${ended ? "expired" : "expires"} ${until(key.expires, now)} (${day(key.expires)})`,
      key.nextRotation !== null && `next rotation ${until(key.nextRotation, now)}`,
    ]),
    icon: { name: "key", color: ended || key.enabled === false ? "charts.red" : null },
    tokens: ["key"],
  });
}

const consumers: Readonly<Record<string, string>> = { server: "server", serverGeo: "geo backup", account: "storage" };

function consumerWord(consumer: string): string {
  return plainText(consumers[consumer] ?? consumer);
}
