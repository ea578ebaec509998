import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { concat, from, NEVER, Observable, of, Subject, take, throwError } from 'rxjs';
import { type RunHelpers, TestScheduler } from 'rxjs/testing';
import * as z from 'zod';
import { isStreamError } from '../../lib/errors.js';
import { createSseParser, type SseParserOptions } from '../../lib/sse-parser.js';
import { sse, type SseFrame, type SseOptions } from '../../lib/sse.js';

const caseSchema = z.object({
  name: z.string(),
  connection: z.string(),
  retry: z.number().nullable(),
  lastEventIdAfter: z.string(),
  initialLastEventId: z.string().optional(),
  bodyBase64: z.string(),
  events: z.array(z.object({ type: z.string(), data: z.string(), lastEventId: z.string() })),
});
const fixture = new URL('../fixtures/eventsource-cases.json', import.meta.url);
const { cases } = z.object({ cases: z.array(caseSchema) }).parse(JSON.parse(readFileSync(fixture, 'utf8')));

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const marbles = (run: (helpers: RunHelpers) => void): void =>
  new TestScheduler((actual, expected) => expect(actual).toEqual(expected)).run(run);
const singles = (all: Uint8Array): Uint8Array[] => Array.from(all, (byte) => Uint8Array.of(byte));

/** Everything that a parser says about the chunks, as text to compare. */
function told(chunks: Iterable<Uint8Array>, options?: SseParserOptions): string {
  const said: unknown[] = [];
  const parser = createSseParser(
    {
      onEvent: ({ event, data, id }) => said.push([event, data, id]),
      onComment: (text) => said.push({ comment: text }),
      onRetry: (retry) => said.push({ retry }),
      onId: (onlyId) => said.push({ onlyId }),
    },
    options,
  );
  try {
    for (const chunk of chunks) parser.feed(chunk);
    parser.end();
  } catch (error) {
    said.push(isStreamError(error) ? `${error.errorType} ${error.code}` : error);
  }
  return JSON.stringify([said, parser.lastEventId]);
}

function frames(source: Observable<Uint8Array>, options: Omit<SseOptions, 'emit'> = {}): (SseFrame | string)[] {
  const got: (SseFrame | string)[] = [];
  source.pipe(sse({ ...options, emit: 'all' })).subscribe({
    next: (frame) => got.push(frame),
    error: (error: unknown) => got.push(isStreamError(error) ? `${error.errorType} ${error.code}` : String(error)),
    complete: () => got.push('complete'),
  });
  return got;
}

const event = (data: string, id = '', name = 'message'): SseFrame => ({ type: 'event', event: name, data, id });

describe('the event stream of the standard', () => {
  // The rest is about connections that are refused for their status or content type, before a byte is parsed.
  const parsed = cases.filter(({ connection }) => connection === 'open');

  it('has 65 cases for the parser among 74', () => {
    expect([parsed.length, cases.length]).toEqual([65, 74]);
  });

  for (const { name, bodyBase64, events, retry, lastEventIdAfter, initialLastEventId: lastEventId } of parsed) {
    it(`reads "${name}", split anywhere`, () => {
      const body = Uint8Array.from(Buffer.from(bodyBase64, 'base64'));
      const got: unknown[] = [];
      let wait: number | null = null;
      const parser = createSseParser(
        {
          onEvent: ({ event: type, data, id }) => got.push({ type, data, lastEventId: id }),
          onRetry: (milliseconds) => (wait = milliseconds),
        },
        { lastEventId },
      );
      parser.feed(body);
      parser.end();
      expect({ events: got, retry: wait, id: parser.lastEventId }).toEqual({ events, retry, id: lastEventIdAfter });

      const whole = told([body], { lastEventId });
      const splits = Array.from(body, (_, at) => told([body.subarray(0, at), body.subarray(at)], { lastEventId }));
      expect(splits.filter((split) => split !== whole)).toEqual([]);
      expect(told(singles(body), { lastEventId })).toBe(whole);
    });
  }

  it('counts a line that began in the chunk before', () => {
    const body = bytes('data: adata: ping\ndata: a\n');
    const options = { maxLength: 17 };
    const splits = Array.from(body, (_, at) => told([body.subarray(0, at), body.subarray(at)], options));
    expect(new Set(splits)).toEqual(new Set([told([body], options)]));
    expect(splits[0]).toContain('frame_too_large');
  });

  it('tells lines of fields that it does not know, as they came', () => {
    const lines: string[] = [];
    const parser = createSseParser({ onEvent: () => undefined, onUnknown: (line) => lines.push(line) });
    parser.feed(
      bytes(
        'other: 1\ndat\nidle\nevents: x\nretry 5\n\u0000data: {}\ndata: a\nevent: e\nid: 1\nretry: 5\nretry\n: hi\n\n',
      ),
    );
    expect(lines).toEqual(['other: 1', 'dat', 'idle', 'events: x', 'retry 5', '\u0000data: {}']);
  });

  it('says the same however the bytes are cut', () => {
    const piece = fc.constantFrom(
      ...[
        'data: a',
        'data',
        'data:é…😀',
        'id: 1',
        'id',
        'event: x',
        'retry: 5',
        ': ping',
        'dat',
        '\uFEFF',
        '\n',
        '\n',
        '\r',
      ],
      ...['\r\n', '\n\n', '\r\r', '\r\n\r\n', 'data: \uFFFD\0', 'idle: 1', 'other'],
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 25 }), fc.nat(60), fc.boolean(), (pieces, maxLength, flush) => {
        const body = bytes(pieces.join(''));
        for (const options of [{ flush }, { flush, maxLength: maxLength + 1 }]) {
          const whole = told([body], options);
          expect(told(singles(body), options)).toBe(whole);
          expect(told([body.subarray(0, maxLength), body.subarray(maxLength)], options)).toBe(whole);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('sse', () => {
  it('emits events alone, unless everything is asked for', () => {
    const body = of(bytes(': hi\nretry: 5\n\nid: 7\n\ndata: a\n\nevent: b\ndata\n\n'));
    const got: unknown[] = [];
    body.pipe(sse()).subscribe((one) => got.push(one));
    expect(got).toEqual([event('a', '7'), event('', '7', 'b')]);
    expect(frames(body)).toEqual([
      { type: 'comment', text: 'hi' },
      { type: 'retry', milliseconds: 5 },
      { type: 'id', id: '7' },
      event('a', '7'),
      event('', '7', 'b'),
      'complete',
    ]);
  });

  it('emits an event in the frame of its empty line, and a CR ends it at once', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('a-b-c-d|', {
        a: bytes('data: 1\n'),
        b: bytes('\n'),
        c: bytes('data: 2\r\r'),
        d: bytes('\n'),
      });
      const expected = '   --x-y--|';
      expectObservable(source.pipe(sse())).toBe(expected, { x: event('1'), y: event('2') });
      const quiet = cold<Uint8Array>('---');
      expectObservable(quiet.pipe(sse()), '--!').toBe('---');
      expectSubscriptions(quiet.subscriptions).toBe('    ^-!');
    });
  });

  it('drops an event that no empty line has ended, and emits it with flush', () => {
    for (const [end, last] of [
      ['data: b\nid: 2\n', 'b'],
      ['id: 2\ndata: b', 'b'],
      ['id: 2\ndata: b\r', 'b'],
    ] as const) {
      const body = of(bytes(`id: 1\ndata: a\n\n${end}`));
      expect(frames(body)).toEqual([event('a', '1'), 'complete']);
      expect(frames(body, { flush: true })).toEqual([event('a', '1'), event(last, '2'), 'complete']);
    }
    expect(frames(of(bytes('data: a\n\n')), { flush: true })).toEqual([event('a'), 'complete']);
  });

  it('drops an unfinished event before an error of the source, which passes as it is', () => {
    const body = concat(
      of(bytes('data: a\n\ndata: b\n')),
      throwError(() => 'reset'),
    );
    expect(frames(body, { flush: true })).toEqual([event('a'), 'reset']);
  });

  it('bounds the line in progress and the event together', () => {
    const tooLarge = 'fatal_error frame_too_large';
    const options = { maxLength: 20 };
    for (const text of [
      'data: 0123456789abcdef\n\n',
      'data: 0123456789\ndata: abcdef\n\n',
      `event: ${'x'.repeat(13)}\nid: 4567\n`,
      `id: ${'x'.repeat(13)}\nevent: a\n`,
    ]) {
      const body = concat(of(bytes('data: a\n\n')), of(bytes(text)), NEVER);
      expect(frames(body, options)).toEqual([event('a'), tooLarge]);
      expect(frames(from(singles(bytes(`data: a\n\n${text}`))), options)).toEqual([event('a'), tooLarge]);
    }
    expect(frames(of(bytes('data: 0123456789abcd\n\n'.repeat(9))), options)).toHaveLength(10);
  });

  it('passes comments of 64 KiB and leaves longer ones out, whatever the limit', () => {
    const comment = (length: number): Uint8Array => bytes(`:${'é'.repeat(length - 1)}\n`);
    const told = (chunks: readonly Uint8Array[]): number[] =>
      frames(from(chunks)).flatMap((one) =>
        typeof one !== 'string' && one.type === 'comment' ? [one.text.length] : [],
      );
    const halves = (all: Uint8Array): Uint8Array[] => [all.subarray(0, 99_999), all.subarray(99_999)];
    for (const cut of [(all: Uint8Array) => [all], halves]) {
      expect([told(cut(comment(65_536))), told(cut(comment(65_537)))]).toEqual([[65_535], []]);
    }
    const piece = new Uint8Array(10_000).fill(0x3a);
    const long = concat(from(Array<Uint8Array>(2_000).fill(piece)), of(bytes('\ndata: a\n\n')));
    expect(frames(long, { maxLength: 100 })).toEqual([event('a'), 'complete']);
  });

  it('clamps a retry time to what is finite', () => {
    expect(frames(of(bytes(`retry: ${'9'.repeat(400)}\n`)))[0]).toEqual({
      type: 'retry',
      milliseconds: Number.MAX_VALUE,
    });
  });

  it('stops at once when the consumer leaves inside a chunk', () => {
    const got: string[] = [];
    const endless = new Observable<Uint8Array>((subscriber) => {
      while (!subscriber.closed) subscriber.next(bytes('data: a\n\ndata: b\n\n'));
    });
    endless.pipe(sse(), take(3)).subscribe(({ data }) => got.push(data));
    const subject = new Subject<Uint8Array>();
    const subscription = subject.pipe(sse({ maxLength: 10 })).subscribe(({ data }) => {
      got.push(data);
      subscription.unsubscribe();
    });
    subject.next(bytes('data: c\n\ndata: d\n\n'));
    expect([got, subject.observed]).toEqual([['a', 'b', 'a', 'c'], false]);
  });

  it('keeps the order when the consumer feeds the source from within next', () => {
    // The lower limit makes the chunk longer than it, so that its lines are measured one by one.
    for (const maxLength of [undefined, 12]) {
      const subject = new Subject<Uint8Array>();
      const got: string[] = [];
      subject.pipe(sse({ maxLength })).subscribe({
        next: ({ data }) => {
          got.push(data);
          if (data === '1') subject.next(bytes('4\n\ndata: 5\n\n'));
          if (data === '5') subject.complete();
        },
        complete: () => got.push('end'),
      });
      for (const text of ['data: 0\n', '\ndata: 1', '\n\ndata: 2\n\ndata: 3']) subject.next(bytes(text));
      expect(got).toEqual(['0', '1', '2', '34', '5', 'end']);
    }
  });

  it('refuses senseless options by name', () => {
    for (const maxLength of [NaN, Infinity, 0, 1.5]) {
      expect(() => sse({ maxLength })).toThrow(/sse: option "maxLength" must be a whole number/);
    }
    expect(() => sse({ lastEventId: 'a\nb' })).toThrow(/"lastEventId" must be a text without NUL and line breaks/);
    expect(() => sse(JSON.parse('{"flushed": true}'))).toThrow(/unknown option "flushed"/);
  });

  it('reads a data line of 10 MB in pieces, and events of 1,000 lines', () => {
    const piece = new Uint8Array(1_000).fill(0x78);
    const long = concat(of(bytes('data: ')), from(Array<Uint8Array>(10_000).fill(piece)), of(bytes('\n\n')));
    const lengths = frames(long).map((one) =>
      typeof one !== 'string' && one.type === 'event' ? one.data.length : one,
    );
    expect(lengths).toEqual([10_000_000, 'complete']);
    const tall = bytes(`${'data: 0123456789\n'.repeat(1_000)}\n`);
    const counts = frames(from(Array<Uint8Array>(100).fill(tall)));
    expect(counts).toHaveLength(101);
    expect(counts[99]).toEqual(event(Array(1_000).fill('0123456789').join('\n')));
  });
});
