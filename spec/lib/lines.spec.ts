import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { concat, from, map, NEVER, Observable, of, throwError } from 'rxjs';
import { type RunHelpers, TestScheduler } from 'rxjs/testing';
import { isStreamError } from '../../lib/errors.js';
import type { LineProblem } from '../../lib/line-reader.js';
import { lines, type LinesOptions } from '../../lib/lines.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const marbles = (run: (helpers: RunHelpers) => void): void =>
  new TestScheduler((actual, expected) => expect(actual).toEqual(expected)).run(run);

interface Outcome {
  readonly lines: string[];
  readonly problems: LineProblem[];
  readonly end: string;
  readonly message: string;
}

function read(source: Observable<Uint8Array>, options: LinesOptions = {}): Outcome {
  const got: string[] = [];
  const problems: LineProblem[] = [];
  let end = 'open';
  let message = '';
  source.pipe(lines({ onInvalid: (problem) => problems.push(problem), ...options })).subscribe({
    next: (line) => got.push(line),
    error: (error: unknown) => {
      end = isStreamError(error) ? `${error.errorType} ${error.code}` : String(error);
      message = isStreamError(error) ? error.message : '';
    },
    complete: () => (end = 'complete'),
  });
  return { lines: got, problems, end, message };
}

const readText = (text: string, options?: LinesOptions): Outcome => read(of(bytes(text)), options);

function* oneByOne(all: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < all.length; at += 1) yield all.subarray(at, at + 1);
}

function cut(all: Uint8Array, places: readonly number[]): Uint8Array[] {
  const ends = [...places.map((place) => place % (all.length + 1)), all.length].sort((a, b) => a - b);
  return ends.map((end, index) => all.slice(ends[index - 1] ?? 0, end));
}

/** Bytes that are one line of their own: not UTF-8. */
const bad = Uint8Array.of(0x61, 0xff, 0x62);
const join = (...parts: readonly (Uint8Array | string)[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => [...(typeof part === 'string' ? bytes(part) : part)]));

describe('lines', () => {
  it('ends lines with LF and CRLF and keeps empty ones', () => {
    expect(readText('a\nb\r\n\n\r\nc\n')).toMatchObject({ lines: ['a', 'b', '', '', 'c'], end: 'complete' });
  });

  it('leaves a lone CR, U+2028 and U+2029 inside their line', () => {
    expect(readText('a\rb\u2028c\u2029d\r\r\n').lines).toEqual(['a\rb\u2028c\u2029d\r']);
  });

  it('takes one byte order mark from the start of the stream and no other', () => {
    expect(readText('\uFEFF\uFEFFa\n\uFEFFb\n').lines).toEqual(['\uFEFFa', '\uFEFFb']);
    expect(read(from(oneByOne(bytes('\uFEFFa\n\uFEFFb\n')))).lines).toEqual(['a', '\uFEFFb']);
    expect(readText('\uFEFF')).toMatchObject({ lines: [], end: 'complete' });
    expect(readText('\uFEFF\r\n').lines).toEqual(['']);
  });

  it('gives the same lines however the bytes are cut', () => {
    const piece = fc.constantFrom(
      '',
      'a',
      '{"k":"v"}',
      'é',
      '…',
      '😀',
      '\u2028',
      '\r',
      '\uFEFF',
      '\n',
      '\r\n',
      'x'.repeat(40),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), fc.array(fc.nat(400), { maxLength: 12 }), (pieces, places) => {
        const text = `${pieces.join('')}\n`;
        const expected = text
          .replace(/^\uFEFF/, '')
          .split('\n')
          .slice(0, -1);
        const chunks = cut(bytes(text), places);
        expect(read(from(chunks)).lines).toEqual(expected.map((line) => line.replace(/\r$/, '')));
      }),
      { numRuns: 300 },
    );
  });

  it('gives the same lines and problems however bad and long lines are cut', () => {
    const piece = fc.constantFrom(
      bytes('ok\n'),
      bytes('é…\r\n'),
      join(bad, '\n'),
      bytes(`${'y'.repeat(9)}\n`),
      bytes('\n'),
    );
    const options: LinesOptions = { maxLength: 8, onTooLong: 'skip' };
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), fc.array(fc.nat(100), { maxLength: 8 }), (pieces, places) => {
        const all = join(...pieces);
        const { lines: got, problems, end } = read(from(cut(all, places)), options);
        expect({ lines: got, problems, end }).toEqual({ ...read(from(oneByOne(all)), options), message: undefined });
        expect(got).toEqual(read(of(all), options).lines);
        for (const { offset, length } of problems) expect(all[offset + length]).toBe(0x0a);
      }),
      { numRuns: 200 },
    );
  });

  it('is not disturbed by a source that uses its chunk again', () => {
    const chunk = new Uint8Array(4);
    const source = from(['ab\nc', 'd\nef', 'gh\n\n']).pipe(map((text) => (chunk.set(bytes(text)), chunk)));
    expect(read(source).lines).toEqual(['ab', 'cd', 'efgh', '']);
  });

  it('completes without lines on an empty source, stays open on a silent one', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const none = cold<Uint8Array>(' --|');
      const never = cold<Uint8Array>('---');
      expectObservable(none.pipe(lines())).toBe('  --|');
      expectObservable(never.pipe(lines()), '--!').toBe('---');
      expectSubscriptions(never.subscriptions).toBe('    ^-!');
    });
  });

  it('emits the lines of a chunk in the frame that ends them', () => {
    marbles(({ cold, expectObservable }) => {
      const source = cold('a-b-----c|', { a: bytes('1'), b: bytes('\n2\n3'), c: bytes('\n') });
      const expected = '   --(xy)--z|';
      expectObservable(source.pipe(lines())).toBe(expected, { x: '1', y: '2', z: '3' });
    });
  });
});

describe('lines, at the end of the source', () => {
  const endings = ['{"a":1}', '[1]', '{"a":1', '12', '"x"', 'null', '  \r', ''] as const;
  const table: Record<'json' | 'error' | 'emit', readonly string[]> = {
    json: ['{"a":1}', '[1]', 'cut', 'cut', 'cut', 'cut', 'none', 'none'],
    error: ['cut', 'cut', 'cut', 'cut', 'cut', 'cut', 'none', 'none'],
    emit: ['{"a":1}', '[1]', '{"a":1', '12', '"x"', 'null', 'none', 'none'],
  };
  for (const unterminated of ['json', 'error', 'emit'] as const) {
    it(`treats a rest without a line end by unterminated: '${unterminated}'`, () => {
      const told = endings.map((ending) => {
        const { lines: got, end } = readText(`first\n${ending}`, { unterminated });
        return end === 'complete' ? (got[1] ?? 'none') : end.replace('stream_interrupted truncated', 'cut');
      });
      expect(told).toEqual(table[unterminated]);
    });
  }

  it('tells how much was cut off, without its text', () => {
    const { problems, message } = readText('one\n{"secret":"canary"');
    expect(problems).toEqual([{ code: 'truncated', line: 2, length: 18, offset: 4 }]);
    expect(message).toBe('the stream ended inside line 2: 18 bytes without a line end were dropped');
  });

  it('takes an object whose CRLF was cut in the middle', () => {
    expect(readText('{"a":1}\r').lines).toEqual(['{"a":1}']);
  });

  it('emits a whole rest before an error of the source and drops any other', () => {
    const failing = (text: string, options?: LinesOptions): Outcome =>
      read(
        concat(
          of(bytes(text)),
          throwError(() => 'reset'),
        ),
        options,
      );
    expect(failing('a\n{"b":1}')).toMatchObject({ lines: ['a', '{"b":1}'], end: 'reset', problems: [] });
    expect(failing('a\n{"b":')).toMatchObject({
      lines: ['a'],
      end: 'reset',
      problems: [{ code: 'truncated', length: 5 }],
    });
    expect(failing('a\n{"b":1}', { unterminated: 'emit' })).toMatchObject({ lines: ['a'], end: 'reset' });
    const sick = concat(
      of(join('["', bad, '"]')),
      throwError(() => 'reset'),
    );
    expect(read(sick, { invalidUtf8: 'error' })).toMatchObject({ lines: [], end: 'reset' });
    expect(read(sick)).toMatchObject({ lines: ['["a\uFFFDb"]'], end: 'reset' });
  });
});

describe('lines, with lines that are none', () => {
  it('ends with frame_too_large as soon as the limit is passed, after the lines before', () => {
    const options: LinesOptions = { maxLength: 4 };
    const wanted = { lines: ['1234'], end: 'fatal_error frame_too_large', message: 'line 2 is longer than 4 bytes' };
    expect(read(concat(of(bytes('1234\n12345')), NEVER), options)).toMatchObject(wanted);
    expect(readText('1234\n12345\n6\n', options)).toMatchObject(wanted);
    expect(read(from(oneByOne(bytes('1234\n12345\n'))), options)).toMatchObject(wanted);
  });

  it('skips a long line, reports its whole length and goes on', () => {
    const wanted = { lines: ['a', 'b'], problems: [{ code: 'line_too_long', line: 2, length: 9, offset: 2 }] };
    const text = 'a\n123456789\nb\n';
    for (const source of [of(bytes(text)), from(oneByOne(bytes(text))), from(cut(bytes(text), [7]))]) {
      expect(read(source, { maxLength: 4, onTooLong: 'skip' })).toMatchObject({ ...wanted, end: 'complete' });
    }
  });

  it('says truncated, or only reports in mode emit, when the source ends in a line that is being skipped', () => {
    const skip: LinesOptions = { maxLength: 4, onTooLong: 'skip' };
    expect(readText('a\n123456', skip).end).toBe('stream_interrupted truncated');
    const { end, problems } = readText('a\n123456', { ...skip, unterminated: 'emit' });
    expect([end, problems[0]?.code]).toEqual(['complete', 'line_too_long']);
  });

  it('replaces what is not UTF-8 in its own line and reports it', () => {
    const all = join('é\n', bad, '\nü\n');
    const problems = [{ code: 'invalid_utf8', line: 2, length: 3, offset: 3 }];
    expect(read(of(all))).toMatchObject({ lines: ['é', 'a\uFFFDb', 'ü'], problems, end: 'complete' });
    expect(read(from(oneByOne(all)))).toMatchObject({ lines: ['é', 'a\uFFFDb', 'ü'], problems });
  });

  it('reads on after a cut sequence among lines beyond ASCII', () => {
    const chunks = [bytes('é\né\n'), join('ö\n', Uint8Array.of(0xe2, 0x80), '\n'), bytes('ü\n')];
    expect(read(from(chunks)).lines).toEqual(['é', 'é', 'ö', '\uFFFD', 'ü']);
  });

  it('ends with malformed under invalidUtf8: error', () => {
    const all = join('é\n', bad, '\nü\n');
    const wanted = { lines: ['é'], end: 'fatal_error malformed', message: 'line 2, 3 bytes, is not UTF-8' };
    expect(read(of(all), { invalidUtf8: 'error' })).toMatchObject(wanted);
    expect(read(from(oneByOne(all)), { invalidUtf8: 'error' })).toMatchObject(wanted);
  });

  it('goes on when onInvalid throws', () => {
    const onInvalid = (): never => {
      throw new Error('mine');
    };
    expect(read(of(join(bad, '\nb\n')), { onInvalid })).toMatchObject({ lines: ['a\uFFFDb', 'b'], end: 'complete' });
  });

  it('refuses senseless options by name', () => {
    for (const maxLength of [NaN, Infinity, 0, -1, 1.5, 2 ** 31]) {
      expect(() => lines({ maxLength })).toThrow(/lines: option "maxLength" must be a whole number/);
    }
    expect(() => lines(JSON.parse('{"maxLineLength": 5}'))).toThrow(/unknown option "maxLineLength"/);
    expect(() => lines(JSON.parse('{"onTooLong": "drop"}'))).toThrow(/"onTooLong" must be one of "error", "skip"/);
  });
});

describe('lines, at size', () => {
  it('reads 5 MB byte by byte', () => {
    const line = bytes(`${'x'.repeat(199)}\n`);
    const single = [...line].map((byte) => Uint8Array.of(byte));
    let count = 0;
    let length = 0;
    const source = new Observable<Uint8Array>((subscriber) => {
      for (let at = 0; at < 5_000_000; at += 1) subscriber.next(single[at % single.length] ?? line);
      subscriber.complete();
    });
    source.pipe(lines()).subscribe((text) => {
      count += 1;
      length += text.length;
    });
    expect([count, length]).toEqual([25_000, 25_000 * 199]);
  });

  it('stops an endless line at its limit and skips one of 20 MB', () => {
    const piece = new Uint8Array(1_000).fill(0x78);
    let taken = 0;
    const endless = new Observable<Uint8Array>((subscriber) => {
      for (; !subscriber.closed; taken += 1) subscriber.next(piece);
    });
    expect(read(endless).end).toBe('fatal_error frame_too_large');
    expect(taken).toBe(16_778);
    const long = concat(from(Array<Uint8Array>(20_000).fill(piece)), of(bytes('\nnext\n')));
    const { lines: got, problems } = read(long, { onTooLong: 'skip' });
    expect([got, problems[0]?.length]).toEqual([['next'], 20_000_000]);
  });
});
