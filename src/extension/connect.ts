import * as vscode from "vscode";
import type * as AzureModule from "../azure/index.ts";
import { defaultStateDir, privateFolder, sandboxStateDir } from "../operations/stateDir.ts";
import { authenticationProvider, readCloudSetting } from "../platform/cloudSetting.ts";
import { Disposables } from "../platform/disposable.ts";
import type { Log } from "../platform/log.ts";
import { machineSetting } from "../platform/settings.ts";
import { VsCodeTokens } from "../platform/tokenSource.ts";
import type { Remote, Session } from "../tree/session.ts";
import type { World } from "../tree/sessions.ts";
import type { TeamPins } from "../tree/teamPins.ts";
import type { SandboxPlan } from "./sandboxPlan.ts";
import { createSession } from "./session.ts";

export interface ConnectDeps {
  /** Loads Azure's SDKs, the first time somebody needs them. */
  readonly loadAzure: () => Promise<typeof AzureModule>;
  readonly plan: SandboxPlan;
  readonly storage: vscode.Uri;
  readonly pins: TeamPins;
  readonly log: Log;
  /** The sessions of VS Code changed behind our back: everything is read anew. */
  readonly onAccountsChanged: () => void;
  readonly advanceClock: (plan: SandboxPlan, duration: string) => Promise<void>;
}

/** Connects to Azure or to the sandbox. Nothing here opens a prompt. */
export function connect(deps: ConnectDeps, world: World): Promise<Session> {
  return world === "sandbox" ? connectSandboxWorld(deps) : connectAzure(deps);
}

async function connectSandboxWorld(deps: ConnectDeps): Promise<Session> {
  const { plan, pins, log } = deps;
  const { openSandbox } = await deps.loadAzure();
  const azure = await openSandbox(plan);
  const stateDir = privateFolder(sandboxStateDir(defaultStateDir(), plan.stateFile));
  return createSession({
    azure,
    stateDir,
    cacheFolder: vscode.Uri.joinPath(vscode.Uri.file(stateDir), "cache"),
    pins,
    log,
    accounts: () => Promise.resolve(["sandbox"]),
    signIn: () => Promise.resolve(true),
    advanceClock: (duration) => deps.advanceClock(plan, duration),
  });
}

async function connectAzure(deps: ConnectDeps): Promise<Session> {
  const { pins, log, storage } = deps;
  const setting = readCloudSetting();
  if (setting.kind === "misconfigured") throw Object.assign(new Error(setting.message), { kind: "misconfigured" });
  const module = await deps.loadAzure();
  const cloud = module.cloudOf(setting);
  const owned = new Disposables();
  const { tokens, signIn } = identity(deps, { module, cloud, owned, setting });
  const subscriptions = { selected: () => machineSetting<readonly string[]>("azure.subscriptions", []) };
  const session = createSession({
    azure: module.createAzure({ cloud, tokens, subscriptions }),
    stateDir: privateFolder(defaultStateDir()),
    cacheFolder: storage,
    pins,
    log,
    accounts: () => tokens.accounts(),
    signIn,
    advanceClock: () => Promise.reject(new Error(vscode.l10n.t("Azure’s clock cannot be moved; the sandbox’s can."))),
  });
  return { ...session, dispose: () => (session.dispose(), owned.dispose()) };
}

interface IdentityParts {
  readonly module: typeof AzureModule;
  readonly cloud: AzureModule.Cloud;
  readonly owned: Disposables;
  readonly setting: ReturnType<typeof readCloudSetting>;
}

/** Whose sign-in acts: exactly the one chosen, never another one that happens to be there. */
function identity(
  deps: ConnectDeps,
  { module, cloud, owned, setting }: IdentityParts,
): { readonly tokens: AzureModule.TokenSource; readonly signIn: Remote["signIn"] } {
  const source = machineSetting<string>("azure.credentialSource", "vscode");
  if (source === "azureCli" || source === "azd") {
    const command = source === "azd" ? "azd auth login" : "az login";
    const signIn = () =>
      Promise.reject(new Error(vscode.l10n.t("Sign in with {0} in a terminal, then refresh.", command)));
    return { tokens: module.cliTokens(source), signIn };
  }
  const tokens = owned.add(new VsCodeTokens(authenticationProvider(setting)));
  owned.add(tokens.onDidChange(deps.onAccountsChanged));
  return { tokens, signIn: (tenantId) => tokens.signIn([cloud.armScope], tenantId) };
}
