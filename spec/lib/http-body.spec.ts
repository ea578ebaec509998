import { describe, expect, it } from '@jest/globals';
import { VirtualTimeScheduler } from 'rxjs';
import { type BodyOptions, bodyStream } from '../../lib/http-body.js';
import { createMonitor, type StreamEvent } from '../../lib/state.js';
import type { ByteReader } from '../../lib/transport.js';
import { failureOf, outcomeOf } from './outcome.js';

const options: BodyOptions = {
  target: 'http://a.example/b',
  idleTimeout: 0,
  chunkSize: undefined,
  expected: undefined,
  report: undefined,
  scheduler: undefined,
};

/** Gives these pieces, then its end; counts how often it was asked. */
function readerOf(...pieces: string[]): ByteReader & { asked: number } {
  const rest = pieces.map((piece) => new TextEncoder().encode(piece));
  const reader = {
    asked: 0,
    read: async () => {
      reader.asked += 1;
      const value = rest.shift();
      return value === undefined ? ({ done: true } as const) : ({ done: false, value } as const);
    },
  };
  return reader;
}

const silent: ByteReader = { read: () => new Promise(() => {}) };
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('bodyStream', () => {
  it('gives the pieces as they are, and completes', async () => {
    const { pieces, completed } = await outcomeOf(bodyStream(readerOf('ab', 'c'), options));
    expect([pieces.map((piece) => Buffer.from(piece).toString()), completed]).toEqual([['ab', 'c'], true]);
  });

  it('completes where there is no body', async () => {
    expect(await outcomeOf(bodyStream(undefined, options))).toMatchObject({ text: '', completed: true });
  });

  it('cuts what is larger than chunkSize', async () => {
    const { pieces } = await outcomeOf(bodyStream(readerOf('abcde', 'fg', 'h'), { ...options, chunkSize: 2 }));
    expect(pieces.map((piece) => Buffer.from(piece).toString())).toEqual(['ab', 'cd', 'e', 'fg', 'h']);
  });

  it('stops in the middle of a piece when it is left there, and asks for no more', async () => {
    const reader = readerOf('abcdef', 'gh');
    const seen: string[] = [];
    const subscription = bodyStream(reader, { ...options, chunkSize: 1 }).subscribe((bytes) => {
      seen.push(Buffer.from(bytes).toString());
      if (seen.length === 3) subscription.unsubscribe();
    });
    await turn();
    expect([seen, reader.asked]).toEqual([['a', 'b', 'c'], 1]);
  });

  it('asks for the next piece only when the last one has been handed down', async () => {
    const reader = readerOf('a', 'b');
    const asked: number[] = [];
    bodyStream(reader, options).subscribe(() => asked.push(reader.asked));
    await turn();
    expect(asked).toEqual([1, 2]);
  });

  it.each([
    { expected: 4, failure: { errorType: 'stream_interrupted', code: 'truncated', phase: 'body' } },
    { expected: 3, failure: undefined },
    { expected: 2, failure: undefined },
  ])('of 3 bytes is whole unless more were promised: $expected', async ({ expected, failure }) => {
    const { error, text } = await outcomeOf(bodyStream(readerOf('ab', 'c'), { ...options, expected }));
    expect(text).toBe('abc');
    if (failure === undefined) return expect(error).toBeUndefined();
    expect(error).toMatchObject(failure);
    expect(error?.message).toBe('http://a.example/b ended after 3 of 4 bytes');
  });

  it('can be read once', async () => {
    const stream = bodyStream(readerOf('a'), options);
    await outcomeOf(stream);
    await expect(outcomeOf(stream)).rejects.toThrow('the body of an answer can be read once');
  });

  it('counts its bytes', async () => {
    const monitor = createMonitor();
    await outcomeOf(bodyStream(readerOf('abc', 'd'), { ...options, report: monitor.report }));
    expect(monitor.state.bytesReceived).toBe(4);
  });

  it('warns at half of the silence it stands, and fails at the whole', async () => {
    const scheduler = new VirtualTimeScheduler();
    const monitor = createMonitor();
    const events: [number, StreamEvent][] = [];
    monitor.events$.subscribe((event) => events.push([scheduler.now(), event]));
    const failed = failureOf(bodyStream(silent, { ...options, idleTimeout: 600, scheduler, report: monitor.report }));
    scheduler.flush();
    expect(await failed).toMatchObject({ errorType: 'timeout', code: 'idle_timeout', phase: 'body' });
    expect(scheduler.now()).toBe(600);
    const warning = { kind: 'silence', message: 'no byte from http://a.example/b for 300 ms' };
    expect(events).toEqual([[300, { type: 'warning', warning }]]);
  });

  it('leaves no timer when it is left, when it ends, and when it fails', async () => {
    const scheduler = new VirtualTimeScheduler();
    const limited = { ...options, idleTimeout: 600, scheduler };
    bodyStream(silent, limited).subscribe().unsubscribe();
    await outcomeOf(bodyStream(readerOf('a'), limited));
    await outcomeOf(bodyStream({ read: () => Promise.reject(new Error('fetch failed')) }, limited)).catch(() => {});
    scheduler.flush();
    expect(scheduler.now()).toBe(0);
  });
});
