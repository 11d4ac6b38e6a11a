import * as vscode from "vscode";
import type { Environment, Server } from "../environments/model.ts";
import { scaleTargets } from "../environments/scaleTargets.ts";
import { plainText } from "../environments/text.ts";
import { pickOne } from "../platform/prompts.ts";
import type { Session } from "../tree/session.ts";
import { isState } from "../tree/states.ts";
import { askBackup } from "./askBackup.ts";
import { commonTargets } from "./commonTargets.ts";
import type { CommandContext, Handler } from "./context.ts";
import { operate } from "./operate.ts";
import { sizeChoices } from "./sizeChoices.ts";
import { environmentsFor } from "./targets.ts";

/** Scales servers to a size their own capabilities list allows, with its price beside today's. */
export function scaleCompute(context: CommandContext): Handler {
  return async (...args) => {
    const session = await context.sessions.open();
    const title = vscode.l10n.t("Scale Compute");
    const environments = await environmentsFor(session, args, {
      title,
      fits: ({ server }) => isState(server?.state ?? null, "Ready"),
      none: vscode.l10n.t("No server is running; a stopped server cannot be scaled."),
    });
    const sku = await pickSize(session, environments);
    const backupFirst = await askBackup(environments, session.now());
    const request = { operation: "scale", sku, backupFirst } as const;
    await operate(context, session, { environments, work: { request, verb: vscode.l10n.t("Scale") } });
  };
}

/** Of several servers: what every one of them may take, with the sum of their prices. */
async function pickSize(session: Session, environments: readonly Environment[]): Promise<string> {
  const names = environments.map(({ name }) => plainText(name)).join(", ");
  const servers = environments.flatMap(({ server }) => server ?? []);
  const picked = await pickOne(choices(session, servers), {
    title: `${session.sandbox ? "SANDBOX: " : ""}${vscode.l10n.t("Scale Compute: {0}", names)}`,
    placeholder:
      servers.length > 1
        ? vscode.l10n.t(
            "Sizes Azure offers all {0} servers, with list prices for them together, a month",
            servers.length,
          )
        : vscode.l10n.t("Sizes Azure offers this server, with list prices for a month of 730 hours"),
  });
  if (picked.restriction !== null)
    throw new Error(vscode.l10n.t("{0} cannot be chosen here: {1}", picked.sku, picked.restriction));
  return picked.sku;
}

async function choices(session: Session, servers: readonly Server[]) {
  const offers = await Promise.all(
    servers.map(async (server) => ({
      server,
      offered: await session.remote.capabilities(server.id),
      prices: await session.prices.table(server.location),
    })),
  );
  const [first] = offers;
  if (first === undefined) throw new Error(vscode.l10n.t("The environment has no server."));
  const targets = commonTargets(offers.map(({ server, offered, prices }) => scaleTargets(server, offered, prices)));
  if (targets.length === 0) throw new Error(vscode.l10n.t("Azure offers these servers no size in common."));
  const restricted = first.offered.sizes.filter(({ restriction }) => restriction !== null);
  return sizeChoices(targets, restricted, first.server.sku?.tier ?? null);
}
