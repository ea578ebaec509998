/**
 * @jest-environment ./spec/tools/jsdom-environment.js
 */
import './test-bed.js';
import { TestBed } from '@angular/core/testing';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { FrameScheduler } from '../../../lib/angular/frame-scheduler.js';

let visibility = 'visible';
let frames: (() => void)[] = [];

beforeEach(() => {
  frames = [];
  jest.useFakeTimers();
  Object.defineProperty(document, 'visibilityState', { get: () => visibility, configurable: true });
  globalThis.requestAnimationFrame = (callback) => frames.push(() => callback(0));
  globalThis.cancelAnimationFrame = (id) => void (frames[id - 1] = () => undefined);
});
afterEach(() => {
  jest.useRealTimers();
});

function calls(): { count: () => number; cancel: () => void } {
  let count = 0;
  const cancel = TestBed.inject(FrameScheduler).schedule(() => (count += 1));
  return { count: () => count, cancel };
}

describe('FrameScheduler', () => {
  it('calls back with the next frame of a visible page, once', () => {
    visibility = 'visible';
    const { count } = calls();
    expect([count(), frames.length]).toEqual([0, 1]);
    frames.forEach((draw) => draw());
    jest.runAllTimers();
    expect(count()).toBe(1);
  });

  it('does not wait for frames that never come', () => {
    visibility = 'hidden';
    const hidden = calls();
    expect(frames).toEqual([]);
    jest.runAllTimers();
    expect(hidden.count()).toBe(1);
    visibility = 'visible';
    const hiddenLater = calls();
    jest.runAllTimers();
    frames.forEach((draw) => draw());
    expect(hiddenLater.count()).toBe(1);
  });

  it('can be taken back', () => {
    visibility = 'visible';
    const { count, cancel } = calls();
    cancel();
    frames.forEach((draw) => draw());
    jest.runAllTimers();
    expect(count()).toBe(0);
  });
});
