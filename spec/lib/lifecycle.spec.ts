import { describe, expect, it } from '@jest/globals';
import { StreamError } from '../../lib/errors.js';
import { lifecycle, type LifecycleCallbacks } from '../../lib/lifecycle.js';
import { createMonitor, type StreamEvent, type StreamWarning } from '../../lib/state.js';

const error = new StreamError('x', { errorType: 'timeout', code: 'idle_timeout' });

describe('lifecycle', () => {
  it('calls what belongs to each event', () => {
    const monitor = createMonitor();
    const calls: unknown[][] = [];
    const note =
      (name: string) =>
      (...values: unknown[]) =>
        void calls.push([name, ...values]);
    const callbacks: LifecycleCallbacks = {
      onConnect: note('connect'),
      onDisconnect: note('disconnect'),
      onReconnect: note('reconnect'),
      onError: note('error'),
      onWarning: note('warning'),
    };
    const subscription = lifecycle(monitor, callbacks);
    const warning: StreamWarning = { kind: 'silence', message: 'm' };
    monitor.report.open();
    monitor.report.warn(warning);
    monitor.report.failed(error);
    monitor.report.disconnected(error);
    monitor.report.waiting(1, 50);
    subscription.unsubscribe();
    monitor.report.open();
    const expected = [['connect'], ['warning', warning], ['error', error], ['disconnect', error], ['reconnect', 1, 50]];
    expect(calls).toEqual(expected);
  });

  it('does without callbacks', () => {
    const monitor = createMonitor();
    lifecycle(monitor, {});
    expect(() => monitor.report.open()).not.toThrow();
  });

  it('reports a callback that throws and goes on', () => {
    const monitor = createMonitor();
    const cause = new Error('mine');
    const events: StreamEvent[] = [];
    monitor.events$.subscribe((event) => events.push(event));
    const broken = (): never => {
      throw cause;
    };
    lifecycle(monitor, { onConnect: broken, onWarning: broken });
    expect(() => monitor.report.open()).not.toThrow();
    const warning = { kind: 'callback_failed', message: 'the callback for "connect" has thrown', cause };
    expect(events).toContainEqual({ type: 'warning', warning });
    expect(events).toHaveLength(2);
  });

  it('reports an async callback that rejects: it must not end the process', async () => {
    const monitor = createMonitor();
    const warnings: StreamWarning[] = [];
    const cause = new Error('mine');
    lifecycle(monitor, { onError: () => Promise.reject(cause), onWarning: (warning) => void warnings.push(warning) });
    monitor.report.failed(error);
    await new Promise((resolve) => setImmediate(resolve));
    expect(warnings).toEqual([{ kind: 'callback_failed', message: 'the callback for "error" has thrown', cause }]);
  });
});
