import { figure, median, type Figure } from "./figure.ts";

/** The longest time in which nothing else could run, in milliseconds. */
export interface Block {
  /** By the clock, waits for a disk or a busy machine included. */
  readonly wall: number;
  /** The most processor time that this thread used between two looks: what the code does, however busy the machine is. */
  readonly processor: number;
}

/** Watches the event loop. */
export function watchLoop(): { stop(): Promise<Block> } {
  let last = performance.now();
  let used = processorTime();
  let longest: Block = { wall: 0, processor: 0 };
  const look = (): void => {
    const [now, cpu] = [performance.now(), processorTime()];
    longest = { wall: Math.max(longest.wall, now - last), processor: Math.max(longest.processor, cpu - used) };
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

interface Blocks {
  readonly name: string;
  readonly found: readonly Block[];
  /** The same work done by hand, in the same run. */
  readonly bare: readonly Block[];
}

/**
 * The clock is judged: who waits does not care why, and a thread that waits for a disk uses no processor while it holds
 * the loop. Processor time stands beside it, unjudged: far below the clock, it says that the machine was busy.
 */
export function blockFigures({ name, found, bare }: Blocks): readonly Figure[] {
  const of = (blocks: readonly Block[], clock: keyof Block): number => median(blocks.map((block) => block[clock]));
  return [
    figure({ name, value: of(found, "wall"), unit: "ms", baseline: of(bare, "wall"), goal: 50 }),
    figure({
      name: `${name}, in processor time`,
      value: of(found, "processor"),
      unit: "ms",
      baseline: of(bare, "processor"),
    }),
  ];
}

/** Of this thread, in milliseconds. */
function processorTime(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
