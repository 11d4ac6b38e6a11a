/** How many environments are read side by side. */
const together = 8;

/** What `each` makes of every item, in order; at most eight at a time. */
export async function mapLimited<T, R>(items: readonly T[], each: (item: T) => Promise<R>): Promise<readonly R[]> {
  const results: R[] = [];
  const queue = [...items.entries()];
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) results[next[0]] = await each(next[1]);
  };
  await Promise.all(Array.from({ length: together }, work));
  return results;
}
