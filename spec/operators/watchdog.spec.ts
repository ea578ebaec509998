import { describe, expect, it } from '@jest/globals';
import { BehaviorSubject, EMPTY, NEVER, Observable, of, range, Subject, take, throwError } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { createMonitor, type StreamWarning } from '../../lib/state.js';
import { watchdog, type WatchdogOptions } from '../../operators/watchdog.js';
import { marbles, pendingTimers } from './retry-harness.js';

const silent = expect.objectContaining({
  errorType: 'timeout',
  code: 'idle_timeout',
  isRetryable: true,
  phase: 'body',
  message: 'nothing came for 5 ms',
});

describe('watchdog', () => {
  it('errors when nothing comes for its limit, and unsubscribes the source', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }, scheduler) => {
      const source = cold('a--b-c--------');
      const subs = '       ^---------!';
      const expected = '   a--b-c----#';
      expectObservable(source.pipe(watchdog({ idle: 5, scheduler }))).toBe(expected, undefined, silent);
      expectSubscriptions(source.subscriptions).toBe(subs);
    });
  });

  it('takes a number for the limit', () => {
    marbles(({ cold, expectObservable }) => {
      // Without a scheduler it reads the real clock, which stands still here.
      expectObservable(cold('--a--b|').pipe(watchdog(60_000))).toBe('--a--b|');
    });
  });

  it('counts from subscription', () => {
    marbles(({ expectObservable }, scheduler) => {
      expectObservable(NEVER.pipe(watchdog({ idle: 5, scheduler }))).toBe('-----#', undefined, silent);
      expectObservable(NEVER.pipe(watchdog({ idle: 5, scheduler })), '---^').toBe('--------#', undefined, silent);
    });
  });

  it('takes a value at the last moment for a sign of life', () => {
    marbles(({ cold, expectObservable }, scheduler) => {
      const source = cold('     -----a----b----|');
      const expected = '        -----a----b----|';
      expectObservable(source.pipe(watchdog({ idle: 5, scheduler }))).toBe(expected);
    });
  });

  it('passes the empty, the single, the synchronous and the failing source', () => {
    marbles(({ expectObservable }, scheduler) => {
      const guard = watchdog<number>({ idle: 5, scheduler });
      expectObservable(EMPTY.pipe(guard)).toBe('|');
      expectObservable(of(1, 2).pipe(guard)).toBe('(ab|)', { a: 1, b: 2 });
      expectObservable(throwError(() => 'x').pipe(watchdog({ idle: 5, scheduler }))).toBe('#', undefined, 'x');
      expectObservable(range(1, Infinity).pipe(guard, take(2))).toBe('(ab|)', { a: 1, b: 2 });
    });
  });

  it('keeps no timer after completion, error and unsubscription', () => {
    marbles((_helpers, scheduler) => {
      const guard = watchdog<unknown>({ idle: 5, scheduler });
      EMPTY.pipe(guard).subscribe();
      throwError(() => 'x')
        .pipe(guard)
        .subscribe({ error: () => undefined });
      expect(pendingTimers(scheduler)).toBe(0);
      const subscription = NEVER.pipe(guard).subscribe();
      expect(pendingTimers(scheduler)).toBe(1);
      subscription.unsubscribe();
      expect(pendingTimers(scheduler)).toBe(0);
    });
  });

  it('does nothing before it is subscribed to', () => {
    marbles((_helpers, scheduler) => {
      NEVER.pipe(watchdog({ idle: 5, scheduler }));
      expect(pendingTimers(scheduler)).toBe(0);
    });
  });

  it('lets a consumer re-enter and leave from within next', () => {
    const subject = new Subject<number>();
    const seen: number[] = [];
    const subscription = subject.pipe(watchdog(60_000)).subscribe((value) => {
      seen.push(value);
      if (value < 2) subject.next(value + 1);
      else subscription.unsubscribe();
    });
    subject.next(1);
    subject.next(9);
    expect(seen).toEqual([1, 2]);
  });
});

describe('watchdog of content', () => {
  const isAlive = (value: string): boolean => value !== 'p';

  it('takes no ping for content', () => {
    marbles(({ cold, expectObservable }, scheduler) => {
      const source = cold('a-p-p-p-p-p-p');
      const expected = '   a-p-p#';
      const error = expect.objectContaining({ code: 'content_timeout', message: 'no content came for 5 ms' });
      expectObservable(source.pipe(watchdog({ idle: 5, isAlive, scheduler }))).toBe(expected, undefined, error);
    });
  });

  it('errors with what isAlive throws', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }, scheduler) => {
      const source = cold('ab');
      const broken = (value: string): boolean => {
        if (value === 'b') throw new Error('mine');
        return true;
      };
      const guard = watchdog({ idle: 5, isAlive: broken, scheduler });
      expectObservable(source.pipe(guard)).toBe('a#', undefined, new Error('mine'));
      expectSubscriptions(source.subscriptions).toBe('^!');
    });
  });
});

describe('the warning of a watchdog', () => {
  interface Warned {
    readonly times: number[];
    readonly warnings: StreamWarning[];
  }

  function warned(marble: string, extra: Partial<WatchdogOptions<string>> = {}): Warned {
    const times: number[] = [];
    const warnings: StreamWarning[] = [];
    marbles(({ cold, flush }, scheduler) => {
      const monitor = createMonitor();
      monitor.events$.subscribe((event) => {
        if (event.type === 'warning') warnings.push(event.warning);
      });
      const onSilence = (): void => void times.push(scheduler.now());
      const guard = watchdog<string>({ idle: 10, onSilence, monitor, scheduler, ...extra });
      cold(marble)
        .pipe(guard)
        .subscribe({ error: () => undefined });
      flush();
    });
    return { times, warnings };
  }

  it('comes once per silence, at half of the limit', () => {
    const { times, warnings } = warned('a------b--c-------d|');
    expect(times).toEqual([5, 15]);
    expect(warnings).toEqual(times.map(() => ({ kind: 'silence', message: 'nothing came for 5 ms' })));
  });

  it('does not come while values do', () => {
    expect(warned('a---b---c---d---e---|').times).toEqual([]);
  });

  it('says what its callback throws, and goes on', () => {
    const onSilence = (): never => {
      throw new Error('mine');
    };
    const { warnings } = warned('a------b|', { onSilence });
    expect(warnings.map(({ kind }) => kind)).toEqual(['silence', 'callback_failed']);
  });

  it('may end the stream', () => {
    marbles((_helpers, scheduler) => {
      const guard = watchdog<never>({ idle: 10, scheduler, onSilence: () => subscription.unsubscribe() });
      const subscription = NEVER.pipe(guard).subscribe();
      scheduler.flush();
      expect([scheduler.now(), pendingTimers(scheduler)]).toEqual([5, 0]);
    });
  });
});

describe('a paused watchdog', () => {
  it('stands still, and begins a new silence afterwards', () => {
    marbles(({ cold, expectObservable }, scheduler) => {
      const source = cold('   a-----------------');
      const pausedBy = cold(' --p-------r-------', { p: true, r: false });
      const expected = '      a--------------#';
      expectObservable(source.pipe(watchdog({ idle: 5, pausedBy, scheduler }))).toBe(expected, undefined, silent);
    });
  });

  it('may be paused from the start, and still passes values', () => {
    marbles(({ cold, expectObservable }, scheduler) => {
      const pausedBy = new BehaviorSubject(true);
      expectObservable(cold('---a---------b|').pipe(watchdog({ idle: 5, pausedBy, scheduler }))).toBe(
        '---a---------b|',
      );
    });
  });

  it('lets go of what pauses it', () => {
    const pausedBy = new Subject<boolean>();
    const subscription = NEVER.pipe(watchdog({ idle: 60_000, pausedBy })).subscribe();
    expect(pausedBy.observed).toBe(true);
    subscription.unsubscribe();
    expect(pausedBy.observed).toBe(false);
  });

  it('errors when that errors: nobody would wake it', () => {
    const errors: unknown[] = [];
    const pausedBy = throwError(() => 'x');
    NEVER.pipe(watchdog({ idle: 60_000, pausedBy })).subscribe({ error: (error: unknown) => errors.push(error) });
    expect(errors).toEqual(['x']);
  });
});

describe('a watchdog whose event loop was blocked', () => {
  it('reads what lies in the socket before it judges', () => {
    const { errors, clock, source, seen } = blocked();
    clock.run(60_000);
    expect(errors).toEqual([]);
    source.next('came meanwhile');
    clock.run(60_005);
    expect([errors, seen]).toEqual([[], ['came meanwhile']]);
  });

  it('judges a moment later where nothing came', () => {
    const { errors, clock } = blocked();
    clock.run(60_000);
    clock.run(60_005);
    expect(errors).toMatchObject([{ code: 'idle_timeout' }]);
  });

  /** Timers are due at their times and run when `run` says what time it is. */
  function blocked() {
    const clock = { time: 0, due: new Map<() => void, number>(), run: (_time: number): void => undefined };
    clock.run = (time) => {
      clock.time = time;
      for (const [work, at] of [...clock.due]) {
        if (at <= time && clock.due.delete(work)) work();
      }
    };
    const scheduler = new TestScheduler(() => undefined);
    scheduler.now = () => clock.time;
    scheduler.schedule = (work, delay = 0) => {
      const action = new Observable(() => {
        const run = (): void => void Reflect.apply(work, undefined, []);
        clock.due.set(run, clock.time + delay);
        return () => clock.due.delete(run);
      });
      return action.subscribe();
    };
    const source = new Subject<string>();
    const errors: unknown[] = [];
    const seen: string[] = [];
    source.pipe(watchdog({ idle: 30_000, scheduler })).subscribe({
      next: (value) => seen.push(value),
      error: (error: unknown) => errors.push(error),
    });
    return { errors, clock, source, seen };
  }
});

describe('the options of a watchdog', () => {
  const call = (value: unknown) => (): unknown => Reflect.apply(watchdog, undefined, [value]);

  it.each([0, -1, 1.5, Number.NaN, Infinity, 2 ** 31, '5'])('refuse a limit of %p, in both forms', (idle) => {
    expect(call(idle)).toThrow('watchdog: option "idle" must be');
    expect(call({ idle })).toThrow('watchdog: option "idle" must be');
  });

  it.each([
    [undefined, 'option "idle" is missing'],
    [{}, 'option "idle" is missing'],
    [null, 'options must be an object, got null'],
    [{ idle: 5, limit: 5 }, 'unknown option "limit"'],
    [{ idle: 5, isAlive: true }, 'option "isAlive" must be a function'],
    [{ idle: 5, pausedBy: false }, 'option "pausedBy" must be an object'],
  ])('refuse %o', (options, message) => {
    expect(call(options)).toThrow(`watchdog: ${message}`);
  });
});
