/** A subscription that ends when disposed; the shape VS Code's own `Disposable` has. */
export interface Disposable {
  dispose(): void;
}

/** A tiny event of our own, so that domain code needs no `vscode`. A listener that throws does not stop the others. */
export class Emitter<T> {
  readonly #listeners = new Set<(value: T) => void>();

  readonly event = (listener: (value: T) => void): Disposable => {
    // A wrapper each time: the same function may listen twice and each subscription ends by itself.
    const own = (value: T): void => listener(value);
    this.#listeners.add(own);
    return { dispose: () => void this.#listeners.delete(own) };
  };

  fire(value: T): void {
    for (const listener of [...this.#listeners]) call(listener, value);
  }

  dispose(): void {
    this.#listeners.clear();
  }
}

function call<T>(listener: (value: T) => void, value: T): void {
  try {
    listener(value);
  } catch (error) {
    // Reported where uncaught errors are reported, after the other listeners had their turn.
    queueMicrotask(() => {
      throw error;
    });
  }
}
