import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Tries `check` until it neither throws nor returns `false`, and returns what it returned.
 *
 * The first tries follow each other by one turn of the event loop, later ones by 5 ms: what is already on its way costs no wait.
 *
 * Errors: the last error of `check`, once `limitMs` have passed.
 */
export async function eventually<T>(check: () => T | Promise<T>, limitMs = 20_000): Promise<T> {
  const end = performance.now() + limitMs;
  for (let attempt = 0; ; attempt++) {
    const outcome = await tryOnce(check);
    if (outcome.ok) return outcome.value;
    if (performance.now() >= end) throw outcome.error;
    await (attempt < 20 ? new Promise((resolve) => setImmediate(resolve)) : sleep(5));
  }
}

type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown };

async function tryOnce<T>(check: () => T | Promise<T>): Promise<Outcome<T>> {
  try {
    const value = await check();
    if (value === false)
      return { ok: false, error: new Error('eventually: the check still returned false at the end') };
    return { ok: true, value };
  } catch (error) {
    return { ok: false, error };
  }
}
