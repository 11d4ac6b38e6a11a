import { advisories } from "../environments/advisories.ts";
import { bands, measures, worst, type Measure } from "../environments/bands.ts";
import { encryptionStatus, type EncryptionStatus } from "../environments/encryption.ts";
import type { Environment, Finding, Server } from "../environments/model.ts";
import { plainText } from "../environments/text.ts";
import { valueOf } from "../inventory/details.ts";
import type { OperationRecord } from "../operations/model.ts";
import { encryptionRow } from "./encryptionRow.ts";
import { environmentTooltip } from "./environmentTooltip.ts";
import type { Display, Facts } from "./facts.ts";
import { joined, shortSku, until } from "./format.ts";
import { isOver, measureNames, measureText } from "./levels.ts";
import { findingRow } from "./problemRows.ts";
import { recallRow } from "./recallRows.ts";
import { recordRow } from "./recordRows.ts";
import { noTarget, row, type Icon, type Row } from "./row.ts";
import { isState, lookOf } from "./states.ts";
import { classWord, keyWord } from "./words.ts";

/** An environment in one glance (`D4ds_v5 · CPU 63 % · CMK`), with its planes, its key and what is wrong with it inside. */
export function environmentRow(environment: Environment, facts: Facts, display: Pick<Display, "group">): Row {
  const { id, server } = environment;
  const name = plainText(environment.name);
  const shownClass = display.group === "class" ? null : classWord(environment);
  const description = joined([shownClass, ...glance(environment, facts)]);
  return row({
    id,
    label: name,
    description,
    icon: iconOf(environment, facts),
    tokens: tokensOf(environment, facts),
    spoken: `${name}, ${classWord(environment)} environment, ${glance(environment, facts).join(", ")}`,
    expand: "closed",
    tooltip: () => environmentTooltip(environment, facts),
    children: () => environmentChildren(environment, facts),
    target: {
      ...noTarget,
      environmentId: id,
      resourceId: server?.id ?? environment.account?.id ?? null,
      tenantId: environment.subscription.tenantId,
    },
  });
}

/** What somebody should know about the environment, its keys included; errors first. */
export function findingsOf(environment: Environment, facts: Facts): readonly Finding[] {
  const { id, server } = environment;
  const details = facts.details(id);
  const runs = isState(server?.state ?? null, "Ready");
  const advised = advisories(environment, {
    metrics: server !== null && runs ? facts.serverMetrics(server.id) : null,
    parameters: valueOf(details?.parameters),
    stopped: valueOf(details?.stopped),
    now: facts.now(),
  });
  const rank = { error: 0, warning: 1, info: 2 };
  return [...statusOf(environment, facts).findings, ...advised].toSorted(
    (left, right) => rank[left.severity] - rank[right.severity],
  );
}

export function statusOf(environment: Environment, facts: Facts): EncryptionStatus {
  return encryptionStatus(environment, valueOf(facts.details(environment.id)?.keys) ?? [], facts.now());
}

function environmentChildren(environment: Environment, facts: Facts): readonly Row[] {
  const findings = findingsOf(environment, facts).filter(({ severity }) => severity !== "info");
  return [
    ...findings.map((finding) => findingRow(finding, environment.id)),
    ...(environment.server ? [recallRow(environment, environment.server, facts)] : []),
    ...(environment.account ? [recordRow(environment, environment.account, facts)] : []),
    encryptionRow(environment, statusOf(environment, facts), facts.now()),
  ];
}

function glance(environment: Environment, facts: Facts): readonly string[] {
  const { server, account } = environment;
  if (server === null) return [account?.skuName?.replace("_", " ") ?? "storage only", keyGlance(environment, facts)];
  return [
    stateWord(environment, server, facts),
    server.sku ? shortSku(plainText(server.sku.name)) : "size unknown",
    loadWord(server, facts),
    keyGlance(environment, facts),
  ].filter((part) => part !== null);
}

/** A key that ends within a month belongs into the glance: an expired one takes the data with it. */
const soon = 30 * 86_400_000;

function keyGlance(environment: Environment, facts: Facts): string {
  const expires = statusOf(environment, facts).key?.expires ?? null;
  const ends = expires !== null && Date.parse(expires) - facts.now().getTime() < soon;
  return ends ? `${keyWord(environment)}, key ends ${until(expires, facts.now())}` : keyWord(environment);
}

/** Null while the server simply runs. */
function stateWord(environment: Environment, server: Server, facts: Facts): string | null {
  const running = facts.running(environment.id);
  if (running !== null) return workWord(running, server);
  if (isState(server.state, "Ready")) return null;
  const restarts = isState(server.state, "Stopped")
    ? (valueOf(facts.details(environment.id)?.stopped)?.restartsAt ?? null)
    : null;
  const word = plainText(lookOf(server.state).word);
  return restarts === null ? word : `${word}, restarts ${until(restarts, facts.now())}`;
}

/** What is being done to it, and how Azure names its state meanwhile. */
function workWord({ kind, status }: OperationRecord, server: Server): string {
  if (status === "unknown") return "outcome of an operation unknown";
  const look = lookOf(server.state);
  const arrived = isState(server.state, kind === "stop" ? "Stopped" : "Ready") && (kind === "stop" || kind === "start");
  if (arrived) return `${look.word}, being verified…`;
  return look.moving ? `${look.word}…` : `${plainText(look.word)}, ${workWords[kind]}…`;
}

const workWords: Readonly<Record<OperationRecord["kind"], string>> = {
  stop: "stopping",
  start: "starting",
  restart: "restarting",
  scale: "scaling",
  configure: "changing",
  tag: "writing tags",
};

/** CPU, or whatever stands worse against its levels. */
function loadWord(server: Server, facts: Facts): string | null {
  const metrics = isState(server.state, "Ready") ? facts.serverMetrics(server.id) : null;
  if (metrics === null) return null;
  const levels = bands(metrics);
  const top = worst(measures.map((measure) => levels[measure]));
  const shown: Measure =
    !isOver(top) || levels.cpu === top ? "cpu" : (measures.find((one) => levels[one] === top) ?? "cpu");
  return metrics[shown] === null ? null : `${measureNames[shown]} ${measureText(metrics[shown], levels[shown])}`;
}

function iconOf({ id, server }: Environment, facts: Facts): Icon {
  if (server === null) return { name: "archive", color: null };
  const look = lookOf(server.state);
  if (facts.running(id) !== null) return { name: "sync~spin", color: "charts.blue" };
  if (!isState(server.state, "Ready")) return look.icon;
  const metrics = facts.serverMetrics(server.id);
  const top = worst(Object.values(bands(metrics)));
  const color = { warning: "charts.yellow", alert: "charts.orange", critical: "charts.red" }[top as string];
  return { ...look.icon, color: color ?? look.icon.color };
}

function tokensOf({ id, server, account, class: cls }: Environment, facts: Facts): readonly string[] {
  const still = facts.running(id) === null;
  const ready = still && isState(server?.state ?? null, "Ready");
  return [
    "environment",
    `class-${cls}`,
    ...(server || account ? ["portal", "json", "id"] : []),
    ...(server?.hostName ? ["host"] : []),
    ...(ready ? ["ready", "scalable"] : []),
    ...(still && isState(server?.state ?? null, "Stopped") ? ["stopped"] : []),
    ...(still ? [] : ["busy"]),
  ];
}
