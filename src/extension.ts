import type * as vscode from "vscode";
import { connectSandbox } from "../sandbox/connect.ts";
import { commandTable } from "./commands/index.ts";
import { remedyFor } from "./commands/remedyFor.ts";
import { connect } from "./extension/connect.ts";
import { sandboxPlan, type SandboxPlan } from "./extension/sandboxPlan.ts";
import { Boundary } from "./platform/boundary.ts";
import { registerCommands } from "./platform/commandTable.ts";
import { createLog } from "./platform/log.ts";
import { ReadonlyDocuments } from "./platform/readonlyDocuments.ts";
import { onSettings } from "./platform/settings.ts";
import { DisplayStore } from "./tree/displayStore.ts";
import { EnvironmentsView } from "./tree/environmentsView.ts";
import { OperationsView } from "./tree/operationsView.ts";
import { Sessions, type World } from "./tree/sessions.ts";
import { StatusBar } from "./tree/statusBar.ts";
import { TeamPins } from "./tree/teamPins.ts";

/** Builds the services and registers what the manifest promises. Loads nothing of Azure and waits for nothing. */
export function activate({
  subscriptions,
  workspaceState,
  extensionPath,
  globalStorageUri,
}: vscode.ExtensionContext): void {
  const own = <T extends vscode.Disposable>(item: T): T => (subscriptions.push(item), item);
  const log = own(createLog());
  const boundary = new Boundary(log, remedyFor);
  const quietly = (name: string, action: () => unknown): void => void boundary.quietly(name, action);
  const plan = sandboxPlan(process.env, extensionPath);
  const pins = own(new TeamPins((line) => log.warn(line)));
  const display = own(new DisplayStore(workspaceState));
  const documents = own(new ReadonlyDocuments());
  const reopen = (): void => quietly("reopen", () => sessions.reopen());
  const deps = { loadAzure, plan, storage: globalStorageUri, pins, log, onAccountsChanged: reopen, advanceClock };
  const sessions = own(new Sessions(worldOf(plan, workspaceState), (world) => connect(deps, world)));
  own(sessions.onDidChange(() => void workspaceState.update(worldKey, sessions.world)));
  own(onSettings(["engram.azure", "microsoft-sovereign-cloud"], () => sessions.world === "azure" && reopen()));
  own(new OperationsView(sessions));
  own(new StatusBar(sessions));
  own(new EnvironmentsView({ sessions, display, quietly }));
  const context = { sessions, display, documents, boundary, log, memory: workspaceState, plans: new Map() };
  own(registerCommands(commandTable(context), boundary));
}

const worldKey = "engram.world";

/** A reload comes back to the world it left. */
function worldOf(plan: SandboxPlan, memory: Pick<vscode.Memento, "get">): World {
  return plan.fromStart || memory.get(worldKey) === "sandbox" ? "sandbox" : "azure";
}

function loadAzure(): Promise<typeof import("./azure/index.ts")> {
  return import("./azure/index.ts");
}

/** Design section 6: the sandbox's own endpoint, which needs its token alone. */
async function advanceClock(plan: SandboxPlan, duration: string): Promise<void> {
  const { origin, token } = await connectSandbox(plan);
  const headers = { "content-type": "application/json", "x-sandbox-token": token };
  const body = JSON.stringify({ advance: duration });
  const answer = await fetch(`${origin}/_sandbox/clock`, { method: "POST", headers, body });
  if (!answer.ok) throw new Error(`The sandbox's clock could not be moved: ${await answer.text()}`);
}
