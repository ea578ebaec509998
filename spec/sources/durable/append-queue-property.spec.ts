import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { from, type Observable, of, type Subscription, throwError } from 'rxjs';
import type { AppendResult } from '../../../sources/durable/append.js';
import { draftOf } from '../../../sources/durable/append-body.js';
import { type AppendQueue, appendQueue } from '../../../sources/durable/append-queue.js';
import { failure, limits, manual } from './manual-queue.js';
import { valuesIn } from './written.js';

describe('whatever happens', () => {
  /** Appends, answers and departures in any order. */
  const action = fc.oneof(
    { weight: 4, arbitrary: fc.constant('append' as const) },
    { weight: 1, arbitrary: fc.constant('seq' as const) },
    { weight: 3, arbitrary: fc.constant('answer' as const) },
    { weight: 1, arbitrary: fc.constant('refuse' as const) },
    { weight: 1, arbitrary: fc.constant('too-large' as const) },
    { weight: 1, arbitrary: fc.constant('leave' as const) },
  );

  it('every append is settled once, and the order on the wire is that of the appends', () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
        const { append, answer, refuse, requests, said } = manual({ maxQueuedItems: 100 });
        const subscriptions: Subscription[] = [];
        const stored: number[] = [];
        const isOpen = (): boolean => requests.at(-1)?.answer.closed === false && !requests.at(-1)?.answer.isStopped;
        const take = (): void => {
          if (!isOpen()) return;
          stored.push(...valuesIn(requests.at(-1)?.body ?? '[]').map(Number));
          answer('x');
        };
        for (const one of actions) {
          if (one === 'append') subscriptions.push(append(subscriptions.length));
          else if (one === 'seq') subscriptions.push(append(subscriptions.length, 's'));
          else if (one === 'answer') take();
          else if (one === 'refuse' && isOpen()) refuse('outcome_unknown');
          else if (one === 'too-large' && isOpen()) refuse('payload_too_large');
          else if (one === 'leave') subscriptions[said.length]?.unsubscribe();
        }
        while (isOpen()) {
          const before = requests.length;
          take();
          if (requests.length === before) break;
        }
        const settled = said.map((text) => Number(/^\d+/.exec(text)?.[0]));
        expect(new Set(settled).size).toBe(settled.length);
        expect(subscriptions.every(({ closed }) => closed)).toBe(true);
        expect(stored).toEqual([...stored].sort((a, b) => a - b));
      }),
      { numRuns: 300 },
    );
  });

  it('an error that comes synchronously holds nothing up', () => {
    const said: string[] = [];
    const send = (): Observable<AppendResult> => throwError(() => failure('bad_request'));
    const queue: AppendQueue = appendQueue({ contentType: () => 'text/plain', learn: () => of(1), send }, limits);
    from(['a', 'b', 'c']).subscribe((value) =>
      queue.append('append', draftOf('append', value)).subscribe({ error: () => said.push(value) }),
    );
    expect(said).toEqual(['a', 'b', 'c']);
  });
});
