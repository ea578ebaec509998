import { describe, expect, it } from '@jest/globals';
import { EMPTY, NEVER, type Observable, Subject, take, throwError, VirtualTimeScheduler } from 'rxjs';
import type { Delivery } from '../../lib/delivery.js';
import { redeliver, type RedeliverOptions } from '../../operators/redeliver.js';
import { creditSource } from './credit-source.js';

const exact = { initialBackoff: 100, jitter: 'none' } as const;

/** Everything that a subscriber sees, with its time. */
function watch(
  source: Observable<Delivery<number>>,
  clock: VirtualTimeScheduler,
  handle: (d: Delivery<number>) => void,
) {
  const seen: string[] = [];
  const subscription = source.subscribe({
    next: (delivery) => {
      seen.push(`${clock.now()}: ${delivery.value} #${delivery.attempt}`);
      handle(delivery);
    },
    error: (error: unknown) => seen.push(`${clock.now()}: error ${String(error)}`),
    complete: () => seen.push(`${clock.now()}: complete`),
  });
  return { seen, subscription };
}

describe('redeliver', () => {
  it('delivers again after the backoff, with one attempt more each time, and acknowledges the original with the last', () => {
    const scheduler = new VirtualTimeScheduler();
    const { source, settled } = creditSource({ total: 1, now: () => scheduler.now() });
    const { seen } = watch(source.pipe(redeliver({ backoff: exact, scheduler })), scheduler, (delivery) =>
      delivery.attempt < 3 ? delivery.nack('no') : delivery.ack(),
    );
    scheduler.flush();
    expect(seen).toEqual(['0: 0 #1', '100: 0 #2', '300: 0 #3', '300: complete']);
    expect(settled).toEqual([{ value: 0, outcome: 'ack', reason: undefined, at: 300 }]);
  });

  it('refuses the original with the last reason after max deliveries, counted from the attempt of the original', () => {
    const scheduler = new VirtualTimeScheduler();
    const { source, settled } = creditSource({ total: 1, end: 'never', attempt: 7 });
    const { seen } = watch(source.pipe(redeliver({ max: 3, backoff: exact, scheduler })), scheduler, (delivery) =>
      delivery.nack(delivery.attempt),
    );
    scheduler.flush();
    expect(seen).toEqual(['0: 0 #7', '100: 0 #8', '300: 0 #9']);
    expect(settled).toEqual([{ value: 0, outcome: 'nack', reason: 9, at: 0 }]);
  });

  it('keeps the credit of what waits, lets the others pass, and keeps value and position', () => {
    const scheduler = new VirtualTimeScheduler();
    const root = creditSource({ total: 4, window: 2 });
    const positions = new Set<string | undefined>();
    const { seen } = watch(root.source.pipe(redeliver({ backoff: exact, scheduler })), scheduler, (delivery) => {
      positions.add(delivery.position);
      if (delivery.value === 0 && delivery.attempt === 1) delivery.nack();
      else if (delivery.value > 0) delivery.ack();
    });
    expect(seen).toEqual(['0: 0 #1', '0: 1 #1', '0: 2 #1', '0: 3 #1']);
    expect(root.out()).toBe(1);
    scheduler.flush();
    expect(seen.slice(4)).toEqual(['100: 0 #2']);
    expect([...positions]).toEqual(['p0', 'p1', 'p2', 'p3']);
  });

  it('in order, holds the next one until the one before is settled for good', () => {
    const scheduler = new VirtualTimeScheduler();
    const root = creditSource({ total: 3, failsOnNack: false });
    const { seen } = watch(
      root.source.pipe(redeliver({ max: 2, ordered: true, backoff: exact, scheduler })),
      scheduler,
      (delivery) => (delivery.value === 2 ? delivery.ack() : delivery.nack('no')),
    );
    scheduler.flush();
    expect(seen.slice(0, 5)).toEqual(['0: 0 #1', '100: 0 #2', '100: 1 #1', '200: 1 #2', '200: 2 #1']);
    expect(root.log()).toEqual(['nack 0', 'nack 1', 'ack 2']);
  });

  it('in order, keeps the order when the consumer makes the source emit from inside next', () => {
    const root = creditSource({ total: 0 });
    const source = new Subject<Delivery<number>>();
    const seen: number[] = [];
    source.pipe(redeliver({ ordered: true })).subscribe((delivery) => {
      seen.push(delivery.value);
      if (delivery.value === 0) {
        source.next(root.make(1));
        source.next(root.make(2));
      }
      delivery.ack();
    });
    source.next(root.make(0));
    expect(seen).toEqual([0, 1, 2]);
    expect(root.log()).toEqual(['ack 0', 'ack 1', 'ack 2']);
  });

  it('passes release at once', () => {
    const root = creditSource({ total: 1 });
    root.source.pipe(redeliver()).subscribe((delivery) => delivery.release());
    expect(root.log()).toEqual(['release 0']);
  });

  it('waits with completion until the last delivery is settled', () => {
    const scheduler = new VirtualTimeScheduler();
    const held: Delivery<number>[] = [];
    const root = creditSource({ total: 2 });
    const { seen } = watch(root.source.pipe(redeliver({ backoff: exact, scheduler })), scheduler, (d) => held.push(d));
    held[0]?.nack();
    held[1]?.ack();
    scheduler.flush();
    expect(seen).toEqual(['0: 0 #1', '0: 1 #1', '100: 0 #2']);
    held[2]?.ack();
    expect(seen.at(-1)).toBe('100: complete');
  });

  it('errors itself with what is refused for good after the source has completed', () => {
    const scheduler = new VirtualTimeScheduler();
    const errors: unknown[] = [];
    const root = creditSource({ total: 2 });
    root.source
      .pipe(redeliver({ max: 2, scheduler }))
      .subscribe({ next: (d) => (d.value === 0 ? d.nack('poison') : d.ack()), error: (error) => errors.push(error) });
    scheduler.flush();
    expect(errors).toEqual([expect.objectContaining({ code: 'delivery_failed', attempts: 2, cause: 'poison' })]);
    expect(root.log()).toEqual(['ack 1', 'nack 0']);
  });

  it('passes an error when what is in flight is settled, and releases what waits at once', () => {
    const scheduler = new VirtualTimeScheduler();
    const root = creditSource({ total: 0 });
    const source = new Subject<Delivery<number>>();
    const held: Delivery<number>[] = [];
    const { seen } = watch(source.pipe(redeliver({ max: 2, backoff: exact, scheduler })), scheduler, (d) =>
      held.push(d),
    );
    for (const value of [0, 1, 2]) source.next(root.make(value));
    held[0]?.nack();
    source.error('broken');
    expect(root.log()).toEqual(['release 0']);
    expect(scheduler.actions).toHaveLength(0);
    held[1]?.nack('would come again');
    expect(seen.at(-1)).toBe('0: 2 #1');
    held[2]?.ack();
    expect(root.log()).toEqual(['release 0', 'release 1', 'ack 2']);
    expect(seen.at(-1)).toBe('0: error broken');
  });

  it('in order, releases what is queued on an error and on unsubscription', () => {
    const root = creditSource({ total: 3, end: 'error' });
    const held: Delivery<number>[] = [];
    const errors: unknown[] = [];
    root.source
      .pipe(redeliver({ ordered: true }))
      .subscribe({ next: (d) => held.push(d), error: (error) => errors.push(error) });
    expect(root.log()).toEqual(['release 1', 'release 2']);
    held[0]?.ack();
    expect(errors).toEqual(['source failed']);
    const other = creditSource({ total: 3 });
    other.source
      .pipe(redeliver({ ordered: true }))
      .subscribe()
      .unsubscribe();
    expect(other.log()).toEqual(['release 1', 'release 2']);
  });

  it('releases what waits on unsubscription, without timers, and takes what comes afterwards', () => {
    const scheduler = new VirtualTimeScheduler();
    const root = creditSource({ total: 9, window: 3 });
    const held: Delivery<number>[] = [];
    const subscription = root.source.pipe(redeliver({ scheduler })).subscribe((delivery) => held.push(delivery));
    held[0]?.nack();
    expect(scheduler.actions).toHaveLength(1);
    subscription.unsubscribe();
    expect(scheduler.actions).toHaveLength(0);
    held[1]?.ack();
    held[2]?.nack();
    held[2]?.ack();
    expect(root.log()).toEqual(['release 0', 'ack 1', 'release 2']);
    expect(root.emitted()).toBe(3);
  });

  it('tells of each redelivery, and does not mind when that throws', () => {
    const scheduler = new VirtualTimeScheduler();
    const told: unknown[] = [];
    const root = creditSource({ total: 1 });
    const onRedeliver: RedeliverOptions<number>['onRedeliver'] = (redelivery) => {
      told.push(redelivery);
      throw new Error('observer');
    };
    const backoff = { initialBackoff: 100, jitter: 'full' } as const;
    root.source
      .pipe(redeliver({ backoff, random: () => 0.5, onRedeliver, scheduler }))
      .subscribe((delivery) => (delivery.attempt === 1 ? delivery.nack('no') : delivery.ack()));
    scheduler.flush();
    expect(told).toEqual([{ value: 0, position: 'p0', attempt: 2, delay: 50, reason: 'no' }]);
    expect(root.log()).toEqual(['ack 0']);
  });

  it('grows decorrelated waits from the wait before', () => {
    const scheduler = new VirtualTimeScheduler();
    const root = creditSource({ total: 1 });
    const delays: number[] = [];
    const backoff = { initialBackoff: 100, maxBackoff: 10_000, jitter: 'decorrelated' } as const;
    root.source
      .pipe(
        redeliver({ max: 4, backoff, random: () => 0.999, onRedeliver: ({ delay }) => delays.push(delay), scheduler }),
      )
      .subscribe({ next: (delivery) => delivery.nack(), error: () => undefined });
    scheduler.flush();
    expect(delays[1]).toBeGreaterThan((delays[0] ?? 0) * 2);
    expect(delays[2]).toBeGreaterThan((delays[1] ?? 0) * 2);
  });

  it('passes nothing, nothing at all and an error on', () => {
    const seen: unknown[] = [];
    EMPTY.pipe(redeliver()).subscribe({ complete: () => seen.push('complete') });
    NEVER.pipe(redeliver()).subscribe({ complete: () => seen.push('never') });
    throwError(() => 'boom')
      .pipe(redeliver())
      .subscribe({ error: (error) => seen.push(error) });
    expect(seen).toEqual(['complete', 'boom']);
  });

  it.each([false, true])('stops a synchronous source as soon as nobody listens (ordered: %s)', (ordered) => {
    const root = creditSource({ total: Infinity, window: 5 });
    root.source.pipe(redeliver({ ordered }), take(2)).subscribe((delivery) => delivery.ack());
    expect(root.emitted()).toBe(2);
    expect(root.log()).toEqual(['ack 0', 'ack 1']);
  });

  it.each([false, true])('takes 100,000 synchronous deliveries (ordered: %s)', (ordered) => {
    const scheduler = new VirtualTimeScheduler();
    const root = creditSource({ total: 100_000 });
    const held: Delivery<number>[] = [];
    let count = 0;
    root.source.pipe(redeliver({ ordered, scheduler })).subscribe((delivery) => {
      count += 1;
      if (count === 1) held.push(delivery);
      else delivery.ack();
    });
    held[0]?.ack();
    expect(count).toBe(100_000);
    expect(root.out()).toBe(0);
  });

  it('holds 100,000 refused ones and lets go of them in linear time', () => {
    const root = creditSource({ total: 100_000 });
    root.source
      .pipe(redeliver())
      .subscribe((delivery) => delivery.nack())
      .unsubscribe();
    expect(root.settled).toHaveLength(100_000);
  });

  it.each<[string, object]>([
    ['max', { max: 0 }],
    ['max', { max: Number.NaN }],
    ['max', { max: '5' }],
    ['max', { max: Infinity }],
    ['backoff', { backoff: 5 }],
    ['initialBackoff', { backoff: { initialBackoff: -1 } }],
    ['maxBackoff', { backoff: { initialBackoff: 100, maxBackoff: 50 } }],
    ['unknown option "initial"', { backoff: { initial: 1 } }],
    ['ordered', { ordered: 1 }],
    ['onRedeliver', { onRedeliver: 1 }],
    ['random', { random: 0.5 }],
    ['scheduler', { scheduler: 'async' }],
    ['unknown option "retries"', { retries: 1 }],
  ])('refuses a senseless %s (%j)', (named, options) => {
    const call = (): unknown => Reflect.apply(redeliver, undefined, [options]);
    expect(call).toThrow(TypeError);
    expect(call).toThrow(named);
  });
});
