import { setTimeout as sleep } from 'node:timers/promises';

/** Each look is a call into the browser, which shares two cores with all that is looked at. */
const interval = 100;
const patience = 60_000;

/**
 * Reads a value ten times a second until it is good, and returns it.
 *
 * Errors: `what` was waited for, with the last value, after a minute.
 */
export async function until<T>(what: string, read: () => Promise<T>, isGood: (value: T) => boolean): Promise<T> {
  const end = performance.now() + patience;
  for (;;) {
    const value = await read();
    if (isGood(value)) return value;
    if (performance.now() >= end)
      throw new Error(`${what}: not within ${patience} ms; at last ...${JSON.stringify(value).slice(-2_000)}`);
    await sleep(interval);
  }
}
