import { describe, expect, it } from '@jest/globals';
import { EMPTY, NEVER, of, Subject, type Subscription, take, throwError, VirtualTimeScheduler } from 'rxjs';
import type { Delivery } from '../../lib/delivery.js';
import { type DeadLetter, deadLetter } from '../../operators/dead-letter.js';
import { redeliver } from '../../operators/redeliver.js';
import { creditSource } from './credit-source.js';

describe('deadLetter', () => {
  it('hands what is refused to the sink and acknowledges it; ack and release pass', () => {
    const root = creditSource({ total: 3, attempt: 4 });
    const letters: DeadLetter<number>[] = [];
    root.source.pipe(deadLetter((letter) => void letters.push(letter))).subscribe((delivery) => {
      if (delivery.value === 0) delivery.ack();
      if (delivery.value === 1) delivery.nack('poison');
      if (delivery.value === 2) delivery.release();
    });
    expect(letters).toEqual([{ value: 1, position: 'p1', attempt: 4, reason: 'poison' }]);
    expect(root.log()).toEqual(['ack 0', 'ack 1', 'release 2']);
  });

  it('acknowledges no sooner than the sink has completed, whatever it emits, and keeps the credit meanwhile', () => {
    const root = creditSource({ total: 2, window: 1 });
    const sink = new Subject<string>();
    const seen: number[] = [];
    root.source.pipe(deadLetter(() => sink)).subscribe((delivery) => {
      seen.push(delivery.value);
      if (delivery.value === 0) delivery.nack();
    });
    sink.next('stored');
    expect([seen, root.log()]).toEqual([[0], []]);
    sink.complete();
    expect([seen, root.log()]).toEqual([[0, 1], ['ack 0']]);
  });

  it('takes promises, and callbacks that return a number by accident', async () => {
    const root = creditSource({ total: 2 });
    const numbers: number[] = [];
    root.source
      .pipe(deadLetter(({ value }) => (value === 0 ? Promise.resolve() : numbers.push(value))))
      .subscribe((delivery) => delivery.nack());
    expect(root.log()).toEqual(['ack 1']);
    await Promise.resolve();
    await Promise.resolve();
    expect(root.log()).toEqual(['ack 1', 'ack 0']);
  });

  it.each<[string, () => unknown]>([
    [
      'throws',
      () => {
        throw new Error('full');
      },
    ],
    ['errors', () => throwError(() => 'full')],
    ['rejects', () => Promise.reject(new Error('full'))],
    ['returns no Observable', () => ({})],
  ])('refuses the original when the sink %s, and the stream errors', async (_title, sink) => {
    const root = creditSource({ total: 2, end: 'never', failsOnNack: true });
    const errors: unknown[] = [];
    const erroring = new Promise<void>((resolve) =>
      root.source.pipe(Reflect.apply(deadLetter, undefined, [sink])).subscribe({
        next: (delivery) => (delivery.value === 0 ? delivery.nack('poison') : delivery.ack()),
        error: (error) => resolve(void errors.push(error)),
      }),
    );
    await erroring;
    expect(errors).toEqual([expect.objectContaining({ code: 'dead_letter_failed', errorType: 'fatal_error' })]);
    expect(root.log()).toContain('nack 0');
  });

  it('refuses the original when the sink takes too long, and unsubscribes it', () => {
    const scheduler = new VirtualTimeScheduler();
    const root = creditSource({ total: 1, end: 'never', now: () => scheduler.now() });
    const sink = new Subject<void>();
    root.source.pipe(deadLetter(() => sink, { timeout: 50, scheduler })).subscribe((delivery) => delivery.nack());
    scheduler.flush();
    expect(sink.observed).toBe(false);
    expect(root.settled).toMatchObject([{ outcome: 'nack', at: 50, reason: { code: 'dead_letter_failed' } }]);
  });

  it('leaves no timer once the sink is done', () => {
    const scheduler = new VirtualTimeScheduler();
    const sink = new Subject<void>();
    creditSource({ total: 1 })
      .source.pipe(deadLetter(() => sink, { scheduler }))
      .subscribe((delivery) => delivery.nack());
    expect(scheduler.actions).toHaveLength(1);
    sink.complete();
    expect(scheduler.actions).toHaveLength(0);
  });

  it('waits with completion until all is settled and all sinks are done', () => {
    const root = creditSource({ total: 2 });
    const sink = new Subject<void>();
    const held: Delivery<number>[] = [];
    let completed = false;
    root.source
      .pipe(deadLetter(() => sink))
      .subscribe({ next: (delivery) => held.push(delivery), complete: () => (completed = true) });
    held[0]?.ack();
    held[1]?.nack();
    expect(completed).toBe(false);
    sink.complete();
    expect([completed, root.log()]).toEqual([true, ['ack 0', 'ack 1']]);
  });

  it('errors itself when a sink fails after the source has completed', () => {
    const root = creditSource({ total: 1 });
    const seen: unknown[] = [];
    root.source.pipe(deadLetter(() => throwError(() => 'full'))).subscribe({
      next: (delivery) => delivery.nack(),
      error: (error) => seen.push(error),
      complete: () => seen.push('complete'),
    });
    expect(root.log()).toEqual(['nack 0']);
    expect(seen).toEqual(['complete']);
    const late = creditSource({ total: 1 });
    const held: Delivery<number>[] = [];
    seen.length = 0;
    late.source.pipe(deadLetter(() => throwError(() => 'full'))).subscribe({
      next: (delivery) => held.push(delivery),
      error: (error) => seen.push(error),
      complete: () => seen.push('complete'),
    });
    held[0]?.nack();
    expect(seen).toEqual([expect.objectContaining({ code: 'dead_letter_failed', cause: 'full' })]);
  });

  it('lets an error wait for the sinks that run, not for handlers', () => {
    const root = creditSource({ total: 2, end: 'error' });
    const sink = new Subject<void>();
    const held: Delivery<number>[] = [];
    const errors: unknown[] = [];
    root.source.pipe(deadLetter(() => sink)).subscribe({
      next: (delivery) => (delivery.value === 0 ? delivery.nack() : held.push(delivery)),
      error: (error) => errors.push(error),
    });
    expect(errors).toEqual([]);
    sink.complete();
    expect(errors).toEqual(['source failed']);
    held[0]?.nack('nobody takes it now');
    expect(root.log()).toEqual(['ack 0', 'release 1']);
  });

  it('stops the sinks on unsubscription and releases their originals; a later nack is a release, a later ack counts', () => {
    const scheduler = new VirtualTimeScheduler();
    const root = creditSource({ total: 9, window: 3 });
    const sink = new Subject<void>();
    const held: Delivery<number>[] = [];
    const subscription = root.source.pipe(deadLetter(() => sink, { scheduler })).subscribe((d) => held.push(d));
    held[0]?.nack();
    subscription.unsubscribe();
    expect([sink.observed, scheduler.actions.length]).toEqual([false, 0]);
    held[1]?.nack();
    held[2]?.ack();
    expect(root.log()).toEqual(['release 0', 'release 1', 'ack 2']);
    expect(root.emitted()).toBe(3);
  });

  it('survives a sink that unsubscribes', () => {
    const root = creditSource({ total: 2, end: 'never' });
    const held: Delivery<number>[] = [];
    const subscription: Subscription = root.source
      .pipe(deadLetter((): void => subscription.unsubscribe()))
      .subscribe((delivery) => held.push(delivery));
    held[0]?.nack();
    expect(root.log()).toEqual(['release 0']);
  });

  it('takes what redeliver gives up, with its last reason, and the others go on', () => {
    const scheduler = new VirtualTimeScheduler();
    const root = creditSource({ total: 3, window: 2 });
    const letters: DeadLetter<number>[] = [];
    const handled: number[] = [];
    let completed = false;
    root.source
      .pipe(
        deadLetter((letter) => void letters.push(letter)),
        redeliver({ max: 3, scheduler }),
      )
      .subscribe({
        next: (delivery) => {
          if (delivery.value === 1) return delivery.nack(`attempt ${delivery.attempt}`);
          handled.push(delivery.value);
          delivery.ack();
        },
        complete: () => (completed = true),
      });
    scheduler.flush();
    expect(letters).toEqual([{ value: 1, position: 'p1', attempt: 1, reason: 'attempt 3' }]);
    expect([handled, root.log(), completed]).toEqual([[0, 2], ['ack 0', 'ack 2', 'ack 1'], true]);
  });

  it('passes nothing, nothing at all and an error on, and stops a synchronous source', () => {
    const seen: unknown[] = [];
    const sink = (): void => undefined;
    EMPTY.pipe(deadLetter(sink)).subscribe({ complete: () => seen.push('complete') });
    NEVER.pipe(deadLetter(sink)).subscribe({ complete: () => seen.push('never') });
    throwError(() => 'boom')
      .pipe(deadLetter(sink))
      .subscribe({ error: (error) => seen.push(error) });
    expect(seen).toEqual(['complete', 'boom']);
    const root = creditSource({ total: Infinity, window: 5 });
    root.source.pipe(deadLetter(sink), take(2)).subscribe((delivery) => delivery.nack());
    expect([root.emitted(), root.log()]).toEqual([2, ['ack 0', 'ack 1']]);
  });

  it.each([1, 100_000])('takes 100,000 synchronous letters with a window of %d', (window) => {
    const root = creditSource({ total: 100_000, window });
    let letters = 0;
    root.source.pipe(deadLetter(() => void (letters += 1))).subscribe((delivery) => delivery.nack());
    expect([letters, root.out()]).toEqual([100_000, 0]);
  });

  it.each<[string, unknown, object]>([
    ['sink', undefined, {}],
    ['sink', 5, {}],
    ['timeout', of, { timeout: 0 }],
    ['timeout', of, { timeout: Infinity }],
    ['timeout', of, { timeout: 2 ** 31 }],
    ['scheduler', of, { scheduler: 'async' }],
    ['unknown option "limit"', of, { limit: 5 }],
  ])('refuses a senseless %s (%p, %j)', (named, sink, options) => {
    const call = (): unknown => Reflect.apply(deadLetter, undefined, [sink, options]);
    expect(call).toThrow(TypeError);
    expect(call).toThrow(named);
  });
});
