/**
 * @jest-environment ./spec/tools/jsdom-environment.js
 */
import './test-bed.js';
import { createEnvironmentInjector, EnvironmentInjector, Injector, isSignal, PLATFORM_ID } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { injectMonitor } from '../../../lib/angular/inject-monitor.js';
import { StreamError } from '../../../lib/errors.js';
import { createMonitor } from '../../../lib/state.js';
import { eventually } from '../../servers/eventually.js';

const failure = new StreamError('no', { errorType: 'server_error', code: 'overloaded' });

beforeEach(() => {
  TestBed.resetTestingModule();
});

describe('injectMonitor', () => {
  it('shows each member of the state as a signal, and all of it as one', () => {
    const watch = TestBed.runInInjectionContext(() => injectMonitor());
    const signals = new Map<string, unknown>(Object.entries(watch));
    for (const [key, value] of Object.entries(watch.monitor.state)) {
      const one = signals.get(key);
      expect([key, isSignal(one) && one()]).toEqual([key, value]);
    }
    watch.monitor.report.connecting();
    watch.monitor.report.open();
    expect([watch.phase(), watch.isConnected(), watch.state().phase]).toEqual(['open', true, 'open']);
    watch.monitor.report.failed(failure);
    watch.monitor.report.disconnected(failure);
    expect([watch.phase(), watch.lastError()]).toEqual(['closed', failure]);
  });

  it('says when the next try is due, and counters that show meanwhile put it off no further', async () => {
    const monitor = createMonitor({ sampleInterval: 1 });
    const watch = TestBed.runInInjectionContext(() => injectMonitor({ monitor }));
    const before = Date.now();
    monitor.report.waiting(1, 60_000);
    const due = watch.retryAt();
    expect(due).toBeGreaterThanOrEqual(before + 60_000);
    monitor.report.duplicate();
    await eventually(() => watch.duplicates() === 1);
    expect([watch.retryAt(), watch.currentBackoff(), watch.retryCount()]).toEqual([due, 60_000, 1]);
    monitor.report.connecting();
    expect(watch.retryAt()).toBeUndefined();
  });

  it('looks no more when its injector is gone', () => {
    const injector = createEnvironmentInjector([], TestBed.inject(EnvironmentInjector));
    const watch = injectMonitor({ injector: injector.get(Injector) });
    injector.destroy();
    watch.monitor.report.connecting();
    expect([watch.phase(), watch.monitor.state.phase]).toEqual(['idle', 'connecting']);
  });

  it('does not look on a server', () => {
    TestBed.configureTestingModule({ providers: [{ provide: PLATFORM_ID, useValue: 'server' }] });
    const watch = TestBed.runInInjectionContext(() => injectMonitor());
    watch.monitor.report.connecting();
    expect(watch.phase()).toBe('idle');
  });

  it('refuses to be called outside, and senseless options', () => {
    expect(() => injectMonitor()).toThrow(/injectMonitor/);
    expect(() => injectMonitor(JSON.parse('{"monitor":1}'))).toThrow(
      /injectMonitor: option "monitor" must be an object/,
    );
  });
});
