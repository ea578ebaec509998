/**
 * @jest-environment ./spec/tools/jsdom-environment.js
 */
import { render, textOf } from './test-bed.js';
import { Component, type EnvironmentProviders, Injector, PLATFORM_ID, type Provider } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { describe, expect, it } from '@jest/globals';
import { NEVER } from 'rxjs';
import { injectStream } from '../../../lib/angular/inject-stream.js';
import { provideTailrace, withServerStreams } from '../../../lib/angular/provide-tailrace.js';
import { isServer, mayStream } from '../../../lib/angular/server-streams.js';
import { byteStream } from '../../../lib/http.js';
import { lines } from '../../../lib/lines.js';
import { eventually } from '../../servers/eventually.js';
import { answer, chunk, stall } from '../../servers/origin-steps.js';
import { startOrigin } from '../../servers/origin.js';

const server: Provider = { provide: PLATFORM_ID, useValue: 'server' };

function feedOf(url: string) {
  return Component({ template: '{{ feed.status() }} {{ feed.value() }}' })(
    class {
      readonly feed = injectStream({ stream: () => byteStream({ url }).pipe(lines()), initialValue: 'nothing' });
    },
  );
}

describe('a stream on a server', () => {
  it('is not begun, and restart begins none', async () => {
    await using origin = await startOrigin(() => [answer(200), chunk('1\n'), stall()]);
    const fixture = await render(feedOf(origin.url), [server]);
    fixture.componentInstance.feed.restart();
    await fixture.whenStable();
    expect(textOf(fixture)).toBe('idle nothing');
    expect(origin.connections).toBe(0);
  });

  it('is begun when it is asked for, and the page waits for its first item', async () => {
    await using origin = await startOrigin(() => [answer(200), chunk('1\n'), stall()]);
    const fixture = await render(feedOf(origin.url), [
      server,
      provideTailrace(withServerStreams({ waitForFirst: 600_000 })),
    ]);
    await fixture.whenStable();
    expect(textOf(fixture)).toBe('live 1');
    fixture.destroy();
    await eventually(() => origin.activeSockets === 0);
  });

  it.each([0, 20])('lets the page go when nothing comes within %s ms', async (waitForFirst) => {
    const Page = Component({ template: '{{ feed.status() }}' })(
      class {
        readonly feed = injectStream({ stream: () => NEVER });
      },
    );
    const fixture = await render(Page, [server, provideTailrace(withServerStreams({ waitForFirst }))]);
    expect(textOf(fixture)).toBe('connecting');
    fixture.destroy();
  });

  it.each<[boolean, boolean, (Provider | EnvironmentProviders)[]]>([
    [false, true, []],
    [true, false, [server]],
    [true, true, [server, provideTailrace(withServerStreams())]],
  ])('isServer %s, mayStream %s', (on, may, providers) => {
    TestBed.resetTestingModule();
    TestBed.configureTestingModule({ providers });
    const injector = TestBed.inject(Injector);
    expect([isServer(injector), mayStream(injector)]).toEqual([on, may]);
  });
});
