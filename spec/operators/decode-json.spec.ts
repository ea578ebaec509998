import { describe, expect, it } from '@jest/globals';
import { EMPTY, NEVER, of, range, map, take, throwError } from 'rxjs';
import { TestScheduler } from 'rxjs/testing';
import * as z from 'zod';
import type { Malformed } from '../../lib/decode.js';
import { isStreamError } from '../../lib/errors.js';
import { createMonitor } from '../../lib/state.js';
import { decodeJson } from '../../operators/decode-json.js';

const marbles: TestScheduler['run'] = (callback) =>
  new TestScheduler((actual, expected) => expect(actual).toEqual(expected)).run(callback);
const post = z.object({ id: z.string() });

function outcome(source: ReturnType<typeof of<string[]>>, options?: Parameters<typeof decodeJson>[0]): unknown[] {
  const seen: unknown[] = [];
  source.pipe(decodeJson(options)).subscribe({
    next: (value) => seen.push(value),
    error: (error: unknown) => seen.push(isStreamError(error) ? error.code : error),
    complete: () => seen.push('|'),
  });
  return seen;
}

describe('decodeJson', () => {
  it('emits the value of each line as it comes, and nothing for heartbeats', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold('a-hb--(cd)-|', { a: '1', b: '{"x":[]}', c: 'null', d: '"d"', h: '' });
      const subs = '       ^----------!';
      const expected = '   a--b--(cd)-|';
      const values = { a: 1, b: { x: [] }, c: null, d: 'd' };
      expectObservable(source.pipe(decodeJson())).toBe(expected, values);
      expectSubscriptions(source.subscriptions).toBe(subs);
    });
  });

  it('passes on an empty, a silent and a failing source, and early unsubscription', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const quiet = cold('-----');
      expectObservable(EMPTY.pipe(decodeJson())).toBe('|');
      expectObservable(NEVER.pipe(decodeJson())).toBe('-');
      expectObservable(throwError(() => 'mine').pipe(decodeJson())).toBe('#', undefined, 'mine');
      expectObservable(quiet.pipe(decodeJson()), '--!').toBe('--');
      expectSubscriptions(quiet.subscriptions).toBe('^-!');
    });
  });

  it('reports what is no JSON, counts it, and loses nothing around it', () => {
    const monitor = createMonitor();
    const invalid: Malformed[] = [];
    const source = of('1', '{"token":"abc', '2');
    expect(outcome(source, { monitor, onInvalid: (one) => void invalid.push(one) })).toEqual([1, 2, '|']);
    expect(monitor.state.malformed).toBe(1);
    expect(invalid).toMatchObject([{ code: 'invalid_json' }]);
    expect(invalid[0]?.raw()).toBe('{"token":"abc');
    expect(JSON.stringify(invalid)).not.toContain('abc');
  });

  it('ends with the first bad line where it is told to', () => {
    expect(outcome(of('1', 'x', '2'), { malformed: 'error' })).toEqual([1, 'malformed']);
  });

  it('ends when so many come in a row, schema mismatches included', () => {
    const lines = of('{"id":"1"}', '{}', '{"id":"2"}', '{}', '{"id":"3"}', '{}', '{"id":4}', '{"id":"5"}');
    const options = { schema: post, maxMalformedInARow: 2 };
    expect(outcome(lines, options)).toEqual([{ id: '1' }, { id: '2' }, { id: '3' }, 'malformed']);
  });

  it('gives the schema its say: its output is emitted, and a mismatch names the place', () => {
    const ids: string[] = [];
    const invalid: Malformed[] = [];
    of('{"id":"1","more":1}', '{"id":2}')
      .pipe(decodeJson({ schema: post, onInvalid: (one) => void invalid.push(one) }))
      .subscribe(({ id }) => ids.push(id));
    expect(ids).toEqual(['1']);
    expect(invalid).toMatchObject([{ code: 'schema_mismatch', path: 'id' }]);
  });

  it('takes a value that is too deep for malformed', () => {
    expect(outcome(of('[[1]]', '[[[1]]]'), { maxDepth: 2, malformed: 'error' })).toEqual([[[1]], 'malformed']);
  });

  it('stops a synchronous source at the unsubscription, from within a value too', () => {
    const seen: unknown[] = [];
    range(1, Infinity)
      .pipe(map(String), decodeJson(), take(2))
      .subscribe((value) => seen.push(value));
    expect(seen).toEqual([1, 2]);
  });

  it.each([{ maxDepth: 0 }, { malformed: 'skip' }, { schema: 1 }, { monitor: 'm' }, { other: 1 }])(
    'refuses %j at once',
    (options) => {
      const untyped = () => JSON.parse(JSON.stringify(options));
      expect(() => decodeJson(untyped())).toThrow(TypeError);
      expect(() => decodeJson(untyped())).toThrow(Object.keys(options)[0]);
    },
  );
});
