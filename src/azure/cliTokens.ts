import type { TokenCredential } from "@azure/core-auth";
import { AzureError } from "./ports.ts";
import type { AccessTokenOf, TokenRequest, TokenSource } from "./tokens.ts";

/** The identities that need no editor; `environment` covers a service principal's secret or certificate. */
export type CliIdentity = "azureCli" | "azd" | "environment" | "workloadIdentity" | "managedIdentity";

/** `az` is slow to start on some machines (reference/ecosystem.md 4.6). */
const processTimeoutInMs = 15_000;

interface Kind {
  readonly via: string;
  /** For the chain of the command line: worth asking at all without being chosen. */
  likely(environment: NodeJS.ProcessEnv): boolean;
  /** A single credential class of @azure/identity, never DefaultAzureCredential; loaded when it is first needed. */
  create(tenantId: string | null): Promise<TokenCredential>;
}

const kinds: Readonly<Record<CliIdentity, Kind>> = {
  environment: {
    via: "environment variables",
    likely: (environment) =>
      Boolean(
        environment["AZURE_CLIENT_ID"] && environment["AZURE_TENANT_ID"] && !environment["AZURE_FEDERATED_TOKEN_FILE"],
      ),
    create: async () => new (await import("@azure/identity")).EnvironmentCredential(),
  },
  workloadIdentity: {
    via: "workload identity",
    likely: (environment) => Boolean(environment["AZURE_FEDERATED_TOKEN_FILE"]),
    create: async () => new (await import("@azure/identity")).WorkloadIdentityCredential(),
  },
  azureCli: {
    via: "Azure CLI",
    likely: () => true,
    create: async (tenantId) => {
      const { AzureCliCredential } = await import("@azure/identity");
      return new AzureCliCredential({ processTimeoutInMs, ...(tenantId === null ? {} : { tenantId }) });
    },
  },
  azd: {
    via: "Azure Developer CLI",
    likely: () => true,
    create: async (tenantId) => {
      const { AzureDeveloperCliCredential } = await import("@azure/identity");
      return new AzureDeveloperCliCredential({ processTimeoutInMs, ...(tenantId === null ? {} : { tenantId }) });
    },
  },
  managedIdentity: {
    via: "managed identity",
    // The metadata address is never probed on a laptop: it only answers slowly there.
    likely: (environment) => Boolean(environment["IDENTITY_ENDPOINT"] ?? environment["MSI_ENDPOINT"]),
    create: async () => {
      const { ManagedIdentityCredential } = await import("@azure/identity");
      const clientId = process.env["AZURE_CLIENT_ID"];
      return clientId ? new ManagedIdentityCredential({ clientId }) : new ManagedIdentityCredential();
    },
  },
};

/** Tokens of exactly one identity: whoever acts is the one that was chosen. */
export function cliTokens(identity: CliIdentity): TokenSource {
  return new CliTokens([identity]);
}

/** What the command line uses unless told otherwise: `AZURE_TOKEN_CREDENTIALS` when set, else the likely ones in order. */
export function defaultCliTokens(environment: NodeJS.ProcessEnv = process.env): TokenSource {
  return new CliTokens(chosenIdentities(environment));
}

const order: readonly CliIdentity[] = ["environment", "workloadIdentity", "azureCli", "azd", "managedIdentity"];

/** Values as @azure/identity 4.14 knows them (defaultAzureCredential.js): dev, prod or one credential's name. */
export function chosenIdentities(environment: NodeJS.ProcessEnv): readonly CliIdentity[] {
  const chosen = environment["AZURE_TOKEN_CREDENTIALS"]?.trim().toLowerCase() ?? "";
  if (chosen === "") return order.filter((identity) => kinds[identity].likely(environment));
  const known = byName[chosen];
  if (known) return known;
  throw new AzureError(
    "auth",
    `AZURE_TOKEN_CREDENTIALS is "${chosen}", which is not supported here. Use dev, prod or ${supported}.`,
    { code: "UnsupportedCredential" },
  );
}

const byName: Readonly<Record<string, readonly CliIdentity[]>> = {
  dev: ["azureCli", "azd"],
  prod: ["environment", "workloadIdentity", "managedIdentity"],
  environmentcredential: ["environment"],
  workloadidentitycredential: ["workloadIdentity"],
  managedidentitycredential: ["managedIdentity"],
  azureclicredential: ["azureCli"],
  azuredeveloperclicredential: ["azd"],
};
const supported =
  "EnvironmentCredential, WorkloadIdentityCredential, ManagedIdentityCredential, AzureCliCredential or AzureDeveloperCliCredential";

class CliTokens implements TokenSource {
  private readonly candidates: readonly CliIdentity[];
  private readonly credentials = new Map<string, Promise<TokenCredential>>();
  /** The first that gave a token stays: two commands of one run never act as two people. */
  private settled: CliIdentity | null = null;
  private label: string | null = null;

  constructor(candidates: readonly CliIdentity[]) {
    this.candidates = candidates;
    this.settled = candidates.length === 1 ? candidates[0]! : null;
  }

  get via(): string {
    const shown = this.settled ?? this.candidates[0];
    return shown === undefined ? "no identity" : kinds[shown].via;
  }

  accounts(): Promise<readonly { readonly id: string; readonly label: string }[]> {
    return Promise.resolve([{ id: "cli", label: this.label ?? this.via }]);
  }

  async token(request: TokenRequest): Promise<AccessTokenOf | null> {
    const failures: string[] = [];
    for (const identity of this.settled ? [this.settled] : this.candidates) {
      try {
        return await this.ask(identity, request);
      } catch (error) {
        if (!mayTryNext(error) || this.settled) throw error;
        failures.push(`${kinds[identity].via}: ${(error as Error).message}`);
      }
    }
    throw new Error(`no identity was found. Run "az login" or "azd auth login". ${failures.join(" ")}`.trim());
  }

  private async ask(identity: CliIdentity, request: TokenRequest): Promise<AccessTokenOf> {
    const credential = await this.credentialOf(identity, request.tenantId);
    const token = await credential.getToken([...request.scopes], {
      ...(request.tenantId === null ? {} : { tenantId: request.tenantId }),
      ...(request.claims === null ? {} : { claims: request.claims }),
      enableCae: true,
    });
    if (token === null) throw new Error(`${kinds[identity].via} gave no token.`);
    this.settled = identity;
    this.label ??= nameIn(token.token) ?? kinds[identity].via;
    return { token: token.token, expiresOn: token.expiresOnTimestamp, account: this.label };
  }

  private credentialOf(identity: CliIdentity, tenantId: string | null): Promise<TokenCredential> {
    const key = `${identity} ${tenantId ?? ""}`;
    const kept = this.credentials.get(key) ?? kinds[identity].create(tenantId);
    this.credentials.set(key, kept);
    return kept;
  }
}

/** Not set up here, as opposed to refused: a refusal must not end in another person's name. */
function mayTryNext(error: unknown): boolean {
  return error instanceof Error && error.name === "CredentialUnavailableError";
}

/** Who a token speaks for, to be shown; never used to decide anything. */
function nameIn(token: string): string | null {
  try {
    const claims = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8")) as Record<
      string,
      unknown
    >;
    const name = claims["upn"] ?? claims["unique_name"] ?? claims["preferred_username"] ?? claims["appid"];
    return typeof name === "string" ? name : null;
  } catch {
    return null;
  }
}
