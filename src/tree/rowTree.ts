import { Emitter } from "../environments/event.ts";
import { realTimers, type Timers } from "../inventory/poller.ts";
import { sameRow, type Row } from "./row.ts";
import { RowNodes, type RowNode } from "./rowNode.ts";

/** What has to be painted anew: everything, or these rows. */
export type Repaint = "all" | readonly RowNode[];

interface RowTreeDeps {
  /** The rows as they are now. */
  readonly rows: () => readonly Row[];
  readonly timers?: Timers;
}

/** Milliseconds within which many changes become one repaint: cache, list and metrics arrive in one breath. */
const breath = 100;

/**
 * The rows of one tree and when they are painted. At the start many facts arrive within a second; each repaint of
 * VS Code's would take the row from under the pointer. So changes are gathered, a repaint names only rows that look
 * different, and none happens while VS Code waits for children: it would drop them and leave the row empty.
 */
export class RowTree {
  readonly #deps: RowTreeDeps;
  readonly #timers: Timers;
  readonly #nodes = new RowNodes(sameRow);
  readonly #repaints = new Emitter<Repaint>();
  readonly onDidChange = this.#repaints.event;
  #timer: unknown = null;
  #waiting = 0;
  #late = false;

  constructor(deps: RowTreeDeps) {
    this.#deps = deps;
    this.#timers = deps.timers ?? realTimers;
  }

  /** Something may look different now; it is looked at once for all that changed within a breath. */
  changed(): void {
    this.#timer ??= this.#timers.set(() => this.#due(), breath);
  }

  roots(): readonly RowNode[] {
    return this.#nodes.rootNodes();
  }

  childrenOf(node: RowNode): readonly RowNode[] {
    return this.#nodes.childrenOf(node);
  }

  /** Keeps the tree still while something that children need is read. */
  async still(work: Promise<unknown>): Promise<void> {
    this.#waiting++;
    try {
      await work;
    } finally {
      this.#waiting--;
      if (this.#waiting === 0 && this.#late) this.changed();
    }
  }

  dispose(): void {
    if (this.#timer !== null) this.#timers.clear(this.#timer);
    this.#repaints.dispose();
  }

  #due(): void {
    this.#timer = null;
    this.#late = this.#waiting > 0;
    if (this.#late) return;
    const changes = this.#nodes.update(this.#deps.rows());
    if (changes === "all" || changes.length > 0) this.#repaints.fire(changes);
  }
}
