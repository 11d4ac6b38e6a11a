/**
 * When the inventory is read again. The cadence is in real seconds, for people (and for Azure's throttles), whatever
 * the speed of the sandbox's clock; only ages of data are in Azure's time.
 */
export const movingEvery = 5_000;
export const visibleEvery = 60_000;

export interface Timers {
  set(run: () => void, milliseconds: number): unknown;
  clear(handle: unknown): void;
}

interface PollerDeps {
  /** Real milliseconds; monotonic. */
  readonly now: () => number;
  readonly timers: Timers;
  /** Reads everything. */
  readonly refresh: () => Promise<void>;
  /** Reads the servers that move. */
  readonly follow: (serverIds: readonly string[]) => Promise<void>;
}

export const realTimers: Timers = {
  set: (run, milliseconds) => {
    const handle = setTimeout(run, milliseconds);
    handle.unref();
    return handle;
  },
  clear: (handle) => clearTimeout(handle as NodeJS.Timeout),
};

/** Every 5 s while something moves, every 60 s while visible, never while hidden. One read at a time. */
export class Poller {
  readonly #deps: PollerDeps;
  #visible = false;
  #moving: readonly string[] = [];
  #handle: unknown = null;
  /** Null: nothing was loaded yet; the first reading is whoever opens the view's. */
  #lastRefresh: number | null = null;
  #lastFollow = -Infinity;
  #notBefore = -Infinity;
  #running = false;
  #disposed = false;

  constructor(deps: PollerDeps) {
    this.#deps = deps;
  }

  setVisible(visibility: "visible" | "hidden"): void {
    this.#visible = visibility === "visible";
    this.#schedule();
  }

  setMoving(serverIds: readonly string[]): void {
    if (this.#moving.length === 0 && serverIds.length > 0) this.#lastFollow = this.#deps.now();
    this.#moving = serverIds;
    this.#schedule();
  }

  /** A refresh happened (by hand, too): the next one is a full interval away. */
  refreshed(): void {
    this.#lastRefresh = this.#deps.now();
    this.#schedule();
  }

  /** Azure asked to slow down: no full refresh for so many real milliseconds. */
  slowDown(milliseconds: number): void {
    this.#notBefore = this.#deps.now() + milliseconds;
    this.#schedule();
  }

  dispose(): void {
    this.#disposed = true;
    this.#cancel();
  }

  /** May be called at any time, any number of times: the next reading is due at a time, not after a pause. */
  #schedule(): void {
    this.#cancel();
    if (!this.#visible || this.#disposed || this.#running || this.#lastRefresh === null) return;
    const next =
      this.#moving.length > 0 ? Math.min(this.#refreshDue(), this.#lastFollow + movingEvery) : this.#refreshDue();
    this.#handle = this.#deps.timers.set(() => void this.#tick(), Math.max(0, next - this.#deps.now()));
  }

  #refreshDue(): number {
    return Math.max((this.#lastRefresh ?? 0) + visibleEvery, this.#notBefore);
  }

  async #tick(): Promise<void> {
    this.#handle = null;
    this.#running = true;
    const now = this.#deps.now();
    const due = now >= this.#refreshDue();
    this.#lastFollow = now;
    if (due) this.#lastRefresh = now;
    try {
      await (due ? this.#deps.refresh() : this.#deps.follow(this.#moving));
    } catch {
      // A failed reading is told by the inventory's own state; polling goes on at its cadence.
    } finally {
      this.#running = false;
      this.#schedule();
    }
  }

  #cancel(): void {
    if (this.#handle !== null) this.#deps.timers.clear(this.#handle);
    this.#handle = null;
  }
}
