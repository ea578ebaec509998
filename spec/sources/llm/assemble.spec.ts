import { describe, expect, it } from '@jest/globals';
import {
  concat,
  EMPTY,
  from,
  lastValueFrom,
  NEVER,
  type Observable,
  of,
  Subject,
  take,
  throwError,
  toArray,
} from 'rxjs';
import { assemble, finalMessage, finalText, snapshots, textDeltas } from '../../../sources/llm/assemble.js';
import type { LlmPart } from '../../../sources/llm/parts.js';
import type { LlmLoopPart } from '../../../sources/llm/tool-loop.js';
import { recordedParts } from './recorded-parts.js';
import { ended, failure, open, start, text, thinking, whole } from './some-parts.js';

const all = <T>(source: Observable<T>): Promise<T[]> => lastValueFrom(source.pipe(toArray()));
const turns: LlmLoopPart[] = [
  { type: 'turn', index: 0 },
  ...ended(open(), text('0', 'one')),
  { type: 'toolResult', result: { id: 'c', name: 'n', output: 'x', isError: false, kind: 'json' } },
  { type: 'turn', index: 1 },
  ...ended(open(), text('0', 'two')),
];

describe('assemble', () => {
  it('emits one message per turn, at its end', async () => {
    const found = await all(from(turns).pipe(assemble()));
    expect(found.map((message) => message.text)).toEqual(['one', 'two']);
  });

  it('puts another choice together from its parts', async () => {
    const parts: LlmPart[] = [text('0.0', 'a'), text('1.0', 'b', 1), { type: 'end', message: whole(text('0.0', 'a')) }];
    expect((await all(from(parts).pipe(assemble({ choice: 1 })))).map((message) => message.text)).toEqual(['b']);
  });

  it('emits nothing for a response that fails, and passes its error', async () => {
    const found: unknown[] = [];
    concat(
      of(text('0', 'a')),
      throwError(() => failure),
    )
      .pipe(assemble())
      .subscribe({ next: (message) => found.push(message), error: (error) => found.push(error) });
    expect(found).toEqual([failure]);
    expect(await all(EMPTY.pipe(assemble()))).toEqual([]);
  });
});

describe('snapshots', () => {
  it('emits after each part that changes the message, and last what the end brings', async () => {
    const parts = ended(open(), start(), text('0', 'a'), text('0', 'b'));
    const stalled = [...parts.slice(0, 3), { type: 'stall', clock: 'idleBytes', ms: 1 } as const, ...parts.slice(3)];
    const found = await all(from(stalled).pipe(snapshots('anthropic')));
    expect(found.map((message) => message.text)).toEqual(['', '', 'a', 'ab', 'ab']);
    expect(found.at(-1)).toEqual(whole(start(), text('0', 'a'), text('0', 'b')));
    expect(found.map(({ isComplete }) => isComplete)).toEqual([false, false, false, false, true]);
  });

  it('is empty after a reset and begins anew with the next turn', async () => {
    const reset: LlmPart = { type: 'reset', attempt: 1, discarded: whole() };
    const found = await all(from([text('0', 'a'), reset, text('0', 'b')]).pipe(snapshots('anthropic')));
    expect(found.map((message) => message.text)).toEqual(['a', '', 'b']);
    const loop = await all(from(turns).pipe(snapshots('anthropic')));
    expect(loop.map((message) => message.text)).toEqual(['', 'one', 'one', '', 'two', 'two']);
  });

  it('stops at once where the consumer has enough, also inside a synchronous source', async () => {
    const endless = from(Array.from({ length: 1_000 }, () => text('0', 'a')));
    expect(await all(endless.pipe(snapshots('anthropic'), take(2)))).toHaveLength(2);
    let isLeft = false;
    const source = new Subject<LlmPart>();
    const subscription = source.pipe(snapshots('anthropic')).subscribe(() => (isLeft = true));
    subscription.unsubscribe();
    source.next(text('0', 'a'));
    expect([isLeft, source.observed]).toEqual([false, false]);
  });

  it('keeps nothing from one subscription for the next', async () => {
    const source = from([text('0', 'a')]).pipe(snapshots('anthropic'));
    expect((await all(source)).map((message) => message.text)).toEqual(['a']);
    expect((await all(source)).map((message) => message.text)).toEqual(['a']);
  });

  it('refuses a wire that does not exist before anybody subscribes', () => {
    expect(() => snapshots(JSON.parse('"x"'))).toThrow(TypeError);
    expect(() => assemble({ choice: 0.5 })).toThrow(/assemble: option "choice"/);
  });

  it.each(recordedParts)('each text is a beginning of the next one: $name', async ({ wire, parts }) => {
    const found = await all(from(parts).pipe(snapshots(wire)));
    found.forEach(({ blocks }, at) => {
      const next = found[at + 1]?.blocks ?? blocks;
      blocks.forEach((block, place) => {
        const later = next[place];
        expect(later?.key).toBe(block.key);
        if ('text' in block && later !== undefined && 'text' in later)
          expect(later.text.startsWith(block.text)).toBe(true);
      });
    });
  });
});

describe('finalMessage and finalText', () => {
  it('emit the last message on completion, and not before', async () => {
    const source = new Subject<LlmLoopPart>();
    const found: string[] = [];
    source.pipe(finalText()).subscribe((said) => found.push(said));
    for (const part of turns) source.next(part);
    expect(found).toEqual([]);
    source.complete();
    expect(found).toEqual(['two']);
    expect((await lastValueFrom(from(turns).pipe(finalMessage()))).text).toBe('two');
  });

  it.each([
    ['nothing', []],
    ['no end', [open(), text('0', 'a')]],
    ['a second message without an end', [...ended(text('0', 'a')), text('0', 'b')]],
    ['a second request without an answer', [...ended(text('0', 'a')), open()]],
  ])('is an error and never a shorter message: %s', async (_, parts: LlmPart[]) => {
    await expect(lastValueFrom(from(parts).pipe(finalMessage()))).rejects.toMatchObject({
      ...{ name: 'TruncatedStreamError', errorType: 'stream_interrupted', code: 'truncated' },
      lastEvent: parts.at(-1)?.type,
    });
  });

  it('passes the error of the source and leaves the source on unsubscription', async () => {
    const failed = concat(
      from(ended(text('0', 'a'))),
      throwError(() => failure),
    );
    await expect(lastValueFrom(failed.pipe(finalText()))).rejects.toBe(failure);
    const source = new Subject<LlmPart>();
    source.pipe(finalText()).subscribe().unsubscribe();
    expect(source.observed).toBe(false);
    NEVER.pipe(finalText()).subscribe().unsubscribe();
  });
});

describe('textDeltas', () => {
  it('emits the pieces of the text of one choice', async () => {
    const parts = [text('0', 'a'), thinking('1', 'x'), text('1', 'b', 1), text('0', 'c')];
    expect(await all(from(parts).pipe(textDeltas()))).toEqual(['a', 'c']);
    expect(await all(from(parts).pipe(textDeltas({ choice: 1 })))).toEqual(['b']);
  });
});
