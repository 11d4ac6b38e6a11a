import * as z from "zod/mini";
import { sha256, stableJson } from "./hash.ts";

/** The journal's schema; a file with a higher one is read-only for this version. */
export const journalVersion = 1;

const text = z.string();
const maybeText = z.nullable(text);
const facts = z.record(text, z.unknown());
const step = z.object({
  change: z.looseObject({ kind: text, id: text }),
  title: text,
  before: facts,
  expect: facts,
});
const failure = z.nullable(z.object({ code: text, message: text, reason: text }));

const bodies = z.discriminatedUnion("state", [
  z.object({
    state: z.literal("planned"),
    kind: z.enum(["stop", "start", "restart", "scale", "configure", "tag"]),
    environment: text,
    environmentId: text,
    title: text,
    actor: text,
    planHash: text,
    madeAt: text,
    sandbox: z.boolean(),
    steps: z.array(step),
  }),
  z.object({ state: z.literal("intent"), step: z.number(), resourceId: text, preImage: facts }),
  z.object({ state: z.literal("accepted"), step: z.number(), poller: maybeText, requestId: maybeText }),
  z.object({
    state: z.literal("outcome"),
    step: z.number(),
    outcome: z.enum(["happened", "notHappened", "unknown", "failed", "canceled"]),
    after: z.nullable(facts),
    error: failure,
  }),
  z.object({ state: z.literal("waiting"), status: z.enum(["running", "unknown"]), phase: text, error: failure }),
  z.object({ state: z.literal("ended"), status: z.enum(["succeeded", "failed", "canceled"]), error: failure }),
  z.object({ state: z.literal("acknowledged"), reason: text }),
]);

const envelope = z.object({
  v: z.literal(journalVersion),
  seq: z.number(),
  prevHash: text,
  /** This machine's clock; `azureDate` is Azure's (the sandbox's virtual) time. */
  ts: text,
  azureDate: text,
  opId: text,
  hash: text,
});

export type EntryBody = z.infer<typeof bodies>;
export type PlannedEntry = Extract<EntryBody, { state: "planned" }>;
export type Failure = z.infer<typeof failure>;
export type Entry = z.infer<typeof envelope> & { readonly body: EntryBody };

export interface Chain {
  readonly entries: readonly Entry[];
  /** `torn`: the last line was cut off and is ignored. `broken`: the chain does not hold. `newer`: a later version wrote it. */
  readonly fault: "none" | "torn" | "broken" | "newer";
  /** Bytes up to the end of the last whole entry. */
  readonly length: number;
}

export interface EntryHead {
  readonly seq: number;
  readonly prevHash: string;
  readonly azureDate: string;
  readonly opId: string;
}

/** One line of the journal, its hash over everything before it. Never a token: bodies have no place for one. */
export function writeEntry(head: EntryHead, body: EntryBody): { readonly line: string; readonly entry: Entry } {
  const open = { v: journalVersion, ...head, ts: new Date().toISOString(), body } as const;
  const entry: Entry = { ...open, hash: hashOf(open) };
  return { line: `${JSON.stringify(entry)}\n`, entry };
}

/** Reads a whole file; a torn last line is reported, a break before it stops the reading. */
export function readChain(content: string): Chain {
  const lines = content.split("\n");
  const tail = lines.pop() ?? "";
  const entries: Entry[] = [];
  let length = 0;
  for (const [index, line] of lines.entries()) {
    const next = parseEntry(line, entries.at(-1));
    const last = index === lines.length - 1 && tail === "";
    if (next === "newer") return { entries, fault: "newer", length };
    if (next === null) return { entries, fault: last && !line.endsWith("}") ? "torn" : "broken", length };
    entries.push(next);
    length += Buffer.byteLength(line) + 1;
  }
  return { entries, fault: tail === "" ? "none" : "torn", length };
}

function parseEntry(line: string, previous: Entry | undefined): Entry | "newer" | null {
  const raw = parseJson(line);
  if (raw === null || typeof raw !== "object") return null;
  const { body, hash, ...head } = raw as { body?: unknown; hash?: unknown; v?: unknown };
  if (typeof head.v === "number" && head.v > journalVersion) return "newer";
  const checkedHead = envelope.safeParse({ ...head, hash });
  const checkedBody = bodies.safeParse(body);
  if (!checkedHead.success || !checkedBody.success) return null;
  const entry = { ...checkedHead.data, body: checkedBody.data } as Entry;
  const follows = entry.seq === (previous?.seq ?? -1) + 1 && entry.prevHash === (previous?.hash ?? "");
  return follows && hashOf({ ...head, body }) === hash ? entry : null;
}

function hashOf(open: object): string {
  return sha256(stableJson(open));
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return null;
  }
}
