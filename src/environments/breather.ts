/** Longest stretch of work before the event loop is let go, in milliseconds (the aim is no block over 50). */
const slice = 8;

/** Lets other work run when the current stretch has lasted too long; call it inside loops over many resources. */
export function breather(): () => Promise<void> {
  let since = performance.now();
  return async () => {
    if (performance.now() - since < slice) return;
    await pause();
    since = performance.now();
  };
}

/** A whole round of the event loop: the first immediate still runs in the round that asked for it, before any timer. */
export function pause(): Promise<void> {
  return new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
}
