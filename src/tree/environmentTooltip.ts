import { bands, measures } from "../environments/bands.ts";
import type { Environment } from "../environments/model.ts";
import { markdownText } from "../environments/text.ts";
import { findSize } from "../sizing/catalogue.ts";
import type { Facts } from "./facts.ts";
import { age, day, money, percent, shortSku, sparkline } from "./format.ts";
import { levelText, measureNames, measureText } from "./levels.ts";
import { monthlyCost } from "./price.ts";
import { tiersText } from "./recordRows.ts";
import { lookOf } from "./states.ts";
import { classWord, keyWord } from "./words.ts";

/** The table behind one row, as Markdown. Every word that others wrote is escaped. */
export function environmentTooltip(environment: Environment, facts: Facts): string {
  const { server, account } = environment;
  const lines = [
    ...identity(environment),
    ...(server ? serverLines(environment, facts) : []),
    ...(account
      ? [
          cells(
            "Record plane",
            `${markdownText(account.name)}, ${markdownText(tiersText(facts.accountMetrics(account.id)))}`,
          ),
        ]
      : []),
    cells("Encryption", markdownText(keyWord(environment))),
    ...priceLines(environment, facts),
  ];
  const title = `**${markdownText(environment.name)}** (${markdownText(classWord(environment))})`;
  return [
    facts.sandbox ? `${title}, SANDBOX` : title,
    "",
    "| | |",
    "|:--|:--|",
    ...lines,
    ...history(environment, facts),
  ].join("\n");
}

const recognised = {
  tags: "by its tags",
  file: "by the team's file",
  sharedKey: "by its shared key",
  resourceGroup: "by its resource group",
} as const;

function identity({ subscription, resourceGroup, location, recognisedBy }: Environment): readonly string[] {
  return [
    cells("Subscription", markdownText(subscription.name)),
    cells("Resource group", `${markdownText(resourceGroup)}, ${markdownText(location)}`),
    cells("Recognised", recognised[recognisedBy]),
  ];
}

function serverLines({ server }: Environment, facts: Facts): readonly string[] {
  if (server === null) return [];
  const metrics = facts.serverMetrics(server.id);
  const levels = bands(metrics);
  const size = server.sku === null ? null : findSize(server.sku.name);
  const compute = server.sku === null ? "size unknown" : markdownText(shortSku(server.sku.name));
  return [
    cells("Recall plane", `${markdownText(server.name)}, ${markdownText(lookOf(server.state).word)}`),
    cells("Compute", size === null ? compute : `${compute}, ${size.vCores} vCores, ${size.memoryGiB} GiB`),
    ...measures.map((measure) => {
      const level = levelText(measure, levels[measure]);
      const text = measureText(metrics?.[measure] ?? null, levels[measure]);
      return cells(measureNames[measure], level === null ? text : `${text} (${level})`);
    }),
    ...(metrics?.at ? [cells("Measured", age(metrics.at, facts.now()) ?? "")] : []),
  ];
}

function priceLines(environment: Environment, facts: Facts): readonly string[] {
  const cost = monthlyCost(environment, facts);
  if (cost === null) return [];
  const now = `${money(cost.now, cost.currency)} a month`;
  const full = cost.now === cost.running ? "" : `, ${money(cost.running, cost.currency)} when it runs`;
  return [cells("Server list price", `${now}${full} (prices of ${day(cost.asOf)})`)];
}

/** The blocks stand against the whole of 0 to 100 %: a steady load is a flat line, so its range is said as well. */
function history({ server }: Environment, facts: Facts): readonly string[] {
  const values = server === null ? [] : (facts.serverMetrics(server.id)?.cpuHistory ?? []);
  const measured = values.filter((value) => value !== null);
  if (measured.length === 0) return [];
  const [least, most] = [percent(Math.min(...measured)), percent(Math.max(...measured))];
  const range = least === most ? `steady at ${most}` : `${least} to ${most}`;
  return ["", `CPU, oldest to newest, ${range}: \`${sparkline(values)}\``];
}

function cells(name: string, value: string): string {
  return `| ${name} | ${value} |`;
}
