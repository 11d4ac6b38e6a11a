import { assemble } from "./assemble.ts";
import { publicCloud, type Cloud } from "./clouds.ts";
import { defaultLimits, type Limits } from "./connection.ts";
import { Credentials } from "./credential.ts";
import type { SubscriptionFilter } from "./directory.ts";
import type { Azure } from "./ports.ts";
import { RetryBudget } from "./retryBudget.ts";
import { SandboxClock } from "./sandboxClock.ts";
import type { TokenSource } from "./tokens.ts";
import { doorOf, PublicHttp, SandboxHttp, SandboxTokens, type OwnerOptions, type SandboxDoor } from "./transport.ts";
import { wallClock } from "./wallClock.ts";

export { cloudOf, chinaCloud, publicCloud, usGovernmentCloud, type Cloud, type CloudChoice } from "./clouds.ts";
export { cliTokens, defaultCliTokens, type CliIdentity } from "./cliTokens.ts";
export type { SubscriptionFilter } from "./directory.ts";
export { interactively, type TokenSource } from "./tokens.ts";

const everything: SubscriptionFilter = { selected: () => [] };

export interface AzureOptions {
  readonly cloud: Cloud;
  readonly tokens: TokenSource;
  readonly subscriptions?: SubscriptionFilter;
  readonly userAgent?: string;
  /** Shorter limits for tests. */
  readonly limits?: Partial<Limits>;
}

/** Azure itself. There is no address among the options: the cloud's table has them all. */
export function createAzure(options: AzureOptions): Azure {
  const { cloud, tokens, subscriptions = everything, userAgent = "engram-azure" } = options;
  const connection = {
    sandbox: false,
    cloud,
    http: new PublicHttp(),
    clock: wallClock,
    tokens,
    credentials: new Credentials(tokens, wallClock),
    limits: { ...defaultLimits, ...options.limits },
    budget: new RetryBudget(),
    userAgent,
  };
  return assemble(connection, subscriptions);
}

export interface SandboxAzureOptions extends SandboxDoor {
  readonly stateFile: string;
  readonly limits?: Partial<Limits>;
}

/** The sandbox whose owner listens at a loopback origin. Rejects when nobody answers there. */
export function createSandboxAzure({ origin, token, limits = {} }: SandboxAzureOptions): Promise<Azure> {
  return overSandbox(() => Promise.resolve({ origin, token }), limits);
}

export interface SandboxOptions extends OwnerOptions {
  readonly limits?: Partial<Limits>;
}

/** Finds or starts the owner of a state file; finds it again when it ends after a minute without requests. */
export function openSandbox(options: SandboxOptions): Promise<Azure> {
  return overSandbox(doorOf(options), options.limits ?? {});
}

async function overSandbox(open: () => Promise<SandboxDoor>, limits: Partial<Limits>): Promise<Azure> {
  const clock = new SandboxClock();
  const http = new SandboxHttp(open, clock);
  const tokens = new SandboxTokens(clock);
  await http.syncClock();
  const connection = {
    sandbox: true,
    cloud: publicCloud,
    http,
    clock,
    tokens,
    credentials: new Credentials(tokens, clock),
    limits: { ...defaultLimits, ...limits },
    budget: new RetryBudget(),
    userAgent: "engram-azure",
  };
  return assemble(connection, everything);
}
