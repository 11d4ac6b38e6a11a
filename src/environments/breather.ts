/** Longest stretch of work before the event loop is let go, in milliseconds (the aim is no block over 50). */
const slice = 8;

/** Lets other work run when the current stretch has lasted too long; call it inside loops over many resources. */
export function breather(): () => Promise<void> {
  let since = performance.now();
  return async () => {
    if (performance.now() - since < slice) return;
    await new Promise((resolve) => setImmediate(resolve));
    since = performance.now();
  };
}
