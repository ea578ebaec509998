/**
 * @jest-environment ./spec/tools/jsdom-environment.js
 */
import 'zone.js';
import { render, reportedErrors, textOf } from './test-bed.js';
import { Component, NgZone, provideZoneChangeDetection } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { expect, it } from '@jest/globals';
import { interval, map, throwError } from 'rxjs';
import { injectStream } from '../../../lib/angular/inject-stream.js';
import { byteStream } from '../../../lib/http.js';
import { lines } from '../../../lib/lines.js';
import { eventually } from '../../servers/eventually.js';
import { answer, chunk, stall } from '../../servers/origin-steps.js';
import { startOrigin } from '../../servers/origin.js';

it('draws in an application with zone.js, from outside its zone, and leaves it stable', async () => {
  await using origin = await startOrigin([[answer(200), chunk('one\n'), stall()]]);
  const Page = Component({ template: '{{ feed.value() }} {{ ticks.received() > 2 }}' })(
    class {
      readonly feed = injectStream({ stream: ({ monitor }) => byteStream({ url: origin.url, monitor }).pipe(lines()) });
      readonly ticks = injectStream({ stream: () => interval(1).pipe(map(() => NgZone.isInAngularZone())) });
    },
  );
  const fixture = await render(Page, [provideZoneChangeDetection()]);
  const zone = TestBed.inject(NgZone);
  fixture.autoDetectChanges();
  await eventually(() => textOf(fixture) === 'one true');
  expect(fixture.componentInstance.ticks.value()).toBe(false);
  expect([zone.hasPendingMacrotasks, zone.hasPendingMicrotasks]).toEqual([false, false]);
  await fixture.whenStable();
  fixture.destroy();
  await eventually(() => origin.activeSockets === 0);
});

it('hands errors over inside the zone, where an error handler may draw', async () => {
  const inside: boolean[] = [];
  const reported = reportedErrors(() => inside.push(NgZone.isInAngularZone()));
  const Page = Component({ template: '{{ feed.status() }}' })(
    class {
      readonly feed = injectStream({ stream: () => throwError(() => new Error('no')) });
    },
  );
  const fixture = await render(Page, [provideZoneChangeDetection(), reported.provider]);
  fixture.detectChanges();
  expect([fixture.componentInstance.feed.status(), inside]).toEqual(['error', [true]]);
});
