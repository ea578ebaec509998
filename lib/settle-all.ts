/**
 * Resolves when all have; rejects with the reason of one, but not before every one has come to its end: whoever ends the process on a
 * rejection would else cut off those that go well.
 */
export async function settleAll(promises: readonly Promise<void>[]): Promise<void> {
  await Promise.allSettled(promises);
  await Promise.all(promises);
}
