import type { JournalFile } from "./journal.ts";

/** What is read by itself: unfinished operations, and of the finished ones the newest, and none that is too old. */
export interface Recent {
  readonly files: readonly JournalFile[];
  /** Finished ones that are there and not read until somebody asks. */
  readonly older: readonly JournalFile[];
}

const most = 500;
const oldestDays = 90;

/** By the names alone, no file is opened: an id carries Azure's time of its beginning. Nothing is ever deleted. */
export function recentOf(all: readonly JournalFile[], now: Date): Recent {
  const open = all.filter((file) => file.open);
  const done = all.filter((file) => !file.open).map((file) => ({ file, began: beganOf(file.name) }));
  done.sort((left, right) => (left.began < right.began ? 1 : -1));
  const since = digits(new Date(now.getTime() - oldestDays * 86_400_000));
  const kept = done.findIndex(({ began }, index) => index >= most || began < since);
  const count = kept === -1 ? done.length : kept;
  const files = done.map(({ file }) => file);
  return { files: [...open, ...files.slice(0, count)], older: files.slice(count) };
}

/** `20261122193000` of `stop-20261122193000-1a2b3c`; a name of another make counts as oldest. */
function beganOf(name: string): string {
  return /-(\d{14})-[^-]*$/.exec(name)?.[1] ?? "";
}

function digits(time: Date): string {
  return time.toISOString().slice(0, 19).replace(/\D/g, "");
}
