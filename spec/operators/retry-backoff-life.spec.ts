import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { concat, ignoreElements, NEVER, type Observable, of, throwError, timer } from 'rxjs';
import type { LifecycleCallbacks } from '../../lib/lifecycle.js';
import { childMonitor, createMonitor, type StreamMonitor, type StreamWarning } from '../../lib/state.js';
import { failure, marbles, run } from './retry-harness.js';

const fails = (): Observable<never> => throwError(() => failure());
const after = (milliseconds: number): Observable<never> => timer(milliseconds).pipe(ignoreElements());
const dies = (): Observable<string> => concat(of('hello'), after(10), fails());

/** Callbacks that write down what they are told. */
function noted(): { calls: unknown[][]; callbacks: Required<LifecycleCallbacks> } {
  const calls: unknown[][] = [];
  const note =
    (name: string) =>
    (...values: unknown[]) =>
      void calls.push([name, ...values]);
  const callbacks = {
    onConnect: note('connect'),
    onDisconnect: note('disconnect'),
    onReconnect: note('reconnect'),
    onError: note('error'),
    onWarning: note('warning'),
  };
  return { calls, callbacks };
}

function phasesOf(monitor: StreamMonitor): string[] {
  const phases: string[] = [];
  monitor.state$.subscribe(({ phase }) => {
    if (phases.at(-1) !== phase) phases.push(phase);
  });
  return phases;
}

describe('the life of a retried stream', () => {
  it('is told in order: error, disconnect, reconnect', () => {
    marbles(({ flush }, scheduler) => {
      const { calls, callbacks } = noted();
      const connection = (n: number): Observable<string> => (n === 0 ? dies() : n === 1 ? fails() : of('end'));
      run({ connection, config: callbacks, scheduler });
      flush();
      const error = expect.objectContaining({ code: 'connection_reset' });
      expect(calls).toEqual([
        ['connect'],
        ['error', error],
        ['disconnect', error],
        ['reconnect', 1, 1_000],
        ['error', error],
        ['reconnect', 2, 2_000],
        ['connect'],
        ['disconnect', undefined],
      ]);
    });
  });

  it('ends with a disconnect when the consumer leaves, and with nothing where there was no connection', () => {
    marbles((_helpers, scheduler) => {
      const { calls, callbacks } = noted();
      run({ connection: () => concat(of(1), NEVER), config: callbacks, scheduler }).subscription.unsubscribe();
      run({ connection: () => NEVER, config: callbacks, scheduler }).subscription.unsubscribe();
      expect(calls).toEqual([['connect'], ['disconnect', undefined]]);
    });
  });

  it('warns once when waits can grow no more', () => {
    marbles(({ flush }, scheduler) => {
      const { calls, callbacks } = noted();
      run({ connection: fails, config: { maxRetries: 5, maxBackoff: 2_000, ...callbacks }, scheduler });
      flush();
      const warning = { kind: 'backoff_at_maximum', message: 'waiting 2000 ms, as long as it gets' };
      expect(calls.filter(([name]) => name === 'warning')).toEqual([['warning', warning]]);
    });
  });

  it('goes on when every callback throws, and reports each', () => {
    marbles(({ flush }, scheduler) => {
      const broken = (): never => {
        throw new Error('mine');
      };
      const warnings: StreamWarning[] = [];
      const config = { onConnect: broken, onDisconnect: broken, onReconnect: broken, onError: broken };
      const onWarning = (warning: StreamWarning): never => {
        warnings.push(warning);
        throw new Error('mine');
      };
      const connection = (n: number): Observable<string> => (n === 0 ? dies() : of('end'));
      const result = run({ connection, config: { ...config, onWarning }, scheduler });
      flush();
      expect([result.values, result.completed]).toEqual([['hello', 'end'], true]);
      const events = ['connect', 'error', 'disconnect', 'reconnect', 'connect', 'disconnect'];
      expect(warnings.map(({ kind, message }) => [kind, message])).toEqual(
        events.map((event) => ['callback_failed', `the callback for "${event}" has thrown`]),
      );
    });
  });

  it('pairs every connect with exactly one disconnect, whatever happens', () => {
    const connection = fc.record({
      items: fc.integer({ min: 0, max: 2 }),
      lasts: fc.integer({ min: 0, max: 9_000 }),
      fails: fc.boolean(),
    });
    const plans = fc.record({
      connections: fc.array(connection, { minLength: 1, maxLength: 6 }),
      leavesAt: fc.integer({ min: 0, max: 40_000 }),
      endless: fc.boolean(),
    });
    fc.assert(
      fc.property(plans, ({ connections, leavesAt, endless }) => {
        marbles((_helpers, scheduler) => {
          const { calls, callbacks } = noted();
          const made = (n: number): Observable<unknown> => {
            const plan = connections[n % connections.length] ?? { items: 0, lasts: 0, fails: true };
            return concat(
              of(1, 2).pipe((two) => (plan.items === 0 ? after(0) : two)),
              after(plan.lasts),
              plan.fails ? fails() : of(),
            );
          };
          const config = { maxRetries: 5, ...callbacks, onComplete: endless ? 'reconnect' : 'complete' } as const;
          const { subscription } = run({ connection: made, config, scheduler });
          scheduler.schedule(() => subscription.unsubscribe(), leavesAt);
          scheduler.flush();
          const pairs = calls.map(([name]) => name).filter((name) => name === 'connect' || name === 'disconnect');
          expect(pairs.length % 2).toBe(0);
          for (const [index, name] of pairs.entries()) expect(name).toBe(index % 2 === 0 ? 'connect' : 'disconnect');
        });
      }),
      { numRuns: 200 },
    );
  });
});

describe('the monitor of a retried stream', () => {
  it('walks through the phases', () => {
    marbles(({ flush }, scheduler) => {
      const monitor = createMonitor({ scheduler });
      const phases = phasesOf(monitor);
      const connection = (n: number): Observable<string> => (n === 0 ? dies() : of('end'));
      run({ connection, config: { monitor }, scheduler });
      flush();
      const once = ['connecting', 'open', 'closed'];
      expect(phases).toEqual(['idle', ...once, 'waiting', ...once]);
      expect(monitor.state).toMatchObject({ phase: 'closed', isConnected: false, retryCount: 1, currentBackoff: 0 });
    });
  });

  it('forgets the failures of a connection that has proved itself', () => {
    marbles((_helpers, scheduler) => {
      const monitor = createMonitor({ scheduler });
      const counts: number[] = [];
      const connection = (n: number): Observable<string> => (n === 0 ? fails() : concat(of('x'), NEVER));
      const { subscription } = run({ connection, config: { monitor }, scheduler });
      for (const time of [1_000, 5_999, 6_001]) scheduler.schedule(() => counts.push(monitor.state.retryCount), time);
      scheduler.schedule(() => subscription.unsubscribe(), 7_000);
      scheduler.flush();
      expect(counts).toEqual([1, 1, 0]);
    });
  });

  it('keeps two streams that share it apart: callbacks, and the connection that is left', () => {
    marbles((_helpers, scheduler) => {
      const monitor = createMonitor({ scheduler });
      const [first, second] = [noted(), noted()];
      const open = (): Observable<unknown> => concat(of(1), NEVER);
      const leaving = run({ connection: open, config: { monitor, ...first.callbacks }, scheduler });
      run({ connection: open, config: { monitor, ...second.callbacks }, scheduler });
      leaving.subscription.unsubscribe();
      expect(monitor.state).toMatchObject({ isConnected: true, phase: 'open' });
      expect(first.calls).toEqual([['connect'], ['disconnect', undefined]]);
      expect(second.calls).toEqual([['connect']]);
    });
  });

  it('says nothing twice where the source reports to the same one', () => {
    marbles(({ flush }, scheduler) => {
      const monitor = childMonitor(undefined);
      const { calls, callbacks } = noted();
      const error = failure();
      const connection = (n: number): Observable<string> => {
        if (n === 1) return of('end');
        monitor.report.open();
        const reported = throwError(() => {
          monitor.report.failed(error);
          monitor.report.disconnected(error);
          return error;
        });
        return concat(of('hello'), after(1), reported);
      };
      run({ connection, config: { monitor, ...callbacks }, scheduler });
      flush();
      const names = calls.map(([name]) => name);
      expect(names).toEqual(['connect', 'error', 'disconnect', 'reconnect', 'connect', 'disconnect']);
    });
  });
});
