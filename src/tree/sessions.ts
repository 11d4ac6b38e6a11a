import * as vscode from "vscode";
import type { Session } from "./session.ts";

export type World = "azure" | "sandbox";

export type Connection =
  | { readonly kind: "none" }
  | { readonly kind: "connecting"; readonly world: World }
  | { readonly kind: "open"; readonly session: Session }
  | { readonly kind: "failed"; readonly world: World; readonly error: unknown };

/** Owns the window's one connection and announces when it becomes another one. */
export class Sessions implements vscode.Disposable {
  private readonly connect: (world: World) => Promise<Session>;
  private readonly changed = new vscode.EventEmitter<Connection>();
  readonly onDidChange = this.changed.event;
  private state: Connection = { kind: "none" };
  private opening: Promise<Session> | null = null;
  private wanted: World;

  constructor(world: World, connect: (world: World) => Promise<Session>) {
    this.wanted = world;
    this.connect = connect;
  }

  get connection(): Connection {
    return this.state;
  }

  get world(): World {
    return this.wanted;
  }

  /** The open session, or null while there is none. */
  get current(): Session | null {
    return this.state.kind === "open" ? this.state.session : null;
  }

  /** The session, connected first where need be. Rejects when that fails. */
  open(): Promise<Session> {
    if (this.state.kind === "open") return Promise.resolve(this.state.session);
    this.opening ??= this.begin(this.wanted);
    return this.opening;
  }

  /** Closes the present session and opens one of that world; also after a change of settings. */
  async reopen(world: World = this.wanted): Promise<Session> {
    await this.opening?.catch(() => undefined);
    this.current?.dispose();
    this.wanted = world;
    this.state = { kind: "none" };
    return this.open();
  }

  dispose(): void {
    this.current?.dispose();
    this.changed.dispose();
  }

  private async begin(world: World): Promise<Session> {
    this.set({ kind: "connecting", world });
    try {
      const session = await this.connect(world);
      this.set({ kind: "open", session });
      return session;
    } catch (error) {
      this.set({ kind: "failed", world, error });
      throw error;
    } finally {
      this.opening = null;
    }
  }

  private set(state: Connection): void {
    this.state = state;
    this.changed.fire(state);
  }
}
