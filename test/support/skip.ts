import type { Context } from "mocha";

/** Skips the running test (or, in a hook, its whole suite) and says why: the summary of `npm test` prints the reason. */
export function skipBecause(context: Context, reason: string): never {
  const running = context.test;
  const isHook = running !== undefined && "type" in running && running.type === "hook";
  Object.assign((isHook ? running.parent : running) ?? {}, { skipReason: reason });
  return context.skip();
}
