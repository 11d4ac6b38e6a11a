// One of several processes that take the same stale lock over at the same moment: `{ id, at }` in, held or not out.
import { lockServer, type Lock } from "../../src/operations/lock.ts";

const stateDir = process.argv[2] as string;
let held: Lock | null = null;

process.on("message", (message: { readonly id: string; readonly at: number } | "release") => {
  if (message === "release") {
    held?.release();
    process.send?.("released");
    return;
  }
  while (Date.now() < message.at);
  held = lockServer(stateDir, message.id);
  process.send?.(held !== null);
});
