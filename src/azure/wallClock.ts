import type { Clock } from "./ports.ts";

/** Azure's time is this machine's. */
export const wallClock: Clock = {
  now: () => new Date(),
  speed: 1,
  sleep: (milliseconds, signal) => wait(milliseconds, signal),
};

/** Real milliseconds; rejects with the signal's reason. */
export function wait(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason as Error);
    const stop = () => {
      clearTimeout(timer);
      reject(signal!.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, milliseconds);
    signal?.addEventListener("abort", stop, { once: true });
  });
}
