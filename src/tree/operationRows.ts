import type { OperationRecord, OperationStatus } from "../operations/model.ts";
import { markdownText, plainText } from "../environments/text.ts";
import { age, joined, timer } from "./format.ts";
import { noTarget, row, type Icon, type Row } from "./row.ts";

const icons: Readonly<Record<OperationStatus, Icon>> = {
  notStarted: { name: "circle-outline", color: null },
  running: { name: "sync~spin", color: "charts.blue" },
  succeeded: { name: "pass", color: "charts.green" },
  failed: { name: "error", color: "charts.red" },
  canceled: { name: "circle-slash", color: null },
  unknown: { name: "question", color: "charts.orange" },
};

/** Operations, what still runs or needs a look first, then the newest. */
export function operationRows(records: readonly OperationRecord[], now: Date): readonly Row[] {
  return [...records].sort(byUrgency).map((record) => operationRow(record, now));
}

function byUrgency(left: OperationRecord, right: OperationRecord): number {
  const open = Number(isOpen(right)) - Number(isOpen(left));
  return open || right.startedAt.localeCompare(left.startedAt);
}

export function isOpen({ status }: Pick<OperationRecord, "status">): boolean {
  return status === "notStarted" || status === "running" || status === "unknown";
}

function operationRow(record: OperationRecord, now: Date): Row {
  const title = plainText(record.title);
  return row({
    id: record.id,
    label: title,
    description: describe(record, now),
    icon: icons[record.status],
    tokens: tokensOf(record),
    spoken: `${title}, ${statusWord(record)}, ${describe(record, now).replaceAll(" · ", ", ")}`,
    expand: record.status === "failed" || record.status === "unknown" ? "open" : "closed",
    tooltip: () => tooltip(record, now),
    children: () => stepRows(record, now),
    target: {
      ...noTarget,
      operationId: record.id,
      environmentId: record.environmentId,
      resourceId: record.resources[0]?.id ?? null,
    },
  });
}

/** `Azure is stopping orders-dev-pg · 1:40`, `failed, ServerIsBusy · 3 min ago`. */
function describe(record: OperationRecord, now: Date): string {
  if (record.status === "running" || record.status === "notStarted")
    return joined([plainText(record.phase), elapsed(record, now), record.followedHere ? null : "followed elsewhere"]);
  const word = record.error ? `${statusWord(record)}, ${plainText(record.error.code)}` : statusWord(record);
  return joined([word, age(record.endedAt, now) ?? elapsed(record, now)]);
}

/** Azure's time, so that in a sped-up sandbox it is what the server would have taken. */
function elapsed({ startedAt, endedAt }: OperationRecord, now: Date): string {
  return timer((endedAt === null ? now.getTime() : Date.parse(endedAt)) - Date.parse(startedAt));
}

export function statusWord({ status }: Pick<OperationRecord, "status">): string {
  const words: Readonly<Record<OperationStatus, string>> = {
    notStarted: "not started",
    running: "running",
    succeeded: "done and verified",
    failed: "failed",
    canceled: "canceled",
    unknown: "outcome unknown",
  };
  return words[status];
}

function stepRows(record: OperationRecord, now: Date): readonly Row[] {
  const { id, steps, error } = record;
  return [
    detail(id, ["environment", "Environment", plainText(record.environment), "symbol-namespace"]),
    detail(id, ["phase", "Phase", plainText(record.phase), "arrow-right"]),
    detail(id, ["steps", "Steps", `${steps.done} of ${steps.total}`, "checklist"]),
    detail(id, ["time", "Time", elapsed(record, now), "watch"]),
    ...(error ? [detail(id, ["error", plainText(error.code), plainText(error.message), "error"])] : []),
    ...(record.status === "unknown" ? [detail(id, ["next", "What now", unknownAdvice, "lightbulb"])] : []),
  ];
}

/** Azure may or may not have acted: sending again could act twice, looking never does. */
const unknownAdvice = "Azure may have acted. Check again: it only reads. Nothing is sent twice.";

function detail(id: string, [key, label, description, icon]: readonly [string, string, string, string]): Row {
  return row({ id: `${id}|${key}`, label, description, icon: { name: icon, color: null } });
}

function tooltip(record: OperationRecord, now: Date): string {
  const lines = [
    `**${markdownText(record.title)}**`,
    `${statusWord(record)}, ${elapsed(record, now)}`,
    markdownText(record.phase),
    ...(record.error
      ? [`\`${record.error.code.replace(/[^\w.-]/g, "")}\` ${markdownText(record.error.message, 1000)}`]
      : []),
    ...(record.status === "unknown" ? [unknownAdvice] : []),
    ...(record.sandbox ? ["SANDBOX"] : []),
  ];
  return lines.join("\n\n");
}

function tokensOf(record: OperationRecord): readonly string[] {
  const active = record.status === "running" || record.status === "notStarted";
  return [
    "operation",
    "plan",
    ...(record.resources.length > 0 ? ["portal"] : []),
    ...(active && record.followedHere ? ["followed"] : []),
    ...(record.status === "unknown" || (active && !record.followedHere) ? ["resumable"] : []),
  ];
}
