/**
 * Watches the event loop: the longest time in which nothing else could run, in milliseconds. Time in which the machine
 * gave this thread no processor is not counted: that says how busy the machine is, not what the code does.
 */
export function watchLoop(): { stop(): Promise<number> } {
  let last = performance.now();
  let used = processorTime();
  let longest = 0;
  const look = (): void => {
    const [now, cpu] = [performance.now(), processorTime()];
    longest = Math.max(longest, Math.min(now - last, cpu - used));
    [last, used] = [now, cpu];
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

/** Of this thread, in milliseconds. */
function processorTime(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
