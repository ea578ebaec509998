import { describe, expect, it } from '@jest/globals';
import { EMPTY, NEVER, Observable, of, range, Subject, take, throwError, VirtualTimeScheduler } from 'rxjs';
import type { Delivery } from '../../lib/delivery.js';
import { StreamError } from '../../lib/errors.js';
import { readGate } from '../../lib/read-gate.js';
import { createMonitor, type StreamWarning } from '../../lib/state.js';
import { deliver, type DeliverOptions } from '../../operators/deliver.js';
import { retryBackoff } from '../../operators/retry-backoff.js';
import { failure, marbles, pendingTimers } from './retry-harness.js';

/** Subscribes and keeps every delivery. A warning of a stall would keep jest from its end. */
function held<T>(source: Observable<T>, options: DeliverOptions<T>) {
  const deliveries: Delivery<T>[] = [];
  const ends: unknown[] = [];
  const subscription = source.pipe(deliver({ scheduler: new VirtualTimeScheduler(), ...options })).subscribe({
    next: (delivery) => deliveries.push(delivery),
    error: (error: unknown) => ends.push(error),
    complete: () => ends.push('complete'),
  });
  return { subscription, deliveries, ends, values: () => deliveries.map(({ value }) => value) };
}

describe('deliver', () => {
  it('gives values as deliveries with their position, the first time', () => {
    const { deliveries, ends } = held(of('a', 'b'), { maxUnacked: 5, positionOf: (value) => `after ${value}` });
    expect(deliveries.map(({ value, position, attempt }) => ({ value, position, attempt }))).toEqual([
      { value: 'a', position: 'after a', attempt: 1 },
      { value: 'b', position: 'after b', attempt: 1 },
    ]);
    expect(ends).toEqual(['complete']);
  });

  it('passes the empty, the silent, the failing and the endless synchronous source', () => {
    const error = failure();
    expect(held(EMPTY, { maxUnacked: 1 }).ends).toEqual(['complete']);
    expect(held(NEVER, { maxUnacked: 1 }).ends).toEqual([]);
    expect(
      held(
        throwError(() => error),
        { maxUnacked: 1 },
      ).ends,
    ).toEqual([error]);
    const seen: number[] = [];
    range(1, Infinity)
      .pipe(deliver({ maxUnacked: 3 }), take(2))
      .subscribe(({ value }) => seen.push(value));
    expect(seen).toEqual([1, 2]);
  });

  it('hands out no more than maxUnacked, and the rest in order as credit comes back', () => {
    const { deliveries, values, ends } = held(of(1, 2, 3, 4, 5), { maxUnacked: 2 });
    expect([values(), ends]).toEqual([[1, 2], []]);
    deliveries[1]?.ack();
    expect(values()).toEqual([1, 2, 3]);
    deliveries[1]?.ack();
    expect(values()).toEqual([1, 2, 3]);
    deliveries[0]?.release();
    expect([values(), ends]).toEqual([[1, 2, 3, 4], []]);
    deliveries[3]?.ack();
    expect([values(), ends]).toEqual([[1, 2, 3, 4, 5], ['complete']]);
  });

  it('delivers what waits before an error', () => {
    const source = new Subject<number>();
    const { deliveries, values, ends } = held(source, { maxUnacked: 1 });
    const error = failure();
    source.next(1);
    source.next(2);
    source.error(error);
    expect([values(), ends]).toEqual([[1], []]);
    deliveries[0]?.ack();
    expect([values(), ends]).toEqual([[1, 2], [error]]);
  });

  it('keeps its window across reconnects', () => {
    marbles((_helpers, scheduler) => {
      let connections = 0;
      const flapping = new Observable<number>((subscriber) => {
        connections += 1;
        for (let n = 0; n < 3; n += 1) subscriber.next(connections * 10 + n);
        subscriber.error(failure());
      });
      const source = flapping.pipe(retryBackoff({ maxRetries: 3, jitter: 'none', scheduler }));
      const { deliveries, values } = held(source, { maxUnacked: 4 });
      scheduler.flush();
      expect([connections, values()]).toEqual([4, [10, 11, 12, 20]]);
      for (const delivery of deliveries.slice(0, 2)) delivery.ack();
      expect(values()).toEqual([10, 11, 12, 20, 21, 22]);
    });
  });

  it.each([
    { onFull: 'dropOldest' as const, expected: [0, 8, 9] },
    { onFull: 'dropNewest' as const, expected: [0, 1, 2] },
  ])('counts what it lets go under $onFull', ({ onFull, expected }) => {
    const monitor = createMonitor();
    const { deliveries, values } = held(range(0, 10), { maxUnacked: 1, maxQueued: 2, onFull, monitor });
    for (let at = 0; at < 3; at += 1) deliveries[at]?.ack();
    expect([values(), monitor.state.dropped]).toEqual([expected, 7]);
  });

  it('says slow_consumer under error, and counts nothing as out any more', () => {
    const monitor = createMonitor();
    const { values, ends } = held(range(0, 10), { maxUnacked: 1, maxQueued: 2, onFull: 'error', monitor });
    expect(values()).toEqual([0]);
    expect(ends).toEqual([expect.objectContaining({ errorType: 'fatal_error', code: 'slow_consumer' })]);
    expect(monitor.state.outstanding).toBe(0);
  });

  it('has a limit under pause as well, for sources that do not heed the gate', () => {
    const { ends } = held(range(0, 1_000_003), { maxUnacked: 1 });
    expect(ends).toEqual([expect.objectContaining({ code: 'slow_consumer' })]);
  });

  it('leaves the gate alone under any policy but pause', () => {
    const gate = readGate();
    held(range(0, 3), { maxUnacked: 1, onFull: 'dropNewest', gate });
    expect(gate.isOpen).toBe(true);
    const { subscription } = held(NEVER, { maxUnacked: 1, gate });
    subscription.unsubscribe();
    held(new Subject(), { maxUnacked: 1, gate });
    expect(gate.isOpen).toBe(true);
  });

  it('ends with the reason of a nack that nobody else has taken', () => {
    const source = new Subject<number>();
    const { deliveries, ends } = held(source, { maxUnacked: 2 });
    source.next(1);
    deliveries[0]?.nack('why');
    expect(ends).toEqual([
      expect.objectContaining({ errorType: 'fatal_error', code: 'delivery_failed', cause: 'why' }),
    ]);
    expect(ends[0]).toBeInstanceOf(StreamError);
    expect(source.observed).toBe(false);
  });

  it('opens the gate when it is left while full, and hears nothing of what settles later', () => {
    const gate = readGate();
    const monitor = createMonitor();
    const { subscription, deliveries, values, ends } = held(endless(1, 2, 3), { maxUnacked: 2, gate, monitor });
    expect([gate.isOpen, monitor.state.outstanding]).toEqual([false, 2]);
    subscription.unsubscribe();
    for (const delivery of deliveries) delivery.nack('late');
    expect([gate.isOpen, values(), ends, monitor.state.outstanding]).toEqual([true, [1, 2], [], 0]);
  });

  it('takes nothing more from a source that waits at the gate when it is left', () => {
    const gate = readGate();
    const scheduler = new VirtualTimeScheduler();
    let brought = 0;
    const source = new Observable<number>((subscriber) => {
      subscriber.add(
        gate.paused$.subscribe((paused) => {
          while (!paused && gate.isOpen && brought < 100) subscriber.next(brought++);
        }),
      );
    });
    const options = { maxUnacked: 2, gate, scheduler, monitor: createMonitor() };
    const { subscription } = held(source, options);
    subscription.unsubscribe();
    expect([brought, gate.isOpen, options.monitor.state.outstanding]).toEqual([2, true, 0]);
    expect(scheduler.actions.filter((action) => !action.closed)).toHaveLength(0);
  });

  it('shows what is out', () => {
    const monitor = createMonitor();
    const { deliveries } = held(endless(1, 2, 3), { maxUnacked: 5, monitor });
    const out = deliveries.map((delivery) => {
      delivery.ack();
      delivery.ack();
      return monitor.state.outstanding;
    });
    expect(out).toEqual([2, 1, 0]);
  });

  it('warns once when all credit has been out for 30 s and nothing settled', () => {
    marbles((_helpers, scheduler) => {
      const monitor = createMonitor();
      const warnings: (StreamWarning & { at: number })[] = [];
      monitor.events$.subscribe((event) => {
        if (event.type === 'warning') warnings.push({ ...event.warning, at: scheduler.now() });
      });
      const source = new Subject<number>();
      const { deliveries, subscription } = held(source, { maxUnacked: 4, monitor, scheduler });
      for (let n = 0; n < 4; n += 1) source.next(n);
      scheduler.schedule(() => deliveries[0]?.ack(), 20_000);
      scheduler.schedule(() => expect(warnings).toEqual([]), 49_999);
      scheduler.schedule(() => subscription.unsubscribe(), 500_000);
      scheduler.flush();
      const message = 'all credit is out (4 deliveries) and nothing has settled for 30000 ms';
      expect(warnings).toEqual([{ kind: 'stalled_consumer', message, at: 50_000 }]);
      expect(pendingTimers(scheduler)).toBe(0);
    });
  });

  it('runs no timer while there is credit', () => {
    marbles((_helpers, scheduler) => {
      const { deliveries } = held(endless(1, 2), { maxUnacked: 2, monitor: createMonitor(), scheduler });
      expect(pendingTimers(scheduler)).toBe(1);
      deliveries[0]?.ack();
      expect(pendingTimers(scheduler)).toBe(0);
    });
  });

  it.each([
    { maxUnacked: 2, positionOf: (value: string) => String(sizeOf(value)) },
    { maxUnacked: 2, maxUnackedBytes: 5, sizeOf },
  ])('errors with what sizeOf or positionOf throws, also for a value that has to wait', (options) => {
    for (const values of [['bad'], ['a', 'b', 'bad']]) {
      const { ends } = held(of(...values), options);
      // Two are out and their consumer never settles: the error is not kept waiting for them.
      expect(ends).toEqual([new Error('bad')]);
    }
  });

  it.each([
    { options: { maxUnacked: 0 }, message: /"maxUnacked"/ },
    { options: { maxUnacked: Number.NaN }, message: /"maxUnacked"/ },
    { options: { maxUnacked: 1, maxQueued: 1.5 }, message: /"maxQueued"/ },
    { options: { maxUnacked: 1, maxUnackedBytes: 5 }, message: /"sizeOf"/ },
    { options: { maxUnacked: 1, stallWarning: Infinity }, message: /"stallWarning"/ },
  ])('refuses $options', ({ options, message }) => {
    expect(() => deliver(options)).toThrow(message);
  });
});

function sizeOf(value: string): number {
  if (value === 'bad') throw new Error('bad');
  return 1;
}

function endless<T>(...values: T[]): Observable<T> {
  return new Observable((subscriber) => {
    for (const value of values) subscriber.next(value);
  });
}
