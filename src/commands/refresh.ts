import type { CommandContext, Handler } from "./context.ts";

/** Reads everything anew; a connection that failed is tried again. */
export function refresh({ sessions }: CommandContext): Handler {
  return async () => {
    if (sessions.connection.kind === "failed") return void (await sessions.reopen());
    const session = await sessions.open();
    await Promise.all([session.inventory.refresh(), session.operations.resume()]);
  };
}
