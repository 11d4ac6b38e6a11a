import * as vscode from "vscode";

/** VS Code's own official setting decides the cloud; Engram has none (reference/ecosystem.md 4.5). */
export type CloudSetting =
  | { readonly kind: "public" }
  | { readonly kind: "usGovernment" }
  | { readonly kind: "china" }
  | { readonly kind: "custom"; readonly environment: Readonly<Record<string, unknown>> }
  | { readonly kind: "misconfigured"; readonly message: string };

export const cloudSettingName = "microsoft-sovereign-cloud";

export function readCloudSetting(): CloudSetting {
  const configuration = vscode.workspace.getConfiguration(cloudSettingName);
  const environment = personal<string>(configuration, "environment");
  if (environment === undefined || environment === "") return { kind: "public" };
  if (environment === "USGovernment") return { kind: "usGovernment" };
  if (environment === "ChinaCloud") return { kind: "china" };
  if (environment !== "custom")
    return misconfigured(vscode.l10n.t("The cloud “{0}” is not one VS Code knows.", environment));
  const custom = personal<Readonly<Record<string, unknown>>>(configuration, "customEnvironment");
  if (typeof custom !== "object" || custom === null || Object.keys(custom).length === 0)
    return misconfigured(vscode.l10n.t("The cloud is “custom”, but customEnvironment says nothing about it."));
  return { kind: "custom", environment: custom };
}

export function authenticationProvider(cloud: CloudSetting): "microsoft" | "microsoft-sovereign-cloud" {
  return cloud.kind === "public" ? "microsoft" : "microsoft-sovereign-cloud";
}

/** A workspace must not redirect tokens to another cloud: only the person's own value counts. */
function personal<T>(configuration: vscode.WorkspaceConfiguration, name: string): T | undefined {
  return configuration.inspect<T>(name)?.globalValue;
}

function misconfigured(message: string): CloudSetting {
  return { kind: "misconfigured", message };
}
