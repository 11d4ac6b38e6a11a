/** The parts of oav's loaded documents that are touched below; it gives them no public type. */
interface LoadedOperation {
  readonly _path: { readonly _pathTemplate: string; readonly _pathRegex: RegExp; readonly _spec: object };
}

interface Searcher {
  readonly cache: ReadonlyMap<string, ReadonlyMap<string, ReadonlyMap<string, readonly LoadedOperation[]>>>;
}

/**
 * Makes oav stricter than Azure's clients must be, for answers that are our own: every open enum counts as closed (a
 * word that the document does not list is a slip of ours), and a key's `versions` is no version.
 */
export function sharpen(searcher: unknown): void {
  const seen = new Set<object>();
  for (const operation of loaded(searcher as Searcher)) {
    closeEnums(operation._path._spec, seen);
    if (operation._path._pathTemplate === "/keys/{key-name}/{key-version}") refuseWords(operation._path._pathRegex);
  }
}

function loaded({ cache }: Searcher): LoadedOperation[] {
  const byMethod = [...cache.values()].flatMap((versions) => [...versions.values()]);
  return byMethod.flatMap((methods) => [...methods.values()]).flat();
}

function closeEnums(root: object, seen: Set<object>): void {
  const left: object[] = [root];
  for (let node = left.pop(); node !== undefined; node = left.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    const open = (node as { "x-ms-enum"?: { modelAsString?: boolean } })["x-ms-enum"];
    if (open?.modelAsString === true) open.modelAsString = false;
    left.push(...Object.values(node).filter((value): value is object => typeof value === "object" && value !== null));
  }
}

function refuseWords(regex: RegExp): void {
  regex.exec = (text) =>
    /\/(versions|rotationpolicy)\/?$/.test(text) ? null : RegExp.prototype.exec.call(regex, text);
}
