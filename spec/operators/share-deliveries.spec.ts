import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { EMPTY, NEVER, Subject, type Subscription, take, throwError, VirtualTimeScheduler } from 'rxjs';
import type { Delivery, Outcome } from '../../lib/delivery.js';
import { shareDeliveries } from '../../operators/share-deliveries.js';
import { creditSource } from './credit-source.js';

/** A shared subject and what each of so many subscribers holds. */
function shared(subscribers: number) {
  const root = creditSource({ total: 0 });
  const source = new Subject<Delivery<number>>();
  const stream = source.pipe(shareDeliveries());
  const join = () => {
    const held: Delivery<number>[] = [];
    const ends: unknown[] = [];
    const subscription = stream.subscribe({
      next: (delivery) => held.push(delivery),
      error: (error) => ends.push(error),
      complete: () => ends.push('complete'),
    });
    return { held, ends, leave: () => subscription.unsubscribe() };
  };
  const members = Array.from({ length: subscribers }, join);
  const emit = (value: number): void => source.next(root.make(value));
  const settle = (who: number, which: number, outcome: Outcome, reason?: string): void =>
    members[who]?.held[which]?.[outcome](reason);
  return { root, source, stream, join, members, emit, settle };
}

describe('shareDeliveries', () => {
  it('connects once, and acknowledges when all subscribers have', () => {
    const { root, emit, settle, members } = shared(3);
    emit(0);
    settle(0, 0, 'ack');
    settle(2, 0, 'ack');
    settle(2, 0, 'ack');
    expect(root.log()).toEqual([]);
    settle(1, 0, 'ack');
    expect(root.log()).toEqual(['ack 0']);
    expect(members.map(({ held }) => [held[0]?.value, held[0]?.position, held[0]?.attempt])).toEqual([
      [0, 'p0', 1],
      [0, 'p0', 1],
      [0, 'p0', 1],
    ]);
  });

  it.each<[string, Outcome[], string]>([
    ['one refuses', ['ack', 'nack', 'ack'], 'nack 0'],
    ['one refuses and the others leave it', ['release', 'nack', 'release'], 'nack 0'],
    ['one acknowledges and the others leave it', ['release', 'ack', 'release'], 'ack 0'],
    ['the last one leaves it', ['ack', 'ack', 'release'], 'ack 0'],
    ['all leave it', ['release', 'release', 'release'], 'release 0'],
  ])('decides when all have settled: %s', (_title, outcomes, decision) => {
    const { root, emit, settle } = shared(3);
    emit(0);
    outcomes.forEach((outcome, who) => {
      expect(root.log()).toEqual([]);
      settle(who, 0, outcome, `reason ${who}`);
    });
    expect(root.log()).toEqual([decision]);
    expect(root.settled[0]?.reason).toBe(decision === 'nack 0' ? 'reason 1' : undefined);
  });

  it('gives the reason of the first refusal', () => {
    const { root, emit, settle } = shared(2);
    emit(0);
    settle(1, 0, 'nack', 'first');
    settle(0, 0, 'nack', 'second');
    expect(root.settled).toMatchObject([{ outcome: 'nack', reason: 'first' }]);
  });

  it('goes at the pace of the slowest', () => {
    const root = creditSource({ total: 10, window: 2 });
    const stream = root.source.pipe(shareDeliveries());
    const slow: Delivery<number>[] = [];
    stream.subscribe((delivery) => slow.push(delivery));
    stream.subscribe((delivery) => delivery.ack());
    expect(root.emitted()).toBe(2);
    // The second subscriber came after these two.
    slow[0]?.ack();
    slow[1]?.ack();
    expect(root.emitted()).toBe(4);
    expect(root.peak()).toBe(2);
  });

  it('counts a subscriber that leaves no more: those that stay decide', () => {
    const { root, emit, settle, members, source } = shared(2);
    [0, 1, 2].forEach(emit);
    settle(0, 0, 'ack');
    settle(0, 1, 'nack');
    members[1]?.leave();
    expect(root.log()).toEqual(['ack 0', 'nack 1']);
    members[1]?.held.forEach((delivery) => delivery.ack());
    settle(0, 2, 'ack');
    expect(root.log()).toEqual(['ack 0', 'nack 1', 'ack 2']);
    expect(source.observed).toBe(true);
  });

  it('releases what is out when nobody is left, even if the one that left before had acknowledged it', () => {
    const { root, emit, settle, members, source } = shared(2);
    [0, 1].forEach(emit);
    settle(0, 0, 'ack');
    settle(0, 1, 'nack');
    members[0]?.leave();
    expect(root.log()).toEqual([]);
    members[1]?.leave();
    expect(root.log()).toEqual(['release 0', 'release 1']);
    expect(source.observed).toBe(false);
  });

  it('does not let the word of one that has left stand for the last one, which releases', () => {
    const { root, emit, settle, members } = shared(2);
    emit(0);
    settle(0, 0, 'ack');
    members[0]?.leave();
    settle(1, 0, 'release');
    expect(root.log()).toEqual(['release 0']);
  });

  it('gives late subscribers what comes from then on, and asks them for nothing else', () => {
    const { root, emit, settle, join } = shared(1);
    emit(0);
    const late = join();
    emit(1);
    settle(0, 0, 'ack');
    settle(0, 1, 'ack');
    expect(root.log()).toEqual(['ack 0']);
    expect(late.held.map(({ value }) => value)).toEqual([1]);
    late.held[0]?.ack();
    expect(root.log()).toEqual(['ack 0', 'ack 1']);
  });

  it('shows every subscriber the same order when the first one makes the source emit, and end, from inside next', () => {
    const root = creditSource({ total: 0 });
    const source = new Subject<Delivery<number>>();
    const stream = source.pipe(shareDeliveries());
    const seen: string[] = [];
    stream.subscribe({
      next: (delivery) => {
        seen.push(`first ${delivery.value}`);
        if (delivery.value === 0) {
          source.next(root.make(1));
          source.complete();
        }
        delivery.ack();
      },
      complete: () => seen.push('first complete'),
    });
    stream.subscribe({
      next: (delivery) => {
        seen.push(`second ${delivery.value}`);
        delivery.ack();
      },
      complete: () => seen.push('second complete'),
    });
    source.next(root.make(0));
    const expected = ['first 0', 'second 0', 'first 1', 'second 1', 'first complete', 'second complete'];
    expect(seen).toEqual(expected);
    expect(root.log()).toEqual(['ack 0', 'ack 1']);
  });

  it('survives a subscriber that makes the other one, or itself, leave from inside next', () => {
    const root = creditSource({ total: 0 });
    const source = new Subject<Delivery<number>>();
    const stream = source.pipe(shareDeliveries());
    const seen: number[] = [];
    const subscriptions: Subscription[] = [];
    subscriptions.push(
      stream.subscribe((delivery) => {
        source.next(root.make(delivery.value + 1));
        subscriptions[1]?.unsubscribe();
        if (delivery.value === 5) subscriptions[0]?.unsubscribe();
        else delivery.ack();
      }),
      stream.subscribe(({ value }) => seen.push(value)),
    );
    source.next(root.make(0));
    expect(seen).toEqual([]);
    expect(root.log()).toEqual(['ack 0', 'ack 1', 'ack 2', 'ack 3', 'ack 4', 'release 5', 'release 6']);
    expect(root.out()).toBe(0);
  });

  it('passes the end to all at once and takes what is in flight afterwards', () => {
    for (const end of ['complete', 'broken']) {
      const { root, emit, settle, members, source } = shared(2);
      emit(0);
      if (end === 'complete') source.complete();
      else source.error(end);
      expect(members.map(({ ends }) => ends)).toEqual([[end], [end]]);
      members[0]?.leave();
      settle(0, 0, 'ack');
      expect(root.log()).toEqual([]);
      settle(1, 0, 'ack');
      expect(root.log()).toEqual(['ack 0']);
    }
  });

  it('connects anew after the last one has left, and after an end', () => {
    const root = creditSource({ total: 2 });
    const stream = root.source.pipe(shareDeliveries());
    const seen: number[] = [];
    const handle = (delivery: Delivery<number>): void => {
      seen.push(delivery.value);
      delivery.ack();
    };
    stream.subscribe(handle);
    stream.pipe(take(1)).subscribe(handle);
    stream.subscribe(handle);
    expect(seen).toEqual([0, 1, 0, 0, 1]);
    expect(root.out()).toBe(0);
  });

  it('passes nothing, nothing at all and an error on, and stops a synchronous source', () => {
    const seen: unknown[] = [];
    EMPTY.pipe(shareDeliveries()).subscribe({ complete: () => seen.push('complete') });
    NEVER.pipe(shareDeliveries()).subscribe({ complete: () => seen.push('never') });
    throwError(() => 'boom')
      .pipe(shareDeliveries())
      .subscribe({ error: (error) => seen.push(error) });
    expect(seen).toEqual(['complete', 'boom']);
    const root = creditSource({ total: Infinity, window: 5 });
    root.source.pipe(shareDeliveries(), take(2)).subscribe((delivery) => delivery.ack());
    expect([root.emitted(), root.log()]).toEqual([2, ['ack 0', 'ack 1']]);
  });

  it('takes 100,000 synchronous deliveries, and as many held by one that leaves', () => {
    const root = creditSource({ total: 100_000, window: 1 });
    const stream = root.source.pipe(shareDeliveries());
    let count = 0;
    stream.subscribe((delivery) => {
      count += 1;
      delivery.ack();
    });
    expect([count, root.out()]).toEqual([100_000, 0]);
    const held = creditSource({ total: 100_000, end: 'never' });
    held.source.pipe(shareDeliveries()).subscribe().unsubscribe();
    expect(held.settled).toHaveLength(100_000);
  });

  it('settles every original once, not before all that stay have, whatever they do and whenever they leave', () => {
    const member = fc.record({
      joinAt: fc.nat(60),
      leaveAt: fc.option(fc.nat(200)),
      steps: fc.array(
        fc.record({ outcome: fc.constantFrom<Outcome>('ack', 'ack', 'nack', 'release'), delay: fc.nat(50) }),
        {
          minLength: 12,
          maxLength: 12,
        },
      ),
    });
    fc.assert(
      fc.property(
        fc.array(member, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 1, max: 5 }),
        (members, window) => {
          const scheduler = new VirtualTimeScheduler();
          const root = creditSource({ total: 12, window, end: 'never' });
          const stream = root.source.pipe(shareDeliveries());
          // Who still owes an answer for which original: a new connection delivers the same value as another original.
          const owed = new Map<string, number>();
          for (const { joinAt, leaveAt, steps } of members) {
            scheduler.schedule(() => {
              const mine = new Set<Delivery<number>>();
              const subscription = stream.subscribe((delivery) => {
                const { outcome, delay } = steps[delivery.value] ?? { outcome: 'ack', delay: 0 };
                const key = delivery.position ?? '';
                mine.add(delivery);
                owed.set(key, (owed.get(key) ?? 0) + 1);
                scheduler.schedule(() => {
                  if (!mine.delete(delivery)) return;
                  const rest = (owed.get(key) ?? 0) - 1;
                  owed.set(key, rest);
                  const before = root.settled.length;
                  delivery[outcome]();
                  if (rest > 0) expect(root.settled).toHaveLength(before);
                  else expect(root.settled.length).toBeGreaterThan(before);
                }, delay);
              });
              if (leaveAt === null) return;
              scheduler.schedule(() => {
                for (const { position = '' } of mine) owed.set(position, (owed.get(position) ?? 0) - 1);
                mine.clear();
                subscription.unsubscribe();
              }, leaveAt);
            }, joinAt);
          }
          scheduler.flush();
          expect(root.out()).toBe(0);
          expect(root.settled).toHaveLength(root.emitted());
          expect(root.peak()).toBeLessThanOrEqual(window);
        },
      ),
      { numRuns: 300 },
    );
  });
});
