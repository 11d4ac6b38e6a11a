import * as vscode from "vscode";
import type { OfferedSize } from "../environments/guardsScale.ts";
import type { ScaleTarget } from "../environments/scaleTargets.ts";
import { plainText } from "../environments/text.ts";
import { separator, type Choice, type Separator } from "../platform/prompts.ts";
import { day, joined, money, moneyDifference, plural, shortSku } from "../tree/format.ts";
import { tierName } from "../tree/recallRows.ts";

export interface PickedSize {
  readonly sku: string;
  readonly restriction: string | null;
}

/** Today's size and its neighbours, then all others by tier, the own tier first; what Azure restricts stands last. */
export function sizeChoices(
  targets: readonly ScaleTarget[],
  restricted: readonly OfferedSize[],
  currentTier: string | null,
): readonly (Choice<PickedSize> | Separator)[] {
  const near = targets.filter(({ current, neighbour }) => current || neighbour !== "none");
  const far = targets.filter((target) => !near.includes(target));
  const tiers = [...new Set(far.map(({ size }) => size.tier))];
  const ordered = tiers.toSorted((left, right) => Number(right === currentTier) - Number(left === currentTier));
  return [
    ...(near.length === 0 ? [] : [separator(vscode.l10n.t("Now and next to it"))]),
    ...near.map(targetChoice),
    ...ordered.flatMap((tier) => [
      separator(tierName(tier)),
      ...far.filter(({ size }) => size.tier === tier).map(targetChoice),
    ]),
    ...(restricted.length === 0 ? [] : [separator(vscode.l10n.t("Restricted by Azure here"))]),
    ...restricted.map(restrictedChoice),
  ];
}

function targetChoice({
  size,
  current,
  monthly,
  change,
  currency,
  pricesAsOf,
  neighbour,
}: ScaleTarget): Choice<PickedSize> {
  const price =
    monthly === null || currency === null
      ? vscode.l10n.t("price not known")
      : joined([
          `${money(monthly, currency)} a month`,
          !current && change !== null && moneyDifference(change, currency),
        ]);
  const marks = { smaller: vscode.l10n.t("next smaller"), larger: vscode.l10n.t("next larger"), none: null };
  // Once is enough: all of them are of one price list.
  const dated =
    !current || pricesAsOf === null || pricesAsOf === "" ? null : vscode.l10n.t("prices of {0}", day(pricesAsOf));
  return {
    label: `${current ? "$(check) " : ""}${shortSku(size.name)}`,
    description: joined([
      plural(size.vCores, "vCore"),
      `${size.memoryGiB} GiB`,
      current ? vscode.l10n.t("current size") : marks[neighbour],
    ]),
    detail: joined([
      price,
      size.maxIops === null ? null : vscode.l10n.t("up to {0} IOPS", size.maxIops.toLocaleString("en")),
      dated,
    ]),
    value: { sku: size.name, restriction: null },
  };
}

function restrictedChoice({ name, vCores, memoryGiB, restriction }: OfferedSize): Choice<PickedSize> {
  return {
    label: `$(circle-slash) ${shortSku(plainText(name))}`,
    description: joined([plural(vCores, "vCore"), `${memoryGiB} GiB`]),
    detail: plainText(restriction ?? ""),
    value: { sku: name, restriction },
  };
}
