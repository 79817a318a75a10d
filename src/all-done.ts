/**
 * Waits for all, also where one has failed: when it throws nothing goes on any more that would be in the way of what is done
 * about it.
 * @throws what the first of those that fail throws
 */
export async function allDone<T extends readonly unknown[]>(works: {
  [K in keyof T]: Promise<T[K]>;
}): Promise<T> {
  await Promise.allSettled(works);
  return await Promise.all(works);
}
