/** Watches the event loop: the longest time in which nothing else could run, in milliseconds. */
export function watchLoop(): { stop(): Promise<number> } {
  let last = performance.now();
  let longest = 0;
  const look = (): void => {
    const now = performance.now();
    longest = Math.max(longest, now - last - 1);
    last = now;
  };
  const timer = setInterval(look, 1);
  return {
    stop: async () => {
      // one more round, or a block that ends with the work would not be seen
      await new Promise((resolve) => setTimeout(resolve, 5));
      look();
      clearInterval(timer);
      return longest;
    },
  };
}
