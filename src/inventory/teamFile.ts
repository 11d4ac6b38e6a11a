import * as z from "zod/mini";
import type { Pin, Pins } from "../environments/recognise.ts";
import { classes } from "../environments/tags.ts";

export const teamFileName = "engram.environments.json";

/** A larger file is not read. */
export const teamFileLimit = 1024 * 1024;

/** The file cannot be used; `message` is one sentence for people. */
export class TeamFileError extends Error {
  override readonly name = "TeamFileError";
}

const serverId =
  /^\/subscriptions\/[0-9a-f-]{36}\/resourceGroups\/[^/]+\/providers\/Microsoft\.DBforPostgreSQL\/flexibleServers\/[^/]+$/i;
const accountId =
  /^\/subscriptions\/[0-9a-f-]{36}\/resourceGroups\/[^/]+\/providers\/Microsoft\.Storage\/storageAccounts\/[^/]+$/i;

const pin = z.strictObject({
  name: z.string().check(z.trim(), z.minLength(1), z.maxLength(200)),
  class: z.enum(classes),
  server: z.string().check(z.regex(serverId)),
  account: z._default(z.nullable(z.string().check(z.regex(accountId))), null),
});

const file = z.strictObject({
  $schema: z.optional(z.string()),
  environments: z.array(pin).check(z.maxLength(10_000)),
});

/** Text of `engram.environments.json` to pins. Throws `TeamFileError` with one clear sentence; never half a result. */
export function parseTeamFile(text: string): Pins {
  if (Buffer.byteLength(text) > teamFileLimit) throw new TeamFileError(`${teamFileName} is larger than 1 MiB.`);
  const result = file.safeParse(parseJson(text));
  if (!result.success) throw new TeamFileError(sentence(result.error.issues[0]));
  refuseDuplicates(result.data.environments);
  return result.data.environments;
}

/** Pins to text: stable order and layout, so that the file's changes read well in a review. */
export function writeTeamFile(pins: Pins): string {
  const environments = pins.map(({ name, class: word, server, account }) => ({ name, class: word, server, account }));
  return `${JSON.stringify({ environments }, null, 2)}\n`;
}

/** Adds a pin, or replaces the one of the same server. */
export function withPin(pins: Pins, pin: Pin): Pins {
  const same = (one: Pin): boolean => one.server.toLowerCase() === pin.server.toLowerCase();
  return pins.some(same) ? pins.map((one) => (same(one) ? pin : one)) : [...pins, pin];
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ""), refusePrototype);
  } catch (error) {
    if (error instanceof TeamFileError) throw error;
    throw new TeamFileError(`${teamFileName} is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function refusePrototype(key: string, value: unknown): unknown {
  if (key === "__proto__") throw new TeamFileError(`${teamFileName} contains the key __proto__, which is refused.`);
  return value;
}

function sentence(issue: { readonly path: readonly PropertyKey[]; readonly code: string } | undefined): string {
  const path = (issue?.path ?? []).map(String);
  const [, index, field] = path;
  if (path.length === 0 || index === undefined) {
    return `${teamFileName} must be an object with a list "environments" of { name, class, server, account }.`;
  }
  return `${teamFileName}: environment ${Number(index) + 1} ${rule(field ?? "", issue?.code ?? "")}.`;
}

function rule(field: string, code: string): string {
  if (code === "unrecognized_keys") return "has a property that is not name, class, server or account";
  if (field === "name") return "needs a name of 1 to 200 characters";
  if (field === "class") return `needs a class of ${classes.join(", ")}`;
  if (field === "server") return "needs the ARM id of a PostgreSQL Flexible Server as server";
  if (field === "account") return "needs the ARM id of a storage account, or null, as account";
  return "must be an object with name, class, server and account";
}

function refuseDuplicates(pins: Pins): void {
  refuseTwice(
    pins.map((one) => one.server),
    "server",
  );
  refuseTwice(
    pins.flatMap((one) => one.account ?? []),
    "storage account",
  );
}

function refuseTwice(ids: readonly string[], what: string): void {
  const seen = new Set<string>();
  for (const id of ids) {
    if (seen.has(id.toLowerCase())) throw new TeamFileError(`${teamFileName} names the ${what} ${id} twice.`);
    seen.add(id.toLowerCase());
  }
}
