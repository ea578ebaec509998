/**
 * Resolves when all have; rejects with the first reason of all, but not before every one has come to its end: whoever ends the process on a
 * rejection would else cut off those that go well.
 */
export async function settleAll(promises: readonly Promise<void>[]): Promise<void> {
  const results = await Promise.allSettled(promises);
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}
