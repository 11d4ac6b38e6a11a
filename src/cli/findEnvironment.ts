import { AzureError, type ScopeProblem } from "../azure/ports.ts";
import type { Environment } from "../environments/model.ts";
import { NotFound } from "../inventory/find.ts";
import type { Inventory } from "../inventory/inventory.ts";
import { nearest } from "./nearest.ts";

type Fleet = Pick<Inventory, "find" | "snapshot" | "coverage">;

/**
 * By id or unique name. Throws `NotUnique`; `NotFound` when everything readable was read; `AzureError` when the
 * environment may be in what could not be read just now: then nobody knows whether it exists.
 */
export function findEnvironment(fleet: Fleet, wanted: string): Environment {
  try {
    return fleet.find(wanted);
  } catch (cause) {
    if (!(cause instanceof NotFound)) throw cause;
    const hint = hintFor(wanted, fleet.snapshot.environments);
    const { unread } = fleet.coverage;
    const passing = unread.find(({ remedy }) => remedy === "signIn" || remedy === "retry");
    if (passing !== undefined) throw unknown(wanted, { passing, unread, hint });
    throw new NotFound(`${cause.message}${hint}${forbidden(unread)}`);
  }
}

/** `Contoso Production could not be read: why`, and how many more. */
export function couldNotBeRead(unread: readonly ScopeProblem[]): string {
  const [first] = unread;
  if (first === undefined) return "";
  const names = [...new Set(unread.map(({ label }) => label))];
  const shown = names.slice(0, 3).join(", ");
  const more = names.length > 3 ? ` and ${names.length - 3} more` : "";
  return `${shown}${more} could not be read: ${first.message}`;
}

function unknown(
  wanted: string,
  { passing, unread, hint }: { readonly passing: ScopeProblem; readonly unread: readonly ScopeProblem[]; hint: string },
): AzureError {
  const rest = unread.filter((one) => one !== passing);
  const message = `Whether "${wanted}" exists is unknown: ${couldNotBeRead([passing, ...rest])}${hint}`;
  const isAuth = passing.remedy === "signIn";
  return new AzureError(isAuth ? "auth" : "unavailable", message, { code: isAuth ? passing.code : "inventoryUnread" });
}

function forbidden(unread: readonly ScopeProblem[]): string {
  if (unread.length === 0) return "";
  const names = [...new Set(unread.map(({ label }) => label))].join(", ");
  return ` What you may not read is not searched: ${names}.`;
}

/** People know their server's name better than ours, and misspell both. */
function hintFor(wanted: string, environments: readonly Environment[]): string {
  const lower = wanted.trim().toLowerCase();
  const owner = environments.find((one) => partsOf(one).some((name) => name.toLowerCase() === lower));
  if (owner !== undefined) return ` ${wanted.trim()} belongs to the environment "${owner.name}".`;
  const near = nearest(wanted.trim(), [...new Set(environments.map(({ name }) => name))]);
  return near === null ? "" : ` Did you mean "${near}"?`;
}

function partsOf({ server, replicas, account }: Environment): readonly string[] {
  return [server, ...replicas, account].flatMap((one) => (one === null ? [] : [one.name]));
}
