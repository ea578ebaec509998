import { setTimeout } from 'node:timers/promises';

/** Waits until something is so, for so many milliseconds at most, or until the signal aborts. */
export async function until(isSo: () => boolean, limit: number, signal?: AbortSignal): Promise<void> {
  const end = performance.now() + limit;
  while (!isSo() && performance.now() < end && signal?.aborted !== true) await pause(20, signal);
}

/** Waits so many milliseconds; an abort only ends the pause early. */
export async function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  if (milliseconds <= 0 || signal?.aborted === true) return;
  await setTimeout(milliseconds, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
}
