import type { Finding } from "../environments/model.ts";
import type { Plan } from "../operations/model.ts";

/** The plan in the shape of `--plan --json` (design.md section 6). */
export function planDocument(plan: Plan): unknown {
  return {
    planHash: plan.planHash,
    operation: plan.operation,
    environment: plan.environment.name,
    environmentId: plan.environment.id,
    class: plan.class,
    requests: plan.steps.map(({ request: { method, url, body, az } }) => ({ method, url, body: body ?? null, az })),
    findings: plan.findings.map(({ code, severity, message, source }) => ({ code, severity, message, source })),
    receipt: plan.receipt,
    madeAt: plan.madeAt,
    sandbox: plan.sandbox,
  };
}

/** The same for people. */
export function planLines(plan: Plan): readonly string[] {
  const { receipt } = plan;
  return [
    `${receipt.title}  (${plan.environment.name}, class ${plan.class}, as ${receipt.actor})`,
    `  Today     ${receipt.today}`,
    ...(plan.steps.length === 0 ? [] : [`  Downtime  ${receipt.downtime.text}`, ...moneyLines(plan)]),
    ...(plan.steps.length === 0 ? [] : receipt.effects.map((effect) => `  Effect    ${effect}`)),
    ...(plan.steps.length === 0 ? [] : receipt.cannotBeUndone.map((loss) => `  For good  ${loss}`)),
    ...(receipt.undo === null || plan.steps.length === 0 ? [] : [`  Undo      ${receipt.undo}`]),
    ...plan.findings.map(findingLine),
    ...plan.steps.flatMap(({ request }) => [
      `  Sends     ${request.method} ${request.url}`,
      ...(request.body === null || request.body === undefined ? [] : [`            ${JSON.stringify(request.body)}`]),
      `            ${request.az}`,
    ]),
    ...(plan.steps.length === 0 ? ["  Sends     nothing"] : []),
    ...(plan.steps.length === 0 ? [] : [`  Plan      ${plan.planHash}`]),
  ];
}

function moneyLines(plan: Plan): readonly string[] {
  const { money } = plan.receipt;
  if (money === null) {
    const isFree = plan.operation === "restart" || plan.operation === "tag";
    return [`  A month   ${isFree ? "no change" : "not known: no price is known here"}`];
  }
  const amount = (value: number | null): string =>
    value === null ? "unknown" : `${value.toFixed(2)} ${money.currency}`;
  const change = money.before === null || money.after === null ? "" : ` (${signed(money.after - money.before)})`;
  const date = money.pricesAsOf === null ? "" : `, prices of ${money.pricesAsOf.slice(0, 10)}`;
  return [`  A month   ${amount(money.before)} → ${amount(money.after)}${change}${date}`, `            ${money.note}`];
}

function signed(value: number): string {
  return `${value >= 0 ? "+" : "−"}${Math.abs(value).toFixed(2)}`;
}

function findingLine({ severity, message }: Finding): string {
  const word = { error: "Error", warning: "Warning", info: "Note" }[severity];
  return `  ${word.padEnd(9)} ${message}`;
}
