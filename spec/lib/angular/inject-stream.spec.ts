/**
 * @jest-environment ./spec/tools/jsdom-environment.js
 */
import { manualFrames, render, reportedErrors, textOf } from './test-bed.js';
import {
  Component,
  createEnvironmentInjector,
  EnvironmentInjector,
  inject,
  InjectionToken,
  Injector,
  signal,
  type Type,
} from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { describe, expect, it } from '@jest/globals';
import { concat, firstValueFrom, interval, NEVER, Observable, of, Subject, throwError } from 'rxjs';
import { injectStream, type StreamRef } from '../../../lib/angular/inject-stream.js';
import { createMonitor } from '../../../lib/state.js';
import { StreamError } from '../../../lib/errors.js';
import { byteStream } from '../../../lib/http.js';
import { lines } from '../../../lib/lines.js';
import { retryBackoff } from '../../../operators/retry-backoff.js';
import { streamWithRetry } from '../../../operators/stream-with-retry.js';
import { eventually } from '../../servers/eventually.js';
import { answer, chunk, reset, stall, waitFor } from '../../servers/origin-steps.js';
import { startOrigin } from '../../servers/origin.js';

/** A page that shows one stream. */
function pageOf<V>(make: () => StreamRef<V>): Type<{ readonly feed: StreamRef<V> }> {
  return Component({ template: '{{ feed.status() }} {{ feed.value() }}' })(
    class {
      readonly feed = make();
    },
  );
}

/** Options that the types forbid. */
function parsed(json: string): { stream: () => typeof NEVER } {
  return JSON.parse(json);
}

const failure = new StreamError('no', { errorType: 'authentication_error', code: 'unauthorized' });

describe('injectStream', () => {
  it('shows items as they come, and lets go of the socket when the component goes', async () => {
    await using origin = await startOrigin([[answer(200), chunk('one\n'), stall()]]);
    const Page = pageOf(() =>
      injectStream({ stream: ({ monitor }) => byteStream({ url: origin.url, monitor }).pipe(lines()) }),
    );
    const fixture = await render(Page);
    await eventually(() => textOf(fixture) === 'live one');
    expect(origin.activeSockets).toBe(1);
    fixture.destroy();
    await eventually(() => origin.activeSockets === 0);
    expect(origin.requests).toHaveLength(1);
  });

  it('closes the old socket before it connects for other params, and begins from the initial value', async () => {
    const log: string[] = [];
    const symbol = signal<string | undefined>('a');
    await using origin = await startOrigin(({ path }) => [answer(200), chunk(`${path}\n`), stall()]);
    const Page = pageOf(() =>
      injectStream({
        params: symbol,
        initialValue: 'none',
        stream: ({ params, abortSignal }) =>
          new Observable<string>((subscriber) => {
            log.push(`open ${params}`);
            abortSignal.addEventListener('abort', () => log.push(`abort ${params}`));
            const source = byteStream({ url: `${origin.url}/${params}` }).pipe(lines());
            const subscription = source.subscribe((line) => subscriber.next(line));
            return () => {
              log.push(`close ${params}`);
              subscription.unsubscribe();
            };
          }),
      }),
    );
    const fixture = await render(Page);
    const { feed } = fixture.componentInstance;
    await eventually(() => feed.value() === '/a');
    symbol.set('b');
    await fixture.whenStable();
    expect(feed.value()).toBe('none');
    await eventually(() => feed.value() === '/b');
    await eventually(() => origin.activeSockets === 1);
    expect(log).toEqual(['open a', 'close a', 'abort a', 'open b']);
    symbol.set(undefined);
    await fixture.whenStable();
    expect(textOf(fixture)).toBe('idle none');
    await eventually(() => origin.activeSockets === 0);
    fixture.destroy();
  });

  it('keeps the value while it reconnects, and says how often that has failed', async () => {
    const again = new Subject<undefined>();
    await using origin = await startOrigin([
      [answer(200), chunk('1\n'), reset()],
      [waitFor(firstValueFrom(again)), answer(200), chunk('2\n'), stall()],
    ]);
    const Page = pageOf(() =>
      injectStream({
        initialValue: '',
        reduce: (all: string, item: unknown) => `${all}${String(item)}`,
        stream: ({ monitor }) =>
          streamWithRetry({ url: origin.url }, { initialBackoff: 1, maxBackoff: 1, maxRetries: -1, monitor }),
      }),
    );
    const fixture = await render(Page);
    const { feed } = fixture.componentInstance;
    await eventually(() => feed.status() === 'reconnecting' && feed.attempt() > 0);
    expect([feed.value(), feed.isLive(), feed.error()]).toEqual(['1', false, undefined]);
    again.next(undefined);
    await eventually(() => feed.value() === '12');
    expect([feed.status(), feed.isLive(), feed.received()]).toEqual(['live', true, 2]);
    fixture.destroy();
  });

  it('gives what ends the stream to its signal and to the ErrorHandler, and keeps the value', async () => {
    const reported = reportedErrors();
    const Page = pageOf(() =>
      injectStream({
        stream: () =>
          concat(
            of('last'),
            throwError(() => failure),
          ),
      }),
    );
    const fixture = await render(Page, [reported.provider]);
    const { feed } = fixture.componentInstance;
    expect(textOf(fixture)).toBe('error last');
    expect(feed.error()).toBe(failure);
    expect(reported.errors).toEqual([failure]);
  });

  it.each<[string, () => StreamRef<unknown>]>([
    ['the factory', () => injectStream({ stream: () => { throw failure; } })], // prettier-ignore
    ['reduce', () => injectStream({ stream: () => of(1), initialValue: 0, reduce: () => { throw failure; } })], // prettier-ignore
    ['params', () => injectStream({ params: () => { throw failure; }, stream: () => of(1) })], // prettier-ignore
  ])('ends with what %s throws', async (_, make) => {
    const reported = reportedErrors();
    const fixture = await render(pageOf(make), [reported.provider]);
    expect(fixture.componentInstance.feed.status()).toBe('error');
    expect(reported.errors).toEqual([failure]);
  });

  it('makes an error of what is none', async () => {
    const reported = reportedErrors();
    const fixture = await render(
      pageOf(() => injectStream({ stream: () => throwError(() => 'text') })),
      [reported.provider],
    );
    expect(fixture.componentInstance.feed.error()).toMatchObject({ name: 'Error', cause: 'text' });
    expect(reported.errors).toEqual(['text']);
  });

  it('writes once per frame what arrives until then, and leaves nothing out', async () => {
    const frames = manualFrames();
    const source = new Subject<number>();
    const seen: number[][] = [];
    const fixture = await render(
      pageOf(() =>
        injectStream({
          stream: () => source,
          initialValue: [],
          reduce: (all: readonly number[], item: number) => [...all, item],
          equal: (a, b) => {
            seen.push([...b]);
            return a === b;
          },
        }),
      ),
      [frames.provider],
    );
    const { feed } = fixture.componentInstance;
    source.next(1);
    expect([feed.status(), feed.value()]).toEqual(['live', [1]]);
    for (let item = 2; item <= 1_000; item++) source.next(item);
    expect([feed.value(), feed.received(), frames.due]).toEqual([[1], 1, 1]);
    frames.draw();
    expect(feed.received()).toBe(1_000);
    expect(feed.value()).toEqual(Array.from({ length: 1_000 }, (_, index) => index + 1));
    source.next(1_001);
    source.complete();
    expect([feed.status(), feed.value().length, frames.due]).toEqual(['complete', 1_001, 0]);
    // One comparison for each value shown: what came between two frames was never written.
    expect(seen.map(({ length }) => length)).toEqual([1, 1_000, 1_001]);
  });

  it('stops until it is restarted, whatever params do; the value stays until the first item', async () => {
    const source = new Subject<string>();
    const params = signal('a');
    let opened = 0;
    const fixture = await render(
      pageOf(() =>
        injectStream({
          params,
          initialValue: '',
          reduce: (all: string, item: string) => all + item,
          stream: () => {
            opened += 1;
            return source;
          },
        }),
      ),
      [manualFrames().provider],
    );
    const { feed } = fixture.componentInstance;
    source.next('1');
    feed.stop();
    expect([feed.status(), feed.value(), source.observed]).toEqual(['stopped', '1', false]);
    params.set('b');
    await fixture.whenStable();
    expect([feed.status(), source.observed, opened]).toEqual(['stopped', false, 1]);
    feed.restart();
    expect([feed.status(), feed.value(), feed.received(), opened]).toEqual(['connecting', '1', 0, 2]);
    source.next('2');
    expect(feed.value()).toBe('2');
  });

  it('begins a new stream for a new value only, and follows no signal that the factory reads', async () => {
    const user = signal({ id: 1 });
    const other = signal(0);
    let opened = 0;
    const fixture = await render(
      pageOf(() =>
        injectStream({
          params: () => user().id,
          stream: () => {
            opened += other() + 1;
            return NEVER;
          },
        }),
      ),
    );
    user.set({ id: 1 });
    other.set(5);
    await fixture.whenStable();
    expect(opened).toBe(1);
    user.set({ id: 2 });
    await fixture.whenStable();
    expect(opened).toBe(7);
  });

  it('reports to a monitor from outside too', async () => {
    const monitor = createMonitor();
    const fixture = await render(
      pageOf(() =>
        injectStream({ monitor, stream: (own) => concat(of(1), NEVER).pipe(retryBackoff({ monitor: own.monitor })) }),
      ),
    );
    expect(monitor.state).toMatchObject({ phase: 'open', isConnected: true });
    fixture.destroy();
    expect(monitor.state).toMatchObject({ phase: 'closed', isConnected: false });
  });

  it('makes the stream in an injection context, which may be given', async () => {
    const word = new InjectionToken<string>('word');
    TestBed.resetTestingModule();
    TestBed.configureTestingModule({ providers: [{ provide: word, useValue: 'found' }] });
    const feed = injectStream({ injector: TestBed.inject(Injector), stream: () => of(inject(word)) });
    TestBed.tick();
    expect(feed.value()).toBe('found');
  });

  it('ends with an injector that is no component', async () => {
    TestBed.resetTestingModule();
    const child = createEnvironmentInjector([], TestBed.inject(EnvironmentInjector));
    const source = new Subject<string>();
    const feed = injectStream({ injector: child.get(Injector), stream: () => source });
    TestBed.tick();
    expect(source.observed).toBe(true);
    child.destroy();
    expect(source.observed).toBe(false);
    expect(feed.status()).toBe('connecting');
  });

  it('keeps no application unstable', async () => {
    const fixture = await render(pageOf(() => injectStream({ stream: () => interval(1) })));
    await eventually(() => fixture.componentInstance.feed.received() > 2);
    await fixture.whenStable();
    fixture.destroy();
  });

  it('refuses to be called outside, and senseless options', () => {
    expect(() => injectStream({ stream: () => NEVER })).toThrow(/injectStream/);
    const injector = TestBed.inject(Injector);
    expect(() => injectStream({ injector, ...parsed('{"stream":null}') })).toThrow(
      /injectStream: option "stream" must be a function/,
    );
    expect(() => injectStream({ injector, ...parsed('{}') })).toThrow(/injectStream: option "stream" is missing/);
    expect(() => injectStream({ injector, ...parsed('{"retries":1}'), stream: () => NEVER })).toThrow(
      /unknown option "retries"/,
    );
  });
});
