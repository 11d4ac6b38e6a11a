import type { CommandContext, Handler } from "./context.ts";

export function showLog({ log }: CommandContext): Handler {
  return () => log.show();
}
