import { describe, expect, it } from '@jest/globals';
import { defer, NEVER, take, throwError } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import { createMonitor } from '../../../lib/state.js';
import { EventStreamerAuthError, EventStreamerConnectionError } from '../../../sources/chain/errors.js';
import { poll } from '../../../sources/chain/poll.js';

const passing = new EventStreamerConnectionError('down', { errorType: 'connection_error', code: 'connection_refused' });
const lasting = new EventStreamerAuthError('HTTP 401', { errorType: 'authentication_error', code: 'unauthorized' });

function marbles(test: Parameters<TestScheduler['run']>[0]): void {
  new TestScheduler((actual, expected) => expect(actual).toEqual(expected)).run(test);
}

describe('poll', () => {
  it('asks at once, and again the interval after every answer', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const call = cold('  --(a|)');
      const expected = '   --a----a----a-';
      expectObservable(poll('test', call, { interval: 3 }), '^-------------!').toBe(expected);
      expectSubscriptions(call.subscriptions).toBe(['^-!', '-----^-!', '----------^-!']);
    });
  });

  it('goes on over a failure that may pass, and tells it', () => {
    const told: unknown[] = [];
    const monitor = createMonitor();
    marbles(({ cold, expectObservable }) => {
      const answers = [cold('-(a|)'), cold('-#', undefined, passing), cold('-(b|)')];
      const call = defer(() => answers.shift() ?? NEVER);
      const polled = poll('test', call, { interval: 2, onError: (error) => told.push(error), monitor });
      expectObservable(polled, '^------------!').toBe('-a-----b-----');
    });
    expect(told).toEqual([passing]);
    expect(monitor.state.lastError).toBe(passing);
  });

  it('ends with a failure that another try would not change, and tells it too', () => {
    const told: unknown[] = [];
    marbles(({ cold, expectObservable }) => {
      const answers = [cold('(a|)'), cold('-#', undefined, lasting)];
      const call = defer(() => answers.shift() ?? NEVER);
      const polled = poll('test', call, { interval: 2, onError: (error) => told.push(error) });
      expectObservable(polled).toBe('a--#', undefined, lasting);
    });
    expect(told).toEqual([lasting]);
  });

  it('passes an error that is none of the service on', () => {
    marbles(({ expectObservable }) => {
      const broken = new RangeError('x');
      expectObservable(
        poll(
          'test',
          throwError(() => broken),
          {},
        ),
      ).toBe('#', undefined, broken);
    });
  });

  it('lives on where onError throws, and warns the monitor', () => {
    const monitor = createMonitor();
    const warnings: unknown[] = [];
    monitor.events$.subscribe((event) => event.type === 'warning' && warnings.push(event.warning.kind));
    const onError = (): never => {
      throw new Error('callback');
    };
    marbles(({ cold, expectObservable }) => {
      const answers = [cold('#', undefined, passing), cold('(a|)')];
      const call = defer(() => answers.shift() ?? NEVER);
      expectObservable(poll('test', call, { interval: 2, onError, monitor }), '^---!').toBe('--a-');
    });
    expect(warnings).toEqual(['callback_failed']);
  });

  it('leaves no timer behind', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const call = cold('(a|)');
      expectObservable(poll('test', call, { interval: 5 }).pipe(take(2))).toBe('a----(a|)');
      expectSubscriptions(call.subscriptions).toBe(['(^!)', '-----(^!)']);
    });
  });

  it('waits thirty seconds where nothing else is said', () => {
    marbles(({ cold, expectObservable }) => {
      expectObservable(poll('test', cold('(a|)'), {}).pipe(take(2))).toBe('a 29999ms (a|)');
    });
  });

  it('refuses senseless options at once', () => {
    for (const interval of [0, -1, 1.5, Number.NaN, 2 ** 31]) {
      expect(() => poll('circuitBreakers$', NEVER, { interval })).toThrow(
        'circuitBreakers$: option "interval" must be',
      );
    }
    expect(() => Reflect.apply(poll, undefined, ['x', NEVER, { every: 1 }])).toThrow('unknown option "every"');
  });
});
