import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { isDeepStrictEqual } from 'node:util';
import { partialJson } from '../../lib/partial-json.js';

const highSurrogateAtEnd = /[\ud800-\udbff]$/;

function cutsPair(text: string, at: number): boolean {
  return /^[\ud800-\udbff][\udc00-\udfff]/.test(text.slice(at - 1, at + 1));
}

/** Whether `live` may be shown on the way to `whole`. */
function isBeginning(live: unknown, whole: unknown): boolean {
  if (live === undefined || isDeepStrictEqual(live, whole)) return true;
  if (typeof live === 'string') {
    return typeof whole === 'string' && whole.startsWith(live) && !cutsPair(whole, live.length);
  }
  if (Array.isArray(live)) return Array.isArray(whole) && areBeginnings(live, whole);
  if (!isRecord(live) || !isRecord(whole)) return false;
  const names = Object.keys(live);
  return (
    isDeepStrictEqual(names, Object.keys(whole).slice(0, names.length)) &&
    areBeginnings(Object.values(live), Object.values(whole))
  );
}

/** All but the last are final. */
function areBeginnings(live: readonly unknown[], whole: readonly unknown[]): boolean {
  return (
    live.length <= whole.length &&
    live.every((part, index) =>
      index < live.length - 1 ? isDeepStrictEqual(part, whole[index]) : isBeginning(part, whole[index]),
    )
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The slow way: what `JSON.parse` says of the longest beginning that a quote and brackets make whole. */
function repaired(cut: string): unknown {
  // a number at the end may go on
  const certain = openParts(cut).string === -1 ? cut.replace(/-?\d[-+.eE\d]*$|-$/, '') : cut;
  let shown: unknown;
  for (let length = certain.length; length > 0; length -= 1) {
    const text = certain.slice(0, length);
    const { string, closing } = openParts(text);
    const parsed = parsedOrNothing(text + closing);
    if (parsed === undefined) continue;
    const last = string === -1 ? '' : parsedOrNothing(`${text.slice(string)}"`);
    // a high surrogate at the end may yet have a partner; one before it has none
    if (shown === undefined && typeof last === 'string' && highSurrogateAtEnd.test(last)) shown = last.slice(0, -1);
    if (shown === undefined || shown === last) return parsed;
  }
  return undefined;
}

function parsedOrNothing(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Where the open string begins, -1 without one, and what closes everything that is open. */
function openParts(text: string): { string: number; closing: string } {
  let string = -1;
  let closing = '';
  for (let at = 0; at < text.length; at += 1) {
    const mark = text.charAt(at);
    if (mark === '"') string = string === -1 ? at : -1;
    else if (string !== -1) at += mark === '\\' ? 1 : 0;
    else if (mark === '[') closing = `]${closing}`;
    else if (mark === '{') closing = `}${closing}`;
    else if (mark === ']' || mark === '}') closing = closing.slice(1);
  }
  return { string, closing: (string === -1 ? '' : '"') + closing };
}

const texts = fc
  .tuple(
    fc.oneof(
      { weight: 3, arbitrary: fc.jsonValue({ stringUnit: 'binary', maxDepth: 5 }) },
      {
        weight: 1,
        arbitrary: fc.jsonValue({ stringUnit: fc.constantFrom('a', '"', '\\', '\n', '\u{1f600}', '\ud83d') }),
      },
    ),
    fc.constantFrom(undefined, 1, 2, '\t', '\r\n'),
    fc.boolean(),
  )
  .map(([value, indent, escape]) => {
    const text = JSON.stringify(value, undefined, indent);
    return escape
      ? text.replace(/[^ -~\s]/g, (unit) => '\\u' + unit.charCodeAt(0).toString(16).padStart(4, '0'))
      : text;
  });

const piecesOf = (text: string, sizes: readonly number[]): string[] => {
  const pieces: string[] = [];
  for (let at = 0, turn = 0; at < text.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? 1;
    pieces.push(text.slice(at, at + size));
    at += size;
  }
  return pieces;
};

const sizes = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 5 });

describe('the live value of any JSON text, indented and cut in any way', () => {
  it('ends as what JSON.parse gives', () => {
    fc.assert(
      fc.property(texts, sizes, (text, cuts) => {
        const json = partialJson();
        for (const piece of piecesOf(text, cuts)) json.feed(piece);
        json.end();
        expect([json.problem, json.isComplete]).toEqual([undefined, true]);
        expect(isDeepStrictEqual(json.value, JSON.parse(text))).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it('is a beginning of the final one after every piece', () => {
    fc.assert(
      fc.property(texts, sizes, (text, cuts) => {
        const whole: unknown = JSON.parse(text);
        const json = partialJson();
        for (const piece of piecesOf(text, cuts)) {
          json.feed(piece);
          if (!isBeginning(json.value, whole)) expect({ live: json.value }).toEqual({ whole });
        }
      }),
      { numRuns: 200 },
    );
  });

  it('holds all that is certain: what repairing and parsing the text again would show', () => {
    fc.assert(
      fc.property(texts, sizes, (text, cuts) => {
        const json = partialJson();
        let so = '';
        for (const piece of piecesOf(text.slice(0, 400), cuts)) {
          so += piece;
          json.feed(piece);
          const slow = repaired(so);
          if (!isDeepStrictEqual(json.value, slow)) expect({ so, live: json.value }).toEqual({ so, live: slow });
        }
      }),
      { numRuns: 150 },
    );
  });

  it('is the same whether anybody has looked before or not', () => {
    fc.assert(
      fc.property(texts, sizes, fc.nat(), (text, cuts, stop) => {
        const pieces = piecesOf(text, cuts);
        const [watched, unwatched] = [partialJson(), partialJson()];
        for (const piece of pieces.slice(0, 1 + (stop % pieces.length))) {
          watched.feed(piece);
          unwatched.feed(piece);
          isDeepStrictEqual(watched.value, text);
        }
        expect(isDeepStrictEqual(watched.value, unwatched.value)).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  it('never becomes complete where JSON.parse refuses, and always where it does not', () => {
    const noise = fc.tuple(
      texts,
      fc.nat(),
      fc.constantFrom('', ',', ':', '"', ']', '}', '0', '-', 'e', '\\', '\n', ' '),
    );
    fc.assert(
      fc.property(noise, sizes, ([text, place, mark], cuts) => {
        const at = place % (text.length + 1);
        const damaged = text.slice(0, at) + mark + text.slice(at + (place % 2));
        const json = partialJson();
        for (const piece of piecesOf(damaged, cuts)) json.feed(piece);
        json.end();
        const whole = parsedOrNothing(damaged);
        expect({ damaged, complete: json.isComplete }).toEqual({ damaged, complete: whole !== undefined });
        expect(json.problem === undefined).toBe(whole !== undefined);
        if (whole !== undefined) expect(isDeepStrictEqual(json.value, whole)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

describe('a megabyte of tool input in pieces of 8', () => {
  // What took time in proportion to the text at each piece would take minutes here, and the run would time out.
  it.each<[string, unknown]>([
    ['one long string', { path: 'a.txt', content: 'A line of text, "quoted".\n'.repeat(36_000) }],
    ['many small members', Object.fromEntries(Array.from({ length: 60_000 }, (_, index) => [`name${index}`, index]))],
    ['a long list', Array.from({ length: 40_000 }, (_, id) => ({ id, on: true, text: null }))],
  ])('can be looked at after each of them: %s', (_, value) => {
    const text = JSON.stringify(value);
    expect(text.length).toBeGreaterThan(900_000);
    const json = partialJson();
    let looks = 0;
    for (const piece of piecesOf(text, [8])) {
      json.feed(piece);
      if (json.value !== undefined) looks += 1;
    }
    expect(looks).toBe(Math.ceil(text.length / 8));
    expect(isDeepStrictEqual(json.value, value)).toBe(true);
  });
});
