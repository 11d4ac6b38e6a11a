import type * as vscode from "vscode";
import { connectSandbox } from "../../sandbox/connect.ts";
import type { CommandContext } from "../commands/context.ts";
import { remedyFor } from "../commands/remedyFor.ts";
import { Boundary } from "../platform/boundary.ts";
import { commandRunner, type CommandTable, type RunCommand } from "../platform/commandTable.ts";
import { Disposables } from "../platform/disposable.ts";
import type { LazyTree } from "../platform/lazyTree.ts";
import { createLog } from "../platform/log.ts";
import { ReadonlyDocuments } from "../platform/readonlyDocuments.ts";
import { onSettings } from "../platform/settings.ts";
import { DisplayStore } from "../tree/displayStore.ts";
import { EnvironmentsView } from "../tree/environmentsView.ts";
import { OperationsView } from "../tree/operationsView.ts";
import type { RowNode } from "../tree/rowNode.ts";
import type { Session } from "../tree/session.ts";
import { Sessions, type World } from "../tree/sessions.ts";
import { StatusBar } from "../tree/statusBar.ts";
import { TeamPins } from "../tree/teamPins.ts";
import type { ConnectDeps } from "./connect.ts";
import { sandboxPlan, type SandboxPlan } from "./sandboxPlan.ts";

/** The views that activation made. */
export interface Trees {
  readonly environments: LazyTree<RowNode>;
  readonly operations: LazyTree<RowNode>;
}

export interface Main extends vscode.Disposable {
  readonly run: RunCommand;
}

/** Builds the services and fills the views. Loads nothing of Azure and waits for nothing. */
export function startMain(context: vscode.ExtensionContext, trees: Trees): Main {
  const { workspaceState, extensionPath, globalStorageUri } = context;
  const owned = new Disposables();
  const log = owned.add(createLog());
  const boundary = new Boundary(log, remedyFor);
  const quietly = (name: string, action: () => unknown): void => void boundary.quietly(name, action);
  const plan = sandboxPlan(process.env, extensionPath);
  const pins = owned.add(new TeamPins((line) => log.warn(line)));
  const display = owned.add(new DisplayStore(workspaceState));
  const documents = owned.add(new ReadonlyDocuments());
  const reopen = (): void => quietly("reopen", () => sessions.reopen());
  const deps = { loadAzure, plan, storage: globalStorageUri, pins, log, onAccountsChanged: reopen, advanceClock };
  const sessions = owned.add(new Sessions(worldOf(plan, workspaceState), (world) => connect(deps, world)));
  owned.add(sessions.onDidChange(() => void workspaceState.update(worldKey, sessions.world)));
  owned.add(onSettings(["engram.azure", "microsoft-sovereign-cloud"], () => sessions.world === "azure" && reopen()));
  owned.add(new OperationsView(sessions, trees.operations));
  owned.add(new StatusBar(sessions));
  owned.add(new EnvironmentsView({ sessions, display, quietly, tree: trees.environments }));
  const commands = { sessions, display, documents, boundary, log, memory: workspaceState, plans: new Map() };
  return { run: commandRunner(tableOf(commands), boundary), dispose: () => owned.dispose() };
}

const worldKey = "engram.world";

/** A reload comes back to the world it left. */
function worldOf(plan: SandboxPlan, memory: Pick<vscode.Memento, "get">): World {
  return plan.fromStart || memory.get(worldKey) === "sandbox" ? "sandbox" : "azure";
}

// Connections and commands are modules of their own, so that no single load holds the event loop for long.

async function connect(deps: ConnectDeps, world: World): Promise<Session> {
  return (await import("./connect.ts")).connect(deps, world);
}

function tableOf(context: CommandContext): () => Promise<CommandTable> {
  let loading: Promise<CommandTable> | null = null;
  return () => (loading ??= import("../commands/index.ts").then(({ commandTable }) => commandTable(context)));
}

function loadAzure(): Promise<typeof import("../azure/index.ts")> {
  return import("../azure/index.ts");
}

/** Design section 6: the sandbox's own endpoint, which needs its token alone. */
async function advanceClock(plan: SandboxPlan, duration: string): Promise<void> {
  const { origin, token } = await connectSandbox(plan);
  const headers = { "content-type": "application/json", "x-sandbox-token": token };
  const body = JSON.stringify({ advance: duration });
  const answer = await fetch(`${origin}/_sandbox/clock`, { method: "POST", headers, body });
  if (!answer.ok) throw new Error(`The sandbox's clock could not be moved: ${await answer.text()}`);
}
