/**
 * One run at a time: whoever asks while it runs joins it. A caller's abort ends only that caller's wait; the run is
 * aborted when every caller has gone.
 */
export class SharedRun {
  readonly #work: (signal: AbortSignal) => Promise<void>;
  #run: { readonly done: Promise<void>; readonly controller: AbortController; waiting: number } | null = null;

  constructor(work: (signal: AbortSignal) => Promise<void>) {
    this.#work = work;
  }

  async join(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    const run = this.#run ?? this.#start();
    run.waiting += 1;
    try {
      await (signal ? Promise.race([run.done, aborted(signal)]) : run.done);
    } finally {
      run.waiting -= 1;
      if (run.waiting === 0 && signal?.aborted) run.controller.abort(signal.reason);
    }
  }

  abort(): void {
    this.#run?.controller.abort(new Error("The inventory was closed."));
  }

  #start(): { readonly done: Promise<void>; readonly controller: AbortController; waiting: number } {
    const controller = new AbortController();
    const done = this.#work(controller.signal).finally(() => {
      if (this.#run?.controller === controller) this.#run = null;
    });
    // Every waiter sees the failure through its own await; a run that all have left must not crash the process.
    done.catch(() => undefined);
    this.#run = { done, controller, waiting: 0 };
    return this.#run;
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
