import { citations } from "./citations.ts";
import { shortName } from "./guardsScale.ts";
import type { Environment, Server } from "./model.ts";
import { money, type Bill, type Billed, type Money } from "./receiptsMoney.ts";
import type { PriceTable } from "../sizing/prices.ts";

/** The plan in the person's words. Every line is plain text; numbers carry their unit. */
export interface Receipt {
  readonly title: string;
  readonly today: string;
  /** `none`, or how long connections are refused and why. */
  readonly downtime: Downtime;
  /** Month of 730 hours at list price; null where no price is known. */
  readonly money: Money | null;
  readonly effects: readonly string[];
  readonly cannotBeUndone: readonly string[];
  readonly undo: string | null;
  readonly actor: string;
}

export interface Downtime {
  readonly class: "none" | "seconds" | "minutes" | "untilStarted";
  readonly text: string;
}

/** What every receipt is written from. `server` and `replicas` are fresh reads. */
export interface ReceiptFacts {
  readonly environment: Environment;
  readonly server: Server;
  readonly replicas: readonly Server[];
  readonly prices: PriceTable | null;
  /** By location, where a replica lives elsewhere than its primary. */
  readonly replicaPrices?: ReadonlyMap<string, PriceTable>;
  readonly actor: string;
}

export function stopReceipt(facts: ReceiptFacts): Receipt {
  const { server, replicas } = facts;
  return {
    ...head(facts, `Stop ${server.name}`),
    downtime: {
      class: "untilStarted",
      text: "Connections are refused from the stop until the server is started again.",
    },
    money: money(facts, everyServer(facts, { after: "stopped" })),
    effects: [
      "Compute is no longer billed; storage and backups still are.",
      `Azure starts the server by itself after 7 days (${citations.stop}), and may start it briefly for maintenance.`,
      "While it is stopped, nothing but a start is possible: no scale, no configuration, no key change.",
      ...highAvailabilityEffect(server, "Both nodes of the high-availability pair stop."),
      ...(replicas.length === 0
        ? []
        : [`Replicas follow after the primary: ${names(replicas)} (${citations.replicas}).`]),
      recordPlaneEffect,
    ],
    cannotBeUndone: ["Open transactions are lost."],
    undo: "Start, once the stop is finished.",
  };
}

export function startReceipt(facts: ReceiptFacts): Receipt {
  const { server, replicas } = facts;
  return {
    ...head(facts, `Start ${server.name}`),
    downtime: { class: "none", text: "The server is stopped today; it takes connections once it is Ready." },
    money: money(facts, everyServer(facts, { after: "running" })),
    effects: [
      "Compute is billed again from now on.",
      ...highAvailabilityEffect(server, "Both nodes of the high-availability pair start."),
      ...(replicas.length === 0
        ? []
        : [`Replicas start first, then the primary: ${names(replicas)} (${citations.replicas}).`]),
    ],
    cannotBeUndone: [],
    undo: "Stop, once the server is Ready.",
  };
}

export function restartReceipt(facts: ReceiptFacts, failover: boolean): Receipt {
  const { server } = facts;
  const downtime: Downtime = failover
    ? {
        class: "seconds",
        text: "A planned failover: connections are refused until the standby has taken over. How long is not verified here; plan for minutes at worst.",
      }
    : { class: "minutes", text: "Connections are refused while the server restarts, normally a few minutes." };
  return {
    ...head(facts, failover ? `Restart ${server.name} with a planned failover` : `Restart ${server.name}`),
    downtime,
    money: null,
    effects: [
      "Every connection is dropped; applications have to reconnect.",
      failover
        ? `Primary and standby swap their places${server.highAvailability.mode === "zoneRedundant" ? " and with them their availability zones" : ""}.`
        : "Parameters that wait for a restart take effect.",
      ...(failover ? [unlogged] : []),
    ],
    cannotBeUndone: ["Open transactions are lost."],
    undo: null,
  };
}

export function tagReceipt(
  facts: Pick<ReceiptFacts, "environment" | "actor">,
  tags: Readonly<Record<string, string>>,
): Receipt {
  const lines = Object.entries(tags).map(([name, value]) => `${name} = ${value}`);
  const { environment } = facts;
  return {
    title: `Tag ${environment.name}`,
    today: `Class ${environment.class}, recognised by ${recognised[environment.recognisedBy]}.`,
    downtime: none("Tags are labels: nothing restarts."),
    money: null,
    effects: [`Set, other tags are kept: ${lines.join(", ")}.`, "Policies and cost reports that read tags may react."],
    cannotBeUndone: [],
    undo: undoTags(environment, tags),
    actor: facts.actor,
  };
}

/** Tags are only ever set: one that is new can be taken away in the portal alone. */
function undoTags({ server, account }: Environment, tags: Readonly<Record<string, string>>): string {
  const today = new Set(
    [server, account].flatMap((one) => Object.keys(one?.tags ?? {})).map((name) => name.toLowerCase()),
  );
  const added = Object.keys(tags).filter((name) => !today.has(name.toLowerCase()));
  if (added.length === 0) return "Set the tags back to what they are today.";
  return `Remove ${added.join(" and ")} in the portal: today there is no such tag, and Engram only sets tags.`;
}

export function head(facts: ReceiptFacts, title: string): Pick<Receipt, "title" | "today" | "actor"> {
  return { title, today: todayText(facts.server), actor: facts.actor };
}

function everyServer({ server, replicas }: ReceiptFacts, billed: Billed): readonly Bill[] {
  return [server, ...replicas].map((one) => ({ server: one, billed }));
}

export function none(text: string): Downtime {
  return { class: "none", text };
}

export function names(servers: readonly Server[]): string {
  return servers.map(({ name }) => name).join(", ");
}

/** One line of what the server is now. */
export function todayText({ name, state, sku, storage, version, highAvailability }: Server): string {
  const parts = [
    `${name} is ${state ?? "in an unknown state"}`,
    sku === null ? null : `${skuLabel(sku.name)} (${sku.tier})`,
    storage === null ? null : `${storage.sizeGiB} GiB`,
    version === null ? null : `PostgreSQL ${version}`,
    highAvailability.mode === "none" ? "no high availability" : `high availability ${haLabel(highAvailability.mode)}`,
  ];
  return `${parts.filter((part) => part !== null).join(", ")}.`;
}

export function haLabel(mode: string): string {
  return mode === "sameZone" ? "same zone" : mode === "zoneRedundant" ? "zone-redundant" : mode;
}

/** `D4ds_v5` for `Standard_D4ds_v5`. */
export function skuLabel(sku: string): string {
  return sku.slice(sku.length - shortName(sku).length);
}

export const unlogged = `Unlogged tables lose their rows (${citations.scaling}).`;

const recordPlaneEffect = "The storage account cannot be stopped: the Record plane stays reachable and billed.";

const recognised: Readonly<Record<Environment["recognisedBy"], string>> = {
  tags: "its tags",
  file: "the team's file",
  sharedKey: "the key that server and account share",
  resourceGroup: "its resource group",
};

function highAvailabilityEffect({ highAvailability }: Server, text: string): readonly string[] {
  return highAvailability.mode === "sameZone" || highAvailability.mode === "zoneRedundant" ? [text] : [];
}
