import type { Environment } from "../environments/model.ts";

/** No environment has this id or name. */
export class NotFound extends Error {
  override readonly name = "NotFound";
}

/** The name fits several environments: the id is needed. */
export class NotUnique extends Error {
  override readonly name = "NotUnique";
  readonly ids: readonly string[];

  constructor(message: string, ids: readonly string[]) {
    super(message);
    this.ids = ids;
  }
}

/** By id, else by unique name; letter case is ignored. Throws `NotFound` or `NotUnique`. */
export function findEnvironment(environments: readonly Environment[], idOrName: string): Environment {
  const wanted = idOrName.trim().toLowerCase();
  const byId = environments.find((one) => one.id === wanted);
  if (byId) return byId;
  const named = environments.filter((one) => one.name.toLowerCase() === wanted);
  const [first] = named;
  if (first === undefined) throw new NotFound(`There is no environment named "${idOrName}".`);
  if (named.length === 1) return first;
  const ids = named.map((one) => one.id);
  throw new NotUnique(
    `"${idOrName}" is the name of ${named.length} environments: ${ids.join(", ")}. Give the id.`,
    ids,
  );
}
