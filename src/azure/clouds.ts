/** Addresses and audiences of one Azure cloud. Sources: reference/ecosystem.md 4.2 and 4.5. */
export interface Cloud {
  readonly name: "public" | "usGovernment" | "china" | "custom";
  /** Origin of Azure Resource Manager, without a closing slash. */
  readonly arm: string;
  /** What a token for Resource Manager is asked for. */
  readonly armScope: string;
  readonly vaultSuffix: string;
  readonly vaultScope: string;
  readonly portal: string;
  readonly authority: string;
  /** Host behind `LOCATION.` of the batch metrics API; null where none is known. */
  readonly metricsSuffix: string | null;
  readonly metricsScope: string;
  /** Origin of the retail prices API; null: no price is available in this cloud. */
  readonly prices: string | null;
}

/** Microsoft's own extensions ask for management.core.windows.net, not for the endpoint's host (azurefunctions#3913). */
export const publicCloud: Cloud = {
  name: "public",
  arm: "https://management.azure.com",
  armScope: "https://management.core.windows.net/.default",
  vaultSuffix: ".vault.azure.net",
  vaultScope: "https://vault.azure.net/.default",
  portal: "https://portal.azure.com",
  authority: "https://login.microsoftonline.com",
  metricsSuffix: ".metrics.monitor.azure.com",
  metricsScope: "https://management.azure.com/.default",
  prices: "https://prices.azure.com",
};

/** Metrics audiences are @azure/monitor-query-metrics' KnownMonitorMetricsQueryAudience; the sovereign metrics hosts are unverified. */
export const usGovernmentCloud: Cloud = {
  name: "usGovernment",
  arm: "https://management.usgovcloudapi.net",
  armScope: "https://management.core.usgovcloudapi.net/.default",
  vaultSuffix: ".vault.usgovcloudapi.net",
  vaultScope: "https://vault.usgovcloudapi.net/.default",
  portal: "https://portal.azure.us",
  authority: "https://login.microsoftonline.us",
  metricsSuffix: ".metrics.monitor.azure.us",
  metricsScope: "https://management.usgovcloudapi.net/.default",
  prices: null,
};

export const chinaCloud: Cloud = {
  name: "china",
  arm: "https://management.chinacloudapi.cn",
  armScope: "https://management.core.chinacloudapi.cn/.default",
  vaultSuffix: ".vault.azure.cn",
  vaultScope: "https://vault.azure.cn/.default",
  portal: "https://portal.azure.cn",
  authority: "https://login.partner.microsoftonline.cn",
  metricsSuffix: ".metrics.monitor.azure.cn",
  metricsScope: "https://management.chinacloudapi.cn/.default",
  prices: null,
};

/** What `platform/cloudSetting` reads from VS Code's official setting; `misconfigured` never gets here. */
export type CloudChoice =
  | { readonly kind: "public" | "usGovernment" | "china" }
  | { readonly kind: "custom"; readonly environment: Readonly<Record<string, unknown>> };

/** The cloud behind a choice. Throws a sentence when a custom environment lacks an https address it needs. */
export function cloudOf(choice: CloudChoice): Cloud {
  if (choice.kind === "usGovernment") return usGovernmentCloud;
  if (choice.kind === "china") return chinaCloud;
  return choice.kind === "custom" ? customCloud(choice.environment) : publicCloud;
}

/** Property names are those of `@azure/ms-rest-azure-env`, which the official setting `customEnvironment` takes. */
function customCloud(environment: Readonly<Record<string, unknown>>): Cloud {
  const arm = httpsOrigin(environment, "resourceManagerEndpointUrl");
  const audience = optional(environment, "managementEndpointUrl") ?? arm;
  const suffix = optional(environment, "keyVaultDnsSuffix") ?? ".vault.invalid";
  const vaultSuffix = suffix.startsWith(".") ? suffix : `.${suffix}`;
  return {
    name: "custom",
    arm,
    armScope: `${audience.replace(/\/+$/, "")}/.default`,
    vaultSuffix,
    vaultScope: `https://${vaultSuffix.slice(1)}/.default`,
    portal: optional(environment, "portalUrl")?.replace(/\/+$/, "") ?? arm,
    authority: httpsOrigin(environment, "activeDirectoryEndpointUrl"),
    metricsSuffix: null,
    metricsScope: `${arm}/.default`,
    prices: null,
  };
}

function httpsOrigin(environment: Readonly<Record<string, unknown>>, name: string): string {
  const written = optional(environment, name);
  const url = written !== null && URL.canParse(written) ? new URL(written) : null;
  if (url?.protocol === "https:" && !isLoopback(url.hostname)) return url.origin;
  throw new Error(
    `The custom cloud's ${name} must be an https address. Correct microsoft-sovereign-cloud.customEnvironment.`,
  );
}

function optional(environment: Readonly<Record<string, unknown>>, name: string): string | null {
  const value = environment[name];
  return typeof value === "string" && value !== "" ? value : null;
}

/** True for an address of this very machine. A production client never talks to one. */
export function isLoopback(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, "").toLowerCase();
  return /^(localhost|.*\.localhost|127(\.\d{1,3}){3}|::1|0\.0\.0\.0|::|::ffff:127\..*)$/.test(host);
}

/** Whether a token of this cloud may be sent to the address at all. */
export function isCloudOrigin(cloud: Cloud, address: string): boolean {
  if (!URL.canParse(address)) return false;
  const url = new URL(address);
  if (url.protocol !== "https:" || url.username !== "" || url.password !== "" || url.port !== "") return false;
  if (url.origin === cloud.arm || url.origin === cloud.prices) return true;
  return oneLabelBefore(url.hostname, cloud.vaultSuffix) || oneLabelBefore(url.hostname, cloud.metricsSuffix);
}

/** Exactly one label, so that `evil.example.vault.azure.net` is no vault. */
function oneLabelBefore(hostname: string, suffix: string | null): boolean {
  if (suffix === null || !hostname.endsWith(suffix)) return false;
  return /^[a-z0-9-]{1,63}$/i.test(hostname.slice(0, -suffix.length));
}
