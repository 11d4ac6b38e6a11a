import * as vscode from "vscode";
import type { Environment } from "../environments/model.ts";
import { shortName } from "../environments/guardsScale.ts";
import { scaleTargets } from "../environments/scaleTargets.ts";
import { pickOne } from "../platform/prompts.ts";
import type { Session } from "../tree/session.ts";
import { isState } from "../tree/states.ts";
import { askBackup } from "./askBackup.ts";
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

/** Of several servers the first one's list is shown, less what the others are not offered. */
async function pickSize(session: Session, environments: readonly Environment[]): Promise<string> {
  const names = environments.map(({ name }) => name).join(", ");
  const picked = await pickOne(choices(session, environments), {
    title: `${session.sandbox ? "SANDBOX: " : ""}${vscode.l10n.t("Scale Compute: {0}", names)}`,
    placeholder: vscode.l10n.t("Sizes Azure offers this server, with list prices for a month of 730 hours"),
  });
  if (picked.restriction !== null)
    throw new Error(vscode.l10n.t("{0} cannot be chosen here: {1}", picked.sku, picked.restriction));
  return picked.sku;
}

async function choices(session: Session, environments: readonly Environment[]) {
  const servers = environments.flatMap(({ server }) => server ?? []);
  const [first, ...others] = servers;
  if (first === undefined) throw new Error(vscode.l10n.t("The environment has no server."));
  const offers = await Promise.all(servers.map(({ id }) => session.remote.capabilities(id)));
  const prices = await session.prices.table(first.location);
  const [offered] = offers;
  if (offered === undefined) throw new Error(vscode.l10n.t("Azure lists no size for this server."));
  const everywhere = (name: string): boolean =>
    others.every((_, index) =>
      offers[index + 1]?.sizes.some((size) => shortName(size.name) === shortName(name) && size.restriction === null),
    );
  const targets = scaleTargets(first, offered, prices).filter(({ size }) => everywhere(size.name));
  return sizeChoices(
    targets,
    offered.sizes.filter(({ restriction }) => restriction !== null),
    first.sku?.tier ?? null,
  );
}
