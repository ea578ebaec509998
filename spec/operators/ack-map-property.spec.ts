import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Observable, timer } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import type { Delivery } from '../../lib/delivery.js';
import { ackMap } from '../../operators/ack-map.js';
import { parallelByKey } from '../../operators/parallel-by-key.js';
import { type DeliveryLedger, deliveryLedger } from './delivery-ledger.js';

/** One delivery: when it comes, by how much its handler takes, and what becomes of it. */
interface Step {
  readonly gap: number;
  /** Below 0 for a handler that gives its result at once. */
  readonly work: number;
  readonly fate: 'one' | 'two' | 'fails' | 'throws' | 'hangs';
  readonly key: number;
}

interface Run {
  readonly steps: readonly Step[];
  readonly ending: 'complete' | 'error' | 'leave';
  readonly leaveAt: number;
  readonly concurrency: number;
  readonly ordered: boolean;
  readonly onHandlerError: 'nack' | 'error';
}

const step = fc.record({
  gap: fc.nat(3),
  work: fc.integer({ min: -2, max: 8 }),
  fate: fc.constantFrom('one', 'one', 'two', 'fails', 'throws', 'hangs'),
  key: fc.nat(2),
} as const);
const runs: fc.Arbitrary<Run> = fc.record({
  steps: fc.array(step, { maxLength: 20 }),
  ending: fc.constantFrom('complete', 'error', 'leave'),
  leaveAt: fc.nat(40),
  concurrency: fc.integer({ min: 1, max: 4 }),
  ordered: fc.boolean(),
  onHandlerError: fc.constantFrom('nack', 'nack', 'error'),
});
const timeout = 9;

type Operator = (
  handler: (index: number) => Observable<number> | number,
  run: Run,
  scheduler: TestScheduler,
) => OperatorOf;
type OperatorOf = (source: Observable<Delivery<number>>) => Observable<number>;

/** Plays a run in virtual time, and gives what can be said about it afterwards. */
function play(run: Run, operator: Operator): Played {
  const ledger = deliveryLedger<number>(() => {
    played.failedLate ||= played.over && ledger.log.at(-1)?.startsWith('nack') === true;
  });
  const scheduler = new TestScheduler(() => undefined);
  const played: Played = {
    ledger,
    seen: [],
    ends: [],
    most: 0,
    overlaps: 0,
    started: [],
    timers: 0,
    left: false,
    over: false,
    failedLate: false,
  };
  scheduler.run(({ flush }) => {
    const result = operator(
      scriptedHandler(run, played),
      run,
      scheduler,
    )(scriptedSource(run, ledger, () => (played.over = true)));
    const subscription = result.subscribe({
      next: (index) => played.seen.push(index),
      error: (error: unknown) => played.ends.push(error),
      complete: () => played.ends.push('complete'),
    });
    if (run.ending === 'leave') {
      scheduler.schedule(() => {
        played.left = !subscription.closed;
        subscription.unsubscribe();
        played.timers = scheduler.actions.filter((action) => !action.closed).length;
      }, run.leaveAt);
    }
    flush();
  });
  return played;
}

interface Played {
  readonly ledger: DeliveryLedger<number>;
  readonly seen: number[];
  readonly ends: unknown[];
  readonly started: number[];
  most: number;
  overlaps: number;
  timers: number;
  left: boolean;
  over: boolean;
  /** A delivery was refused when the source was over: nobody upstream hears of it. */
  failedLate: boolean;
}

function scriptedSource(
  { steps, ending }: Run,
  ledger: DeliveryLedger<number>,
  onEnd: () => void,
): Observable<Delivery<number>> {
  return new Observable((subscriber) => {
    let at = 0;
    for (const [index, { gap }] of steps.entries()) {
      at += gap;
      subscriber.add(timer(at).subscribe(() => subscriber.next(ledger.deliver(index))));
    }
    if (ending === 'leave') return;
    const end = (): void => {
      onEnd();
      if (ending === 'error') subscriber.error('source');
      else subscriber.complete();
    };
    subscriber.add(timer(at).subscribe(end));
  });
}

/** Counts itself; result `index` stands for the delivery. */
function scriptedHandler({ steps }: Run, played: Played): (index: number) => Observable<number> | number {
  let running = 0;
  const busy = new Set<number>();
  return (index) => {
    const { work, fate, key } = steps[index] ?? { work: 0, fate: 'one', key: 0 };
    played.started.push(index);
    played.most = Math.max(played.most, running + 1);
    if (busy.has(key)) played.overlaps += 1;
    if (fate === 'throws') throw new Error('thrown');
    if (work < 0) return index;
    return new Observable<number>((subscriber) => {
      running += 1;
      busy.add(key);
      subscriber.add(() => {
        running -= 1;
        busy.delete(key);
      });
      const last = fate === 'hangs' ? timer(1_000) : timer(work);
      if (fate === 'two') subscriber.next(index);
      subscriber.add(
        last.subscribe(() => {
          if (fate === 'fails') return subscriber.error(new Error('failed'));
          subscriber.next(index);
          subscriber.complete();
        }),
      );
    });
  };
}

function check(run: Run, played: Played): void {
  const { ledger, seen, ends, most, timers, left } = played;
  expect(ledger.outstanding).toBe(0);
  expect(most).toBeLessThanOrEqual(run.concurrency);
  expect(timers).toBe(0);
  expect(ends).toHaveLength(left || run.ending === 'leave' ? ends.length : 1);
  const failed = ledger.log.some((line) => line.startsWith('nack'));
  if (run.onHandlerError === 'error') expect(failed).toBe(false);
  if (run.ending === 'complete' && run.onHandlerError === 'nack') {
    const end = played.failedLate ? expect.stringMatching(/delivery has failed/) : 'complete';
    expect(ends.map(String)).toEqual([end]);
  }
  if (run.ending === 'error' && run.onHandlerError === 'nack') expect(ends).toEqual(['source']);
  if (run.ending !== 'leave' && run.onHandlerError === 'nack') {
    expect(ledger.log).toHaveLength(run.steps.length);
    expect(ledger.log.filter((line) => line.startsWith('release'))).toEqual([]);
  }
  for (const line of ledger.log) {
    const [outcome, index] = line.split(/[ :]/);
    if (outcome === 'ack') expect(seen).toContain(Number(index));
  }
}

describe('ackMap on random handlers', () => {
  const operator: Operator = (handler, { concurrency, ordered, onHandlerError }, scheduler) =>
    ackMap(handler, { concurrency, ordered, onHandlerError, timeout, scheduler });

  it('settles every delivery, runs no more handlers than it may, keeps the order and leaves no timer', () => {
    fc.assert(
      fc.property(runs, (run) => {
        const played = play(run, operator);
        check(run, played);
        expect(played.started).toEqual([...played.started].sort((a, b) => a - b));
        if (run.ordered) expect(played.seen).toEqual([...played.seen].sort((a, b) => a - b));
        const acked = played.ledger.log.filter((line) => line.startsWith('ack')).map((line) => Number(line.slice(4)));
        if (run.ordered) expect(acked).toEqual([...acked].sort((a, b) => a - b));
      }),
      { numRuns: 300 },
    );
  });
});

describe('parallelByKey on random handlers', () => {
  const operators: Record<string, Operator> = {
    'with the handler': (handler, run, scheduler) => {
      const { concurrency, onHandlerError } = run;
      return parallelByKey((index: number) => keyOf(run, index), handler, {
        ...{ concurrency, onHandlerError, timeout, scheduler },
      });
    },
    'before an ackMap': (handler, run, scheduler) => {
      const { concurrency, onHandlerError } = run;
      const options = { concurrency: 10, ordered: false, onHandlerError, timeout, scheduler };
      return (source) =>
        source.pipe(
          parallelByKey((index) => keyOf(run, index), { concurrency }),
          ackMap(handler, options),
        );
    },
  };

  it.each(Object.entries(operators))(
    '%s settles every delivery and runs one of a key at a time, in order',
    (_, operator) => {
      fc.assert(
        fc.property(runs, (run) => {
          const played = play(run, operator);
          check(run, played);
          expect(played.overlaps).toBe(0);
          for (const key of [0, 1, 2]) {
            const ofKey = (all: readonly number[]): number[] => all.filter((index) => keyOf(run, index) === key);
            expect(ofKey(played.started)).toEqual(ofKey(played.started).sort((a, b) => a - b));
            expect(ofKey(played.seen)).toEqual(ofKey(played.seen).sort((a, b) => a - b));
          }
        }),
        { numRuns: 200 },
      );
    },
  );
});

function keyOf({ steps }: Run, index: number): number {
  return steps[index]?.key ?? 0;
}
