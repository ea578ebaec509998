import { asyncScheduler, defer, mergeMap, type Observable, retry, throwError, timer } from 'rxjs';
import { hasCode } from './expected-errors.js';
import type { DurableReadOptions } from './read-options.js';
import { readParts } from './session.js';
import { wakeGeneration } from './subscription-schemas.js';

/** A reason to claim: a wake of this generation, or `undefined` for a connection before which a wake may have been missed. */
export type WakeHint = number | undefined;

/** Where wakes are told of. */
export interface WakeStream {
  /** Id of the subscription; other subscriptions may share the stream. */
  readonly subscription: string;
  readonly url: string;
  readonly options: DurableReadOptions;
  readonly live: 'auto-live' | 'long-poll' | 'sse';
}

/** A wake stream that keeps losing its data must not be asked without pause. */
const restartDelay = 1_000;

/**
 * The hints of a wake stream from now on. The first comes with the first answer, so that nothing falls between it and the claim that follows.
 *
 * Wakes are hints only: a stream that was made anew, or has lost data, is followed from its tail again. Completes when it is closed.
 */
export function wakeHints(where: string, { subscription, url, options, live }: WakeStream): Observable<WakeHint> {
  return defer(() => {
    let missed = true;
    const onReconnect: DurableReadOptions['onReconnect'] = (attempt, delay) => {
      missed = true;
      options.onReconnect?.(attempt, delay);
    };
    const read = { ...options, onReconnect, offset: 'now', mode: 'json' } as const;
    return readParts(where, url, read, { live, whole: true }).pipe(
      mergeMap((parts) => parts),
      mergeMap((part): WakeHint[] => {
        if (part.type === 'open' && missed) {
          missed = false;
          return [undefined];
        }
        return part.type === 'items' ? generationsOf(part.items, subscription) : [];
      }),
    );
  }).pipe(
    retry({
      delay: (error: unknown) =>
        hasCode(error, ['retention_gone', 'offset_regression'])
          ? timer(options.initialBackoff ?? restartDelay, options.scheduler ?? asyncScheduler)
          : throwError(() => error),
    }),
  );
}

function generationsOf(items: readonly unknown[], subscription: string): number[] {
  return items.flatMap((item) => wakeGeneration(item, subscription) ?? []);
}
