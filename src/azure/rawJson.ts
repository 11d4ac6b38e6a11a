import { guarded } from "./errors.ts";
import type { RequestKind } from "./requestKind.ts";
import { pause } from "../environments/breather.ts";
import { notSent } from "./arm.ts";
import { text } from "./json.ts";
import { AzureError } from "./ports.ts";
import { malformed } from "./transportErrors.ts";

/** What both SDK generations hand to `onResponse`. */
interface RawResponse {
  readonly status: number;
  readonly bodyAsText?: string | null;
}

export interface SdkOptions {
  readonly onResponse: (response: RawResponse) => void;
  readonly abortSignal?: AbortSignal;
}

export interface SdkRead {
  readonly what: string;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs an SDK's read and returns Azure's own JSON of each answer: one mapper then serves GET and Resource Graph alike,
 * and nothing an SDK does not know is lost. An SDK that stumbles over a missing property of a 200 (arm-storage does) has
 * still delivered it.
 */
export async function rawJson(
  read: SdkRead,
  call: (options: SdkOptions) => Promise<unknown>,
): Promise<readonly unknown[]> {
  const kind: RequestKind = { access: "read", what: read.what };
  const bodies: unknown[] = [];
  const links = new Set<string>();
  await answersOf(read, call, (answer) => {
    const body: unknown = JSON.parse(answer);
    const link = text(body, "nextLink");
    if (link !== null && links.has(link)) throw malformed(kind, "repeats a page");
    if (link !== null) links.add(link);
    bodies.push(body);
  });
  return bodies;
}

/** As `rawJson`, for a single answer; the SDK's reading of a large one and ours are two stretches of work, not one. */
export async function oneJson(read: SdkRead, call: (options: SdkOptions) => Promise<unknown>): Promise<unknown> {
  const kind: RequestKind = { access: "read", what: read.what };
  let answer = "null";
  await answersOf(read, call, (found) => void (answer = found));
  await pause();
  const body: unknown = await guarded(kind, async () => JSON.parse(answer));
  await pause();
  if (typeof body === "object" && body !== null) return body;
  throw malformed(kind, "is empty");
}

async function answersOf(
  read: SdkRead,
  call: (options: SdkOptions) => Promise<unknown>,
  take: (answer: string) => void,
): Promise<void> {
  const kind: RequestKind = { access: "read", what: read.what };
  if (read.signal?.aborted) throw notSent(kind);
  let refused = false;
  let taken = false;
  const onResponse = (response: RawResponse) => {
    if (response.status !== 200) return void (refused = true);
    take(response.bodyAsText ?? "null");
    taken = true;
  };
  const options = { onResponse, ...(read.signal ? { abortSignal: read.signal } : {}) };
  await guarded(kind, async () => {
    try {
      await call(options);
    } catch (error) {
      if (refused || !taken || !stumbled(error)) throw error;
    }
  });
}

/** A programming error inside an SDK's deserialiser, as opposed to anything that came from the network. */
function stumbled(error: unknown): boolean {
  if (error instanceof AzureError) return false;
  return error instanceof TypeError || /deserializing the responseBody/.test((error as Error)?.message ?? "");
}
