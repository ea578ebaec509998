/**
 * @jest-environment ./spec/tools/jsdom-environment.js
 */
import { manualFrames } from './test-bed.js';
import { NgZone } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { describe, expect, it } from '@jest/globals';
import type { FrameScheduler } from '../../../lib/angular/frame-scheduler.js';
import { type FrameWriter, frameWriter } from '../../../lib/angular/frame-writer.js';

function writerOn(scheduler: FrameScheduler): { writer: FrameWriter; writes: () => number } {
  let writes = 0;
  return { writer: frameWriter(scheduler, TestBed.inject(NgZone), () => (writes += 1)), writes: () => writes };
}

describe('frameWriter', () => {
  it('writes once for many changes, and asks for a frame only when there is something to write', () => {
    const frames = manualFrames();
    const { writer, writes } = writerOn(frames.scheduler);
    writer.later();
    writer.later();
    expect([writes(), frames.due]).toEqual([0, 1]);
    frames.draw();
    expect([writes(), frames.due]).toEqual([1, 0]);
    writer.later();
    writer.now();
    expect([writes(), frames.due]).toEqual([2, 0]);
    writer.later();
    writer.cancel();
    frames.draw();
    expect(writes()).toBe(2);
  });

  it('bears a scheduler that calls back at once, or after it was taken back', () => {
    const callbacks: (() => void)[] = [];
    const late = writerOn({ schedule: (callback) => (callbacks.push(callback), () => undefined) });
    late.writer.later();
    late.writer.now();
    callbacks.forEach((callback) => callback());
    expect(late.writes()).toBe(1);
    const eager = writerOn({ schedule: (callback) => (callback(), () => undefined) });
    eager.writer.later();
    eager.writer.later();
    expect(eager.writes()).toBe(2);
  });
});
