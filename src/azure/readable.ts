import type { Subscription } from "../environments/model.ts";
import type { Arm } from "./arm.ts";
import { problem } from "./directory.ts";
import { toAzureError } from "./errors.ts";
import { merge } from "./merge.ts";
import type { ScopeProblem } from "./ports.ts";
import type { Sessions } from "./sessions.ts";

/**
 * Resource Graph leaves out silently what the caller may not read. A subscription without a single row is therefore asked
 * for its resource groups once: empty, or forbidden? Whoever was readable is not asked again.
 */
export class Readability {
  private readonly arm: Arm;
  private readonly sessions: Sessions;
  private readonly readable = new Set<string>();

  constructor(arm: Arm, sessions: Sessions) {
    this.arm = arm;
    this.sessions = sessions;
  }

  /** A problem row for each of the subscriptions that may not be read. */
  async problems(subscriptions: readonly Subscription[], signal?: AbortSignal): Promise<readonly ScopeProblem[]> {
    const open = subscriptions.filter(({ id }) => !this.readable.has(id.toLowerCase()));
    const found: ScopeProblem[] = [];
    for await (const row of merge(
      open.map((each) => () => this.check(each, signal)),
      6,
    ))
      found.push(row);
    return found;
  }

  private async *check(subscription: Subscription, signal?: AbortSignal): AsyncGenerator<ScopeProblem> {
    const { id, name, tenantId } = subscription;
    try {
      const identity = await this.sessions.identityFor(id);
      const url = `/subscriptions/${id}/resourcegroups?api-version=2021-04-01&$top=1`;
      await this.arm.get({ url, identity, what: `the subscription ${name}`, signal });
      this.readable.add(id.toLowerCase());
    } catch (error) {
      const { kind } = toAzureError(error, { access: "read", what: name });
      if (kind === "canceled") throw error;
      yield problem(error, { scope: `/subscriptions/${id}`, label: name, tenantId });
    }
  }
}
