import { describe, expect, it } from '@jest/globals';
import { concat, from, lastValueFrom, map, of, Subject, throwError, toArray } from 'rxjs';
import type { LlmPart } from '../../../sources/llm/parts.js';
import { type LiveToolInput, toolInputs } from '../../../sources/llm/tool-inputs.js';
import { inTurns } from '../../servers/in-turns.js';
import { call, ended, failure, text, whole } from './some-parts.js';

const begin = (key: string, id: string): LlmPart => ({ type: 'tool.start', key, id, name: 'add' });
const piece = (key: string, said: string): LlmPart => ({ type: 'tool.delta', key, text: said });

/** Values are changed in place: each is copied when it comes. */
async function live(parts: readonly LlmPart[]): Promise<LiveToolInput[]> {
  const copied = from(parts).pipe(
    toolInputs(),
    map((input) => ({ ...input, value: structuredClone(input.value) })),
    toArray(),
  );
  return lastValueFrom(copied);
}

describe('toolInputs', () => {
  it('emits the value so far after each piece, and the input of the call at last', async () => {
    const parts = [begin('0', 'c1'), piece('0', '{"a"'), piece('0', ':1}'), text('1', 'x')];
    const found = await live([...parts, { type: 'toolCall', key: '0', call }]);
    expect(found).toEqual([
      { key: '0', choice: 0, id: 'c1', name: 'add', value: undefined, isFinal: false, call: undefined },
      { key: '0', choice: 0, id: 'c1', name: 'add', value: {}, isFinal: false, call: undefined },
      { key: '0', choice: 0, id: 'c1', name: 'add', value: { a: 1 }, isFinal: false, call: undefined },
      { key: '0', choice: 0, id: 'c1', name: 'add', value: { a: 1 }, isFinal: true, call },
    ]);
  });

  it('keeps interleaved calls apart', async () => {
    const parts = [begin('0', 'x'), begin('1', 'y'), piece('0', '[1,'), piece('1', '["a"'), piece('0', '2]')];
    const found = await live(parts);
    expect(found.map(({ id, value }) => [id, value])).toEqual([
      ...[['x', undefined] as const, ['y', undefined] as const],
      ...[['x', [1]] as const, ['y', ['a']] as const, ['x', [1, 2]] as const],
    ]);
  });

  it('has no value for free text, and the text of the call at last', async () => {
    const custom = { ...call, kind: 'text', input: 'print(1)', raw: 'print(1)' } as const;
    const found = await live([piece('0', 'print(1)'), { type: 'toolCall', key: '0', call: custom }]);
    expect(found.map(({ value, isFinal }) => [value, isFinal])).toEqual([
      [undefined, false],
      ['print(1)', true],
    ]);
  });

  it('begins anew after a reset and after the end of a message', async () => {
    const again = [begin('0', 'c'), piece('0', '[2')];
    for (const between of [{ type: 'reset', attempt: 1, discarded: whole() } as const, ended().slice(-1)].flat()) {
      const found = await live([begin('0', 'c'), piece('0', '[1,'), between, ...again, piece('0', ']')]);
      expect(found.at(-1)?.value).toEqual([2]);
    }
  });

  it('passes errors, keeps to its limits and refuses senseless ones at once', async () => {
    const failed = concat(
      of(piece('0', '1')),
      throwError(() => failure),
    ).pipe(toolInputs());
    await expect(lastValueFrom(failed)).rejects.toBe(failure);
    const deep = from([piece('0', '[[['), piece('0', '1')]).pipe(toolInputs({ maxDepth: 2 }));
    expect((await lastValueFrom(deep)).value).toEqual([[]]);
    expect(() => toolInputs({ maxDepth: 0 })).toThrow(TypeError);
  });

  it('takes time in proportion to the input', async () => {
    const pieces = new Subject<LlmPart>();
    const last = lastValueFrom(pieces.pipe(toolInputs()));
    // A parse of the whole for each piece would take minutes.
    await inTurns(200_000, (at) => pieces.next(piece('0', at === 0 ? '["' : 'abcdefg ')));
    pieces.complete();
    expect(JSON.stringify((await last).value)).toHaveLength(8 * 199_999 + 4);
  });
});
