import * as vscode from "vscode";
import { plainText } from "../environments/text.ts";
import type { Session } from "../tree/session.ts";
import { environmentsFor, targetsOf } from "./targets.ts";

export interface ChosenResource {
  readonly id: string;
  readonly name: string;
  readonly tenantId: string;
  readonly hostName: string | null;
}

/** The resources of the rows, or the server (else the account) of an environment picked from a list. */
export async function resourcesFor(
  session: Session,
  args: readonly unknown[],
  title: string,
): Promise<readonly ChosenResource[]> {
  const ids = targetsOf(args).flatMap(({ resourceId }) => resourceId ?? []);
  if (ids.length > 0) return [...new Set(ids)].map((id) => resourceOf(session, id));
  const environments = await environmentsFor(session, args, {
    title,
    fits: () => true,
    none: vscode.l10n.t("There is no environment."),
  });
  return environments.flatMap(({ server, account }) => {
    const id = server?.id ?? account?.id;
    return id === undefined ? [] : [resourceOf(session, id)];
  });
}

function resourceOf(session: Session, id: string): ChosenResource {
  const environment = session.inventory.environmentOf(id);
  const servers = [environment?.server, ...(environment?.replicas ?? [])];
  const server = servers.find((one) => one?.id.toLowerCase() === id.toLowerCase());
  return {
    id,
    name: plainText(id.split("/").at(-1) ?? id),
    tenantId: environment?.subscription.tenantId ?? "",
    hostName: server?.hostName ?? null,
  };
}
