import type { Resource, Subscription } from "../environments/model.ts";
import { breather } from "../environments/breather.ts";
import { cachedHead, cachedResource } from "./cacheSchema.ts";

/** Where the last inventory is kept; the implementation writes atomically. */
export interface CacheStore {
  read(): Promise<string | null>;
  write(text: string): Promise<void>;
}

export interface Cached {
  /** ISO 8601, Azure's time. */
  readonly asOf: string;
  readonly sandbox: boolean;
  readonly subscriptions: readonly Subscription[];
  readonly resources: readonly Resource[];
}

/** One line for the head, one for each resource: read and written in slices, so that no line blocks for long. */
const schemaVersion = 1;

/** The cached inventory; null when there is none, it is broken in any place, or it is of the other world. */
export async function readCache(store: CacheStore, sandbox: boolean): Promise<Cached | null> {
  const text = await store.read().catch(() => null);
  if (text === null || text === "") return null;
  const [headLine = "", ...lines] = text.split("\n");
  const head = cachedHead.safeParse(parseLine(headLine));
  if (!head.success || head.data.schema !== schemaVersion || head.data.sandbox !== sandbox) return null;
  if (head.data.count !== lines.length) return null;
  const resources = await readResources(lines);
  const { asOf, subscriptions } = head.data;
  return resources && { asOf, sandbox, subscriptions, resources };
}

export async function writeCache(store: CacheStore, cached: Cached): Promise<void> {
  const { resources, ...head } = cached;
  const lines = [JSON.stringify({ schema: schemaVersion, count: resources.length, ...head })];
  const breathe = breather();
  for (const resource of resources) {
    lines.push(JSON.stringify(resource));
    await breathe();
  }
  await store.write(lines.join("\n"));
}

async function readResources(lines: readonly string[]): Promise<readonly Resource[] | null> {
  const resources: Resource[] = [];
  const breathe = breather();
  for (const line of lines) {
    const parsed = cachedResource.safeParse(parseLine(line));
    if (!parsed.success) return null;
    resources.push(parsed.data);
    await breathe();
  }
  return resources;
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
