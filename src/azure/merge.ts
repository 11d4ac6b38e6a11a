/** Runs generators side by side, at most `limit` at a time, and yields what they yield as it comes. */
export async function* merge<T>(sources: readonly (() => AsyncIterable<T>)[], limit: number): AsyncGenerator<T> {
  const waiting = [...sources];
  const running = new Map<AsyncIterator<T>, Promise<Step<T>>>();
  const advance = (iterator: AsyncIterator<T>) =>
    running.set(
      iterator,
      iterator.next().then((result) => ({ iterator, result })),
    );
  const fill = () => {
    while (running.size < limit && waiting.length > 0) advance(waiting.shift()!()[Symbol.asyncIterator]());
  };
  for (fill(); running.size > 0; fill()) {
    const { iterator, result } = await Promise.race(running.values());
    if (result.done) running.delete(iterator);
    else {
      advance(iterator);
      yield result.value;
    }
  }
}

interface Step<T> {
  readonly iterator: AsyncIterator<T>;
  readonly result: IteratorResult<T>;
}
