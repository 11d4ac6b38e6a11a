import * as vscode from "vscode";
import type { Environment, Server } from "../environments/model.ts";
import { pickOne, type Choice } from "../platform/prompts.ts";
import { serverMonthly, type PriceTable } from "../sizing/prices.ts";
import { joined, money, moneyDifference } from "../tree/format.ts";
import type { Session } from "../tree/session.ts";
import { isState } from "../tree/states.ts";
import { askBackup } from "./askBackup.ts";
import { sum } from "./commonTargets.ts";
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

interface Priced {
  readonly server: Server;
  readonly prices: PriceTable;
}

async function choices(session: Session, environments: readonly Environment[]): Promise<readonly Choice<number>[]> {
  const servers = environments.flatMap(({ server }) => server ?? []);
  if (servers.length === 0) throw new Error(vscode.l10n.t("The environment has no server."));
  const offers = await Promise.all(servers.map(({ id }) => session.remote.capabilities(id)));
  const priced = await Promise.all(
    servers.map(async (server) => ({ server, prices: await session.prices.table(server.location) })),
  );
  const largest = Math.max(...servers.map(({ storage }) => storage?.sizeGiB ?? 0));
  const sizes = (offers[0]?.storageSizesGiB ?? []).filter(
    (size) => size >= largest && offers.every((one) => one.storageSizesGiB.includes(size)),
  );
  if (!sizes.some((size) => size > largest))
    throw new Error(vscode.l10n.t("Azure lists no larger disk for this server."));
  return sizes.map((size) => toChoice(size, priced));
}

/** Each server by its own prices, size and standby; of several the sum. */
function toChoice(size: number, priced: readonly Priced[]): Choice<number> {
  const current = priced.every(({ server }) => server.storage?.sizeGiB === size);
  const crosses = size >= 4096 && priced.some(({ server }) => (server.storage?.sizeGiB ?? 0) < 4096);
  const currency = priced[0]?.prices.currency ?? "USD";
  const comparable = priced.every(({ prices }) => prices.currency === currency);
  const after = comparable ? sum(priced.map((one) => monthly(one, size))) : null;
  const before = comparable ? sum(priced.map((one) => monthly(one, one.server.storage?.sizeGiB ?? 0))) : null;
  const price = after === null ? vscode.l10n.t("price not known") : `${money(after, currency)} a month`;
  const change = after === null || before === null || current ? null : moneyDifference(after - before, currency);
  return {
    label: `${current ? "$(check) " : ""}${size.toLocaleString("en")} GiB`,
    description: joined([
      current && vscode.l10n.t("current size"),
      crosses && vscode.l10n.t("crosses 4,096 GiB: other disk caching"),
    ]),
    detail: joined([price, change]),
    value: size,
  };
}

function monthly({ server, prices }: Priced, storageGiB: number): number | null {
  if (server.sku === null) return null;
  const highAvailability =
    server.highAvailability.mode === "sameZone" || server.highAvailability.mode === "zoneRedundant";
  return serverMonthly({ skuName: server.sku.name, storageGiB, highAvailability }, prices)?.total ?? null;
}
