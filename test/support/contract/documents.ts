import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const defaultFolder = fileURLToPath(new URL("../../../../shared/azure-specs", import.meta.url));

/** The folder of OpenAPI documents: `ENGRAM_AZURE_SPECS`, else beside the checkout; null when it is not there. */
export function specsFolder(): string | null {
  const folder = process.env["ENGRAM_AZURE_SPECS"] || defaultFolder;
  return existsSync(folder) ? folder : null;
}

export const missingSpecs =
  "the OpenAPI documents are not there: point ENGRAM_AZURE_SPECS at a folder laid out like azure-specs (see CONTRIBUTING.md)";

/**
 * The documents loaded, by validator. One api-version per service: oav wants the exact one. What is not Microsoft's own
 * text lies under `derived` (the folder's README says how each was made).
 */
export const armDocuments: readonly string[] = [
  "derived/specification/postgresql/**/2025-08-01/*.json",
  "derived/specification/storage/**/2025-08-01/*.json",
  "derived/specification/resources/**/2026-06-01/*.json",
  "official/specification/resourcegraph/**/2024-04-01/*.json",
  "official/specification/monitor/resource-manager/**/2018-01-01/metrics_API.json",
  "official/specification/monitor/resource-manager/**/2024-02-01/metrics_API.json",
  "official/specification/keyvault/resource-manager/**/2023-07-01/*.json",
  "official/specification/resources/**/2022-12-01/subscriptions.json",
  "official/specification/resources/**/2024-07-01/resources.json",
];

export const dataPlaneDocuments: readonly string[] = [
  "derived/specification/keyvault/**/2025-07-01/keys.json",
  "official/specification/monitor/data-plane/**/2024-02-01/metricBatch.json",
];

interface Nearest {
  readonly path: RegExp;
  readonly exact: readonly string[];
  readonly nearest: string;
}

/** Where the version that is sent has no document, the nearest one is used, and the report says so. First match counts. */
const nearestVersions: readonly Nearest[] = [
  { path: /\/providers\/Microsoft\.KeyVault\//i, exact: ["2023-07-01"], nearest: "2023-07-01" },
  { path: /\/providers\/Microsoft\.Insights\/metrics$/i, exact: ["2018-01-01", "2024-02-01"], nearest: "2024-02-01" },
  {
    path: /\/providers\/Microsoft\.Resources\/deployments\//i,
    exact: ["2026-06-01", "2024-07-01"],
    nearest: "2026-06-01",
  },
  { path: /\/providers\/Microsoft\.Resources\//i, exact: ["2024-07-01", "2026-06-01"], nearest: "2024-07-01" },
  { path: /^\/providers\/[^/]+(\/(un)?register)?$/i, exact: ["2024-07-01"], nearest: "2024-07-01" },
  { path: /^\/(subscriptions(\/[^/]+(\/locations)?)?|tenants)$/i, exact: ["2022-12-01"], nearest: "2022-12-01" },
  {
    path: /^\/subscriptions\/[^/]+\/(resourceGroups|resources|tagNames)/i,
    exact: ["2024-07-01"],
    nearest: "2024-07-01",
  },
  { path: /\/providers\/Microsoft\.DBforPostgreSQL\//i, exact: ["2025-08-01"], nearest: "2025-08-01" },
  { path: /\/providers\/Microsoft\.Storage\//i, exact: ["2025-08-01"], nearest: "2025-08-01" },
];

/** The api-version to validate with, and whether that is the one that was sent. The last provider of a path decides. */
export function documentVersion(path: string, sent: string): { readonly version: string; readonly exact: boolean } {
  const lastProvider = path.toLowerCase().lastIndexOf("/providers/");
  const tail = lastProvider < 0 ? path : path.slice(lastProvider);
  const rule = nearestVersions.find((one) => one.path.test(tail));
  if (!rule || rule.exact.includes(sent)) return { version: sent, exact: true };
  return { version: rule.nearest, exact: false };
}
