import type { CliIdentity } from "../azure/cliTokens.ts";
import type { Azure } from "../azure/ports.ts";
import { UsageError } from "./exitCodes.ts";

const identities: Readonly<Record<string, CliIdentity>> = {
  azureCli: "azureCli",
  azd: "azd",
  environment: "environment",
  workload: "workloadIdentity",
  managed: "managedIdentity",
};

/** Azure's public cloud by the identity named, else by the likely ones in order (`defaultCliTokens`). */
export async function openIdentity(name: string | null): Promise<Azure> {
  const identity = name === null ? null : identityOf(name);
  const { createAzure, publicCloud, cliTokens, defaultCliTokens } = await import("../azure/index.ts");
  return createAzure({ cloud: publicCloud, tokens: identity === null ? defaultCliTokens() : cliTokens(identity) });
}

function identityOf(name: string): CliIdentity {
  const found = Object.hasOwn(identities, name) ? identities[name] : undefined;
  if (found === undefined) throw new UsageError(`--identity is one of ${Object.keys(identities).join(", ")}.`);
  return found;
}
