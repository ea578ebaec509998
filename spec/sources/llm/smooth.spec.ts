import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  concat,
  EMPTY,
  from,
  lastValueFrom,
  NEVER,
  of,
  Subject,
  take,
  throwError,
  toArray,
  VirtualTimeScheduler,
} from 'rxjs';
import { type RunHelpers, TestScheduler } from 'rxjs/testing';
import type { LlmPart } from '../../../sources/llm/parts.js';
import { smooth } from '../../../sources/llm/smooth.js';
import { messageOf } from './recorded-parts.js';
import { ended, failure, text, thinking, usage } from './some-parts.js';

const marbles = (run: (helpers: RunHelpers) => void): void =>
  new TestScheduler((actual, expected) => expect(actual).toEqual(expected)).run(run);
const said = (words: Readonly<Record<string, string>>): Record<string, LlmPart> =>
  Object.fromEntries(Object.entries(words).map(([mark, word]) => [mark, text('0', word)]));
const stop: LlmPart = { type: 'text.end', key: '0' };

/** What comes out before anybody could wait. */
function atOnce(parts: readonly LlmPart[], options: Parameters<typeof smooth>[0] = {}): readonly unknown[] {
  const found: unknown[] = [];
  const source = new Subject<LlmPart>();
  const subscription = source.pipe(smooth<LlmPart>(options)).subscribe({
    next: (part) => found.push('text' in part ? part.text : part.type),
    error: (error) => found.push(error),
    complete: () => found.push('|'),
  });
  for (const part of parts) source.next(part);
  subscription.unsubscribe();
  return found;
}

describe('smooth', () => {
  it('emits the first word at once, and the others evenly', () => {
    marbles(({ cold, expectObservable }) => {
      const source = cold<LlmPart>('a--------|', said({ a: 'one two three four' }));
      const expected = '            x--y--z--(w|)';
      const words = said({ x: 'one ', y: 'two ', z: 'three ', w: 'four' });
      expectObservable(source.pipe(smooth({ delayMs: 3 }))).toBe(expected, words);
    });
  });

  it('keeps the time between two words also where they come apart', () => {
    marbles(({ cold, expectObservable }) => {
      const source = cold<LlmPart>('ab------c---------', said({ a: 'a b', b: ' c d', c: ' e ' }));
      const expected = '            x---y---z---w-----';
      const words = said({ x: 'a ', y: 'b ', z: 'c ', w: 'd ' });
      expectObservable(source.pipe(smooth({ delayMs: 4 }))).toBe(expected, words);
    });
  });

  it('does not let a word wait that comes late enough by itself', () => {
    marbles(({ cold, expectObservable }) => {
      const source = cold<LlmPart>('a------b---', said({ a: 'a b', b: ' c' }));
      const expected = '            x------y---';
      expectObservable(source.pipe(smooth({ delayMs: 4 }))).toBe(expected, said({ x: 'a ', y: 'b ' }));
    });
  });

  it('lets all that waits go before a part of another kind, in order', () => {
    marbles(({ cold, expectObservable }) => {
      const source = cold<LlmPart>('a-s---', { ...said({ a: 'a b c' }), s: stop });
      const expected = '            x-(yzs)';
      const values = { ...said({ x: 'a ', y: 'b ', z: 'c' }), s: stop };
      expectObservable(source.pipe(smooth({ delayMs: 100 }))).toBe(expected, values);
    });
  });

  it('emits what waits on completion and before an error', () => {
    marbles(({ cold, expectObservable }) => {
      const words = said({ a: 'a b c', x: 'a ', y: 'b ', z: 'c' });
      expectObservable(cold<LlmPart>('a|', words).pipe(smooth())).toBe('x(yz|)', words);
      expectObservable(cold<LlmPart>('a#', words, failure).pipe(smooth())).toBe('x(yz#)', words, failure);
    });
  });

  it('drops what waits on unsubscription, with its timer', () => {
    marbles(({ cold, expectObservable, expectSubscriptions }) => {
      const source = cold<LlmPart>('a-----', said({ a: 'a b c d' }));
      const expected = '            x-y---';
      expectObservable(source.pipe(smooth({ delayMs: 2 })), '---!').toBe(expected, said({ x: 'a ', y: 'b ' }));
      expectSubscriptions(source.subscriptions).toBe('^--!');
    });
  });

  it('leaves no timer behind', () => {
    const clock = new VirtualTimeScheduler();
    const source = new Subject<LlmPart>();
    const subscription = source.pipe(smooth<LlmPart>({ scheduler: clock })).subscribe();
    source.next(text('0', 'a b c'));
    expect(clock.actions).toHaveLength(1);
    subscription.unsubscribe();
    expect([clock.actions, source.observed]).toEqual([[], false]);
  });

  it('passes an empty source, one that never speaks, and one without text', () => {
    marbles(({ cold, expectObservable }) => {
      expectObservable(EMPTY.pipe(smooth())).toBe('|');
      expectObservable(NEVER.pipe(smooth())).toBe('-');
      expectObservable(cold<LlmPart>('-a#', { a: stop }, failure).pipe(smooth())).toBe('-a#', { a: stop }, failure);
    });
  });

  it('cuts and does not wait with a delay of 0', () => {
    const parts = [text('0', 'a b'), text('0', 'c d'), stop];
    expect(atOnce(parts, { delayMs: 0 })).toEqual(['a ', 'bc ', 'd', 'text.end']);
    expect(atOnce([text('0', '日\ud83d'), text('0', '\ude00')], { delayMs: 0, by: 'grapheme' })).toEqual(['日']);
    expect(atOnce([text('0', 'a\nb'), text('0', '\n')], { delayMs: 0, by: 'line' })).toEqual(['a\n', 'b\n']);
  });

  it('keeps blocks and choices apart', () => {
    const parts = [text('0', 'a'), text('1', 'b'), thinking('1', 'c'), text('1', 'd', 1), text('1', 'e', 1), stop];
    expect(atOnce(parts, { delayMs: 0 })).toEqual(['a', 'b', 'c', 'de', 'text.end']);
  });

  it('does not let more wait than its limit, and loses nothing', () => {
    const words = Array.from({ length: 100 }, (_, at) => `${at % 10} `);
    const found = atOnce([text('0', words.join(''))], { maxWaiting: 20 });
    expect(found).toEqual(words.slice(0, 90));
    // The last word is held, and counts.
    expect(atOnce([text('0', `a ${'b'.repeat(30)}`)], { maxWaiting: 20 })).toEqual(['a ', 'b'.repeat(29)]);
  });

  it('keeps order for a consumer that makes the source say more', () => {
    const source = new Subject<LlmPart>();
    const found: string[] = [];
    source.pipe(smooth<LlmPart>()).subscribe({
      next: (part) => {
        found.push('text' in part ? part.text : part.type);
        if (found.length === 1) {
          source.next(stop);
          source.next(usage(1, 1));
          source.complete();
        }
      },
      complete: () => found.push('|'),
    });
    source.next(text('0', 'a b c'));
    expect(found).toEqual(['a ', 'b ', 'c', 'text.end', 'usage', '|']);
  });

  it('stops inside a synchronous source', async () => {
    const endless = from(Array.from({ length: 10_000 }, () => text('0', 'a b ')));
    expect(await lastValueFrom(endless.pipe(smooth({ delayMs: 0 }), take(3), toArray()))).toHaveLength(3);
  });

  it('passes parts through that it does not know, as they are', async () => {
    const turn = { type: 'turn', index: 0 } as const;
    const found = await lastValueFrom(concat(of(turn), of(text('0', 'a'))).pipe(smooth(), toArray()));
    expect(found[0]).toBe(turn);
    await expect(lastValueFrom(throwError(() => failure).pipe(smooth()))).rejects.toBe(failure);
  });

  it('comes to the same message, whatever the pieces', () => {
    const piece = fc.record({
      key: fc.constantFrom('0', '1'),
      said: fc.constantFrom('a', ' b', 'c d ', '\ud83d', '\ude00', '\n', 'e\u0301'),
    });
    const units = fc.constantFrom('word', 'line', 'grapheme');
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 30 }),
        units,
        fc.integer({ min: 1, max: 40 }),
        (pieces, by, maxWaiting) => {
          const parts = ended(...pieces.map(({ key, said: word }) => text(key, word)), { type: 'text.end', key: '0' });
          const found: LlmPart[] = [];
          from(parts)
            .pipe(smooth<LlmPart>({ by, maxWaiting }))
            .subscribe((part) => found.push(part));
          expect(messageOf('anthropic', found.slice(0, -1))).toEqual(messageOf('anthropic', parts.slice(0, -1)));
          expect(found.at(-1)).toBe(parts.at(-1));
        },
      ),
      { numRuns: 100 },
    );
  });

  it.each([
    ['{"by":"letter"}', /"by" must be one of/],
    ['{"delayMs":-1}', /"delayMs" must be a whole number/],
    ['{"maxWaiting":0}', /"maxWaiting"/],
    ['{"locale":5}', /"locale"/],
    ['{"delay":5}', /unknown option "delay"/],
  ])('refuses %s', (options, message) => {
    expect(() => smooth(JSON.parse(options))).toThrow(message);
  });
});
