import * as vscode from "vscode";
import type { Environment, Server } from "../environments/model.ts";
import { pickOne, type Choice } from "../platform/prompts.ts";
import { serverMonthly, type PriceTable } from "../sizing/prices.ts";
import { joined, money, moneyDifference } from "../tree/format.ts";
import type { Session } from "../tree/session.ts";
import { isState } from "../tree/states.ts";
import { askBackup } from "./askBackup.ts";
import type { CommandContext, Handler } from "./context.ts";
import { operate } from "./operate.ts";
import { environmentsFor } from "./targets.ts";

/** Grows a server's disk to one of the sizes Azure lists. It cannot shrink again. */
export function scaleStorage(context: CommandContext): Handler {
  return async (...args) => {
    const session = await context.sessions.open();
    const environments = await environmentsFor(session, args, {
      title: vscode.l10n.t("Scale Storage"),
      fits: ({ server }) => isState(server?.state ?? null, "Ready"),
      none: vscode.l10n.t("No server is running; a stopped server cannot be scaled."),
    });
    const storageGiB = await pickOne(choices(session, environments), {
      title: `${session.sandbox ? "SANDBOX: " : ""}${vscode.l10n.t("Scale Storage")}`,
      placeholder: vscode.l10n.t("Storage only grows: a smaller disk needs a restore into a new server"),
    });
    const backupFirst = await askBackup(environments, session.now());
    const request = { operation: "scale", storageGiB, backupFirst } as const;
    await operate(context, session, { environments, work: { request, verb: vscode.l10n.t("Scale") } });
  };
}

async function choices(session: Session, environments: readonly Environment[]): Promise<readonly Choice<number>[]> {
  const servers = environments.flatMap(({ server }) => server ?? []);
  const [first] = servers;
  if (first === undefined) throw new Error(vscode.l10n.t("The environment has no server."));
  const offers = await Promise.all(servers.map(({ id }) => session.remote.capabilities(id)));
  const prices = await session.prices.table(first.location);
  const today = Math.max(...servers.map(({ storage }) => storage?.sizeGiB ?? 0));
  const sizes = (offers[0]?.storageSizesGiB ?? []).filter(
    (size) => size >= today && offers.every((one) => one.storageSizesGiB.includes(size)),
  );
  if (!sizes.some((size) => size > today))
    throw new Error(vscode.l10n.t("Azure lists no larger disk for this server."));
  return sizes.map((size) => toChoice(size, { server: first, today, prices }));
}

function toChoice(
  size: number,
  { server, today, prices }: { readonly server: Server; readonly today: number; readonly prices: PriceTable },
): Choice<number> {
  const current = size === today;
  const before = monthly(server, today, prices);
  const after = monthly(server, size, prices);
  const price = after === null ? vscode.l10n.t("price not known") : `${money(after, prices.currency)} a month`;
  const change = after === null || before === null || current ? null : moneyDifference(after - before, prices.currency);
  return {
    label: `${current ? "$(check) " : ""}${size.toLocaleString("en")} GiB`,
    description: joined([
      current && vscode.l10n.t("current size"),
      size >= 4096 && today < 4096 && vscode.l10n.t("crosses 4,096 GiB: other disk caching"),
    ]),
    detail: joined([price, change]),
    value: size,
  };
}

function monthly(server: Server, storageGiB: number, prices: PriceTable): number | null {
  if (server.sku === null) return null;
  const highAvailability =
    server.highAvailability.mode === "sameZone" || server.highAvailability.mode === "zoneRedundant";
  return serverMonthly({ skuName: server.sku.name, storageGiB, highAvailability }, prices)?.total ?? null;
}
