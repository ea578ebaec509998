import { describe, expect, it } from '@jest/globals';
import { map, VirtualTimeScheduler } from 'rxjs';
import { type RunHelpers, TestScheduler } from 'rxjs/testing';
import { StreamError } from '../../lib/errors.js';
import { childMonitor, createMonitor, type StreamEvent, type StreamMonitor } from '../../lib/state.js';

const marbles = (run: (helpers: RunHelpers) => void): void =>
  new TestScheduler((actual, expected) => expect(actual).toEqual(expected)).run(run);

const failure = (): StreamError => new StreamError('x', { errorType: 'timeout', code: 'idle_timeout' });

function eventsOf(monitor: StreamMonitor): StreamEvent['type'][] {
  const types: StreamEvent['type'][] = [];
  monitor.events$.subscribe(({ type }) => types.push(type));
  return types;
}

describe('createMonitor', () => {
  it('has nothing to show at first', () => {
    expect(createMonitor().state).toEqual({
      phase: 'idle',
      isConnected: false,
      retryCount: 0,
      currentBackoff: 0,
      totalItemsReceived: 0,
      lastError: undefined,
      bytesReceived: 0,
      malformed: 0,
      duplicates: 0,
      dropped: 0,
      outstanding: 0,
      lastByteAt: undefined,
      lag: undefined,
    });
  });

  it('walks through the phases of a life', () => {
    const { report, state$ } = createMonitor();
    const phases: string[] = [];
    state$.subscribe(({ phase, isConnected }) => phases.push(`${phase} ${isConnected}`));
    report.connecting();
    report.open();
    const error = failure();
    report.failed(error);
    report.disconnected(error);
    report.waiting(1, 100);
    report.connecting();
    report.open();
    report.disconnected();
    report.closed();
    expect(phases.filter((phase, index) => phase !== phases[index - 1])).toEqual([
      'idle false',
      'connecting false',
      'open true',
      'closed false',
      'waiting false',
      'connecting false',
      'open true',
      'closed false',
    ]);
  });

  it('shows the wait while it lasts, and the failures in a row until a connection has proved itself', () => {
    const monitor = createMonitor();
    const { report } = monitor;
    report.waiting(3, 4_000);
    expect(monitor.state).toMatchObject({ phase: 'waiting', retryCount: 3, currentBackoff: 4_000 });
    report.connecting();
    report.open();
    expect(monitor.state).toMatchObject({ phase: 'open', retryCount: 3, currentBackoff: 0 });
    report.proved();
    expect(monitor.state.retryCount).toBe(0);
  });

  it('counts', () => {
    const monitor = createMonitor();
    const { report } = monitor;
    const before = Date.now();
    report.bytes(10);
    report.bytes(5);
    report.item();
    report.item(7);
    report.item();
    report.malformed();
    report.duplicate();
    report.dropped();
    report.outstanding(4);
    report.outstanding(3);
    const counts = { totalItemsReceived: 3, lag: 7, malformed: 1, duplicates: 1, dropped: 1, outstanding: 3 };
    expect(monitor.state).toMatchObject({ bytesReceived: 15, ...counts });
    expect(monitor.state.lastByteAt).toBeGreaterThanOrEqual(before);
  });

  it('hands out copies', () => {
    const monitor = createMonitor();
    const before = monitor.state;
    monitor.report.item();
    expect(before.totalItemsReceived).toBe(0);
  });

  it('says a failure once however many layers report it, and again when the same error comes from the next connection', () => {
    const monitor = createMonitor();
    const events = eventsOf(monitor);
    const same = failure();
    monitor.report.failed(same);
    monitor.report.failed(same);
    monitor.report.connecting();
    monitor.report.failed(same);
    expect(events).toEqual(['error', 'error']);
    expect(monitor.state.lastError).toBe(same);
  });

  it('ends no connection that was not there', () => {
    const monitor = createMonitor();
    const events = eventsOf(monitor);
    monitor.report.disconnected();
    monitor.report.open();
    monitor.report.disconnected();
    monitor.report.disconnected();
    expect(events).toEqual(['connect', 'disconnect']);
  });

  it.each([0, -1, 1.5, Number.NaN, 2 ** 31])('refuses sampleInterval %d', (sampleInterval) => {
    expect(() => createMonitor({ sampleInterval })).toThrow('createMonitor: option "sampleInterval" must be');
  });
});

describe('state$', () => {
  it('shows phases at once and counters at most once per interval', () => {
    marbles(({ cold, expectObservable }) => {
      const monitor = createMonitor({ sampleInterval: 4 });
      const script = cold('  -iii---i--o-i------');
      const expected = '     n----c----pp----f--';
      const items = monitor.state$.pipe(map(({ phase, totalItemsReceived }) => `${phase} ${totalItemsReceived}`));
      script.subscribe((step) => (step === 'o' ? monitor.report.connecting() : monitor.report.item()));
      const values = { n: 'idle 0', c: 'idle 3', p: 'connecting 4', f: 'connecting 5' };
      // The sample of the item at 7 is due at 11, one frame after the phase at 10 has shown it.
      expectObservable(items).toBe(expected, values);
    });
  });

  it('shows the state now to whoever comes', () => {
    const monitor = createMonitor();
    monitor.report.item();
    const seen: number[] = [];
    monitor.state$.subscribe(({ totalItemsReceived }) => seen.push(totalItemsReceived));
    expect(seen).toEqual([1]);
  });

  it('keeps no timer while nobody looks or nothing changes', () => {
    const clock = new VirtualTimeScheduler();
    const waiting = (): number => clock.actions.filter((action) => !action.closed).length;
    const monitor = createMonitor({ scheduler: clock });
    monitor.report.item();
    expect(waiting()).toBe(0);
    const subscription = monitor.state$.subscribe();
    expect(waiting()).toBe(0);
    for (let count = 0; count < 100; count += 1) monitor.report.item();
    expect(waiting()).toBe(1);
    subscription.unsubscribe();
    expect(waiting()).toBe(0);
    monitor.state$.subscribe();
    monitor.report.item();
    expect(waiting()).toBe(1);
    clock.flush();
    expect(waiting()).toBe(0);
  });
});

describe('childMonitor', () => {
  it('does without a parent', () => {
    const child = childMonitor(undefined);
    child.report.item();
    expect([child.isChild, child.state.totalItemsReceived]).toEqual([true, 1]);
    expect(createMonitor().isChild).toBe(false);
  });

  it('adds up the counters of several children', () => {
    const parent = createMonitor();
    const [first, second] = [childMonitor(parent), childMonitor(parent)];
    for (const { report } of [first, second, second]) {
      report.bytes(10);
      report.item(3);
      report.malformed();
      report.duplicate();
      report.dropped();
    }
    const sum = { bytesReceived: 30, totalItemsReceived: 3, malformed: 3, duplicates: 3, dropped: 3, lag: 3 };
    expect(parent.state).toMatchObject(sum);
    expect(first.state.totalItemsReceived).toBe(1);
  });

  it('adds up what is outstanding, over three generations', () => {
    const parent = createMonitor();
    const [first, second] = [childMonitor(parent), childMonitor(childMonitor(parent))];
    first.report.outstanding(5);
    second.report.outstanding(2);
    first.report.outstanding(1);
    expect(parent.state.outstanding).toBe(3);
    second.report.outstanding(0);
    expect(parent.state.outstanding).toBe(1);
  });

  it('keeps the parent connected while any child is', () => {
    const parent = createMonitor();
    const events = eventsOf(parent);
    const [first, second] = [childMonitor(parent), childMonitor(parent)];
    const isConnected: boolean[] = [];
    const steps = [
      () => first.report.open(),
      () => second.report.open(),
      () => first.report.disconnected(),
      () => first.report.disconnected(),
      () => first.report.waiting(1, 5),
      () => second.report.disconnected(),
    ];
    for (const step of steps) {
      step();
      isConnected.push(parent.state.isConnected);
    }
    expect(isConnected).toEqual([true, true, true, true, true, false]);
    expect(events).toEqual(['connect', 'connect', 'disconnect', 'reconnect', 'disconnect']);
    expect(first.state.phase).toBe('waiting');
  });

  it('passes failures and warnings on, once each', () => {
    const parent = createMonitor();
    const events = eventsOf(parent);
    const child = childMonitor(parent);
    const error = failure();
    child.report.failed(error);
    child.report.failed(error);
    child.report.warn({ kind: 'silence', message: 'm' });
    child.report.proved();
    child.report.closed();
    expect(events).toEqual(['error', 'warning']);
    expect(parent.state).toMatchObject({ lastError: error, phase: 'closed', retryCount: 0 });
  });
});
