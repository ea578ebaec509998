import { defer, filter, type MonoTypeOperatorFunction, type TimestampProvider } from 'rxjs';
import { callback, checkOptions, duration, instance, integer, type OptionRule } from '../lib/check-options.js';
import { recentKeys } from '../lib/recent-keys.js';

/** How many keys are remembered, and for how long. */
export interface DedupeOptions<T> {
  /**
   * Keys remembered; the oldest is forgotten first. About 60 bytes each, besides the key. @default 100_000
   */
  maxKeys?: number | undefined;
  /** How long a key is remembered after its value has passed, in milliseconds. @default 360_000 */
  maxAge?: number | undefined;
  /** Keys that are known from the start, oldest first: those of an earlier run. Read at once. @default none */
  seen?: Iterable<string | number | bigint> | undefined;
  /** Called with each value that is dropped. What it throws is ignored. @default undefined */
  onDuplicate?: ((value: T) => void) | undefined;
  /** Clock of `maxAge`: any scheduler, or an object with `now()` in milliseconds. @default performance */
  scheduler?: TimestampProvider | undefined;
}

const keys: OptionRule = {
  expected: 'an iterable of keys',
  test: (value) => typeof value === 'object' && value !== null && Symbol.iterator in value,
};

/** A Map of V8 holds 2^24 entries and throws at one more. */
const mostKeys = 16_000_000;

/**
 * Drops values whose key has passed before, within the last `maxKeys` keys and `maxAge`.
 *
 * A key that is `undefined`, or NaN, says nothing: its value always passes. The age of a key counts from the value that
 * has passed; duplicates do not prolong it, so a value that comes again and again passes once per `maxAge`. What is
 * remembered belongs to one subscription: put this after the retry, not before, for duplicates across connections.
 * Holds no values.
 *
 * Errors: what `key` throws. `TypeError` at once for an option that makes no sense.
 *
 * @example
 * import { dedupe } from 'tailrace/operators';
 * import { of } from 'rxjs';
 *
 * of({ id: '1' }, { id: '2' }, { id: '1' }).pipe(dedupe((post) => post.id)).subscribe(console.log);
 */
export function dedupe<T>(
  key: (value: T) => string | number | bigint | undefined,
  options: DedupeOptions<T> = {},
): MonoTypeOperatorFunction<T> {
  if (typeof key !== 'function') throw new TypeError('dedupe: key must be a function');
  const rules = {
    maxKeys: integer(1, mostKeys),
    maxAge: duration(1),
    seen: keys,
    onDuplicate: callback,
    scheduler: instance,
  };
  checkOptions('dedupe', rules, options);
  // The wall clock jumps; a step of an hour would forget, or keep, everything.
  const { maxKeys = 100_000, maxAge = 360_000, onDuplicate, scheduler: clock = performance } = options;
  // A generator gives its keys once, and there may be many subscriptions.
  const seen = [...(options.seen ?? [])];
  return (source) =>
    defer(() => {
      const remember = recentKeys(maxKeys, maxAge);
      for (const known of seen) remember(known, clock.now());
      return source.pipe(
        filter((value) => {
          const id = key(value);
          if (id === undefined || Number.isNaN(id) || remember(id, clock.now())) return true;
          if (onDuplicate !== undefined) tell(onDuplicate, value);
          return false;
        }),
      );
    });
}

function tell<T>(listener: (value: T) => void, value: T): void {
  try {
    listener(value);
  } catch {
    // A broken listener must not cost the stream, and there is nowhere to report it: its value was a duplicate anyway.
  }
}
