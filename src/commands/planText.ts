import { plainText } from "../environments/text.ts";
import type { Finding } from "../environments/model.ts";
import type { Plan } from "../operations/model.ts";
import { day, money } from "../tree/format.ts";

/** A plan as a person confirms it: what it means for connections and money first, what is sent and by whom last. */
export function planLines(plan: Plan): readonly string[] {
  const { receipt } = plan;
  const sections: readonly (readonly string[])[] = [
    [
      line("Today", receipt.today),
      line("Downtime", receipt.downtime.text),
      ...(receipt.money === null ? [] : [line("Cost", moneyText(plan))]),
    ],
    bullets("Mind", warnings(plan.findings)),
    bullets("What follows", receipt.effects),
    [
      ...bullets("Cannot be undone", receipt.cannotBeUndone),
      ...(receipt.undo === null ? [] : [line("Way back", receipt.undo)]),
    ],
    plan.steps.map(({ request }) => plainText(request.az, 1000)),
    [line("Acting", receipt.actor)],
  ];
  return sections
    .filter((section) => section.length > 0)
    .flatMap((section, index) => (index === 0 ? section : ["", ...section]));
}

export function moneyText({ receipt: { money: cost } }: Plan): string {
  if (cost === null) return "not known";
  const { before, after, currency, pricesAsOf } = cost;
  const figure = (amount: number | null): string => (amount === null ? "not known" : money(amount, currency));
  const change =
    before === after ? `${figure(before)} a month, as today` : `${figure(before)} → ${figure(after)} a month`;
  const dated = pricesAsOf === null ? "list price" : `list prices of ${day(pricesAsOf)}`;
  return `${change} (${dated})`;
}

/** The whole plan as a Markdown document: the receipt, the findings and the exact requests. */
export function planDocument(plans: readonly Plan[]): string {
  const sandbox = plans.some((plan) => plan.sandbox)
    ? ["> SANDBOX: a local Azure. Nothing leaves this machine.", ""]
    : [];
  const overview = plans.length > 1 ? [...overviewTable(plans), ""] : [];
  return [...sandbox, ...overview, ...plans.map(planSection)].join("\n");
}

/** One row a target: what each would do, or why it would not. */
export function overviewTable(plans: readonly Plan[]): readonly string[] {
  return [
    "| Environment | Class | What | Downtime | Cost a month | |",
    "|:--|:--|:--|:--|:--|:--|",
    ...plans.map((plan) => `| ${overviewCells(plan).map(cell).join(" | ")} |`),
  ];
}

function overviewCells(plan: Plan): readonly string[] {
  const { receipt } = plan;
  const cost = receipt.money === null ? "" : moneyText(plan).replace(/ a month.*/s, "");
  return [plan.environment.name, plan.class, receipt.title, receipt.downtime.class, cost, verdict(plan)];
}

/** `ready`, `already so`, or what stands against it. */
export function verdict(plan: Plan): string {
  const error = plan.findings.find(({ severity }) => severity === "error");
  if (error) return error.message;
  return plan.steps.length === 0 ? "already so" : "ready";
}

export function isRefused(plan: Plan): boolean {
  return plan.findings.some(({ severity }) => severity === "error");
}

function planSection(plan: Plan): string {
  const requests = plan.steps.flatMap(({ title, request }) => [
    `### ${plainText(title)}`,
    "",
    "```http",
    `${request.method} ${request.url}`,
    ...(request.body === null || request.body === undefined ? [] : ["", JSON.stringify(request.body, null, 2)]),
    "```",
    "",
    "```sh",
    request.az,
    "```",
    "",
  ]);
  const findings = plan.findings.map(
    ({ severity, message, source }) =>
      `- ${severity}: ${plainText(message, 1000)}${source === null ? "" : ` (${plainText(source)})`}`,
  );
  const lines = planLines({ ...plan, findings: [], steps: [] });
  const note = plan.receipt.money?.note ?? "";
  return [
    `# ${plainText(plan.receipt.title)}`,
    "",
    ...lines.map(toMarkdown),
    ...(note === "" ? [] : ["", `About the cost: ${plainText(note, 1000)}`]),
    "",
    ...(findings.length === 0 ? [] : ["## Findings", "", ...findings, ""]),
    ...(requests.length === 0 ? ["Nothing would be sent.", ""] : ["## Requests, in this order", "", ...requests]),
    `Plan \`${plan.planHash.slice(0, 12)}\`, made ${plan.madeAt} (Azure's time).`,
    "",
  ].join("\n");
}

function toMarkdown(text: string): string {
  if (text === "") return text;
  return text.startsWith("• ") ? `- ${text.slice(2)}` : `${text}  `;
}

function warnings(findings: readonly Finding[]): readonly string[] {
  return findings.filter(({ severity }) => severity !== "info").map(({ message }) => message);
}

function line(name: string, text: string): string {
  return `${name}: ${plainText(text, 1000)}`;
}

function bullets(name: string, texts: readonly string[]): readonly string[] {
  if (texts.length === 0) return [];
  if (texts.length === 1) return [line(name, texts[0] ?? "")];
  return [`${name}:`, ...texts.map((text) => `• ${plainText(text, 1000)}`)];
}

function cell(text: string): string {
  return plainText(text).replaceAll("|", "\\|");
}
