import { Observable, type OperatorFunction } from 'rxjs';
import { checkOptions, instance, integer, type OptionRules } from '../lib/check-options.js';
import { type Decoded, decodeWith } from '../lib/decode.js';
import { type MalformedOptions, malformedPolicy, malformedRules } from '../lib/malformed-policy.js';
import type { Schema } from '../lib/schema.js';
import type { StreamMonitor } from '../lib/state.js';
import { subscribeWithin } from '../lib/subscribe-within.js';

/** What a value must be, and what becomes of lines that are none. */
export interface DecodeJsonOptions<T> extends MalformedOptions {
  /** Checks every value; its output is what is emitted. Costs about 2 us for a post. @default no check */
  schema?: Schema<T> | undefined;
  /** Deeper values are malformed: `JSON.stringify` throws at 10,000 levels. @default unlimited */
  maxDepth?: number | undefined;
  /** Counts malformed frames. */
  monitor?: StreamMonitor | undefined;
}

const rules: OptionRules<DecodeJsonOptions<never>> = {
  ...malformedRules,
  schema: instance,
  maxDepth: integer(1),
  monitor: instance,
};

/**
 * Turns lines into JSON values. Empty lines are heartbeats and emit nothing; put the watchdog before it.
 *
 * A line that is no JSON, or not of the schema, goes by `malformed`, and nothing valid is lost with it. Values come synchronously
 * and in order; nothing is held.
 *
 * Errors: `fatal_error` with code `malformed`. Errors of the source pass as they are.
 *
 * @example
 * import { byteStream, lines } from 'tailrace';
 * import { decodeJson } from 'tailrace/operators';
 * import { z } from 'zod';
 *
 * const event = z.object({ id: z.string() });
 * byteStream({ url: 'https://example.com/events.ndjson' })
 *   .pipe(lines(), decodeJson({ schema: event, onInvalid: ({ message }) => console.error(message) }))
 *   .subscribe(({ id }) => console.log(id));
 */
export function decodeJson<T>(options: DecodeJsonOptions<T> & { schema: Schema<T> }): OperatorFunction<string, T>;
export function decodeJson(options?: DecodeJsonOptions<unknown>): OperatorFunction<string, unknown>;
export function decodeJson(options: DecodeJsonOptions<unknown> = {}): OperatorFunction<string, unknown> {
  checkOptions('decodeJson', rules, options);
  const { schema, maxDepth, monitor } = options;
  return (source) =>
    new Observable((subscriber) => {
      const policy = malformedPolicy(options, monitor?.report);
      subscribeWithin(source, subscriber, {
        next: (line) => {
          if (line === '') return;
          const decoded: Decoded<unknown> = decodeWith(line, { schema, maxDepth });
          if (decoded.ok) {
            policy.good();
            return subscriber.next(decoded.value);
          }
          const error = policy.bad(decoded.problem);
          if (error !== undefined) subscriber.error(error);
        },
        error: (error) => subscriber.error(error),
        complete: () => subscriber.complete(),
      });
    });
}
