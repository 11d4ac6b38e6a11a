import { bands, measures, type Measure } from "../environments/bands.ts";
import type { Environment, Server, ServerMetrics } from "../environments/model.ts";
import { markdownText, plainText } from "../environments/text.ts";
import { findSize } from "../sizing/catalogue.ts";
import type { Facts } from "./facts.ts";
import { joined, plural, shortSku } from "./format.ts";
import { bandIcon, levelText, measureNames, measureText } from "./levels.ts";
import { noTarget, row, type Row, type Target } from "./row.ts";
import { postureRows } from "./serverPosture.ts";
import { isState, lookOf } from "./states.ts";

/** The Recall plane: the PostgreSQL server with what it is, how busy it is and how it is looked after. */
export function recallRow(environment: Environment, server: Server, facts: Facts): Row {
  const { icon, word } = lookOf(server.state);
  return row({
    id: server.id.toLowerCase(),
    label: "Recall plane",
    description: joined([plainText(server.name), plainText(word), versionText(server)]),
    icon,
    tokens: serverTokens(server, "recall"),
    spoken: `Recall plane, PostgreSQL server ${plainText(server.name)}, ${plainText(word)}`,
    target: serverTarget(environment, server),
    children: () => [
      ...serverRows(server, facts),
      ...postureRows(server, facts.details(environment.id), facts.now()),
      ...replicaRows(environment, facts),
    ],
  });
}

function versionText({ version }: Server): string | null {
  return version === null ? null : `PostgreSQL ${plainText(version)}`;
}

/** A read replica is a server of its own: it is scaled and restarted before its primary. */
function replicaRows(environment: Environment, facts: Facts): readonly Row[] {
  return environment.replicas.map((replica) => {
    const { icon, word } = lookOf(replica.state);
    const geo = replica.location === environment.server?.location ? null : replica.location;
    return row({
      id: replica.id.toLowerCase(),
      label: plainText(replica.name),
      description: joined(["replica", plainText(word), geo && plainText(geo)]),
      icon,
      tokens: serverTokens(replica, "replica"),
      target: { ...serverTarget(environment, replica), environmentId: null },
      tooltip: () => `**${markdownText(replica.name)}**\n\n${together(environment)}`,
      children: () => [...serverRows(replica, facts), togetherRow(environment, replica)],
    });
  });
}

/** No command of its own: a replica moves with its primary, in the order Azure asks for (concepts-read-replicas.md@441b9c8). */
function together({ name }: Environment): string {
  return `A read replica is stopped, started and scaled with its environment ${markdownText(name)}, in the order Azure asks for: use the environment’s menu.`;
}

function togetherRow({ name }: Environment, replica: Server): Row {
  return row({
    id: `${replica.id.toLowerCase()}|together`,
    label: "Stop, start, scale",
    description: `with ${plainText(name)}, in Azure’s order`,
    icon: { name: "link", color: null },
  });
}

/** What was measured before a stop says nothing about now. */
function serverRows(server: Server, facts: Facts): readonly Row[] {
  const metrics = isState(server.state, "Stopped") ? null : facts.serverMetrics(server.id);
  return [
    computeRow(server),
    ...measures.map((measure) => measureRow(server, measure, metrics)),
    ...creditRow(server, metrics),
  ];
}

function computeRow(server: Server): Row {
  const size = server.sku === null ? null : findSize(server.sku.name);
  return row({
    id: `${server.id.toLowerCase()}|compute`,
    label: "Compute",
    description: joined([
      server.sku ? shortSku(plainText(server.sku.name)) : "size unknown",
      server.sku ? tierName(server.sku.tier) : null,
      size ? plural(size.vCores, "vCore") : null,
      size ? `${size.memoryGiB} GiB` : null,
    ]),
    icon: { name: "chip", color: null },
  });
}

function measureRow(server: Server, measure: Measure, metrics: ServerMetrics | null): Row {
  const band = bands(metrics)[measure];
  const value = metrics?.[measure] ?? null;
  const level = levelText(measure, band);
  const note = value === null && !isState(server.state, "Ready") ? "while it does not run" : null;
  return row({
    id: `${server.id.toLowerCase()}|${measure}`,
    label: measureNames[measure],
    description: joined([joinedNote(measureText(value, band), note), counted(measure, metrics), level]),
    icon: bandIcon(band),
    tokens: [measure, band],
  });
}

function joinedNote(text: string, note: string | null): string {
  return note === null ? text : `${text} ${note}`;
}

/** Azure reserves 15 connections; the share is of what clients can really open. */
function counted(measure: Measure, metrics: ServerMetrics | null): string | null {
  if (measure !== "connections" || metrics?.activeConnections == null || metrics.maxConnections === null) return null;
  return `${Math.round(metrics.activeConnections)} of ${metrics.maxConnections - 15} for clients`;
}

function creditRow(server: Server, metrics: ServerMetrics | null): readonly Row[] {
  const credits = metrics?.cpuCreditsRemaining ?? null;
  if (credits === null) return [];
  const low = credits < lowCredits;
  const icon = low ? { name: "warning", color: "charts.orange" } : { name: "pass", color: "charts.green" };
  const description = joined([`${Math.round(credits)} left`, low && "nearly used up: then it runs at its base speed"]);
  return [row({ id: `${server.id.toLowerCase()}|credits`, label: "CPU credits", description, icon })];
}

/** One credit is one vCore for a minute: below this a busy Burstable server is minutes from its base speed. */
const lowCredits = 10;

export function tierName(tier: string): string {
  return plainText(tier).replace(/([a-z])([A-Z])/g, "$1 $2");
}

function serverTarget(environment: Environment, server: Server): Target {
  const { id, subscription } = environment;
  return { ...noTarget, environmentId: id, resourceId: server.id, tenantId: subscription.tenantId };
}

function serverTokens(server: Server, role: "recall" | "replica"): readonly string[] {
  const base = ["server", role, "portal", "json", "id", ...(server.hostName ? ["host"] : [])];
  if (role === "replica") return base;
  if (isState(server.state, "Ready")) return [...base, "ready", "scalable"];
  return isState(server.state, "Stopped") ? [...base, "stopped"] : base;
}
