import { describe, expect, it } from '@jest/globals';
import type { LlmPart } from '../../../sources/llm/parts.js';
import { responsesFormat } from '../../../sources/llm/responses-parts.js';
import { type Collected, collect, event, partsOf, sinkOf } from './collected-parts.js';
import { reader, items, responseOf } from './responses-script.js';

describe('a response that is resumed', () => {
  const full = collect(partsOf(reader(), items));

  it('goes on at any event in the same reader, even where the server repeats what came before', () => {
    for (let cut = 1; cut < items.length; cut += 1) {
      const one = reader();
      const parts = partsOf(one, items.slice(0, cut));
      parts.push(...partsOf(one, items.slice(cut % 3 === 0 ? 0 : cut)));
      expect(collect(parts)).toEqual(full);
    }
  });

  it('is finished from a poll after any event, with exactly what has not been said', () => {
    for (let cut = 0; cut < items.length; cut += 1) {
      const one = reader();
      const parts = partsOf(one, items.slice(0, cut));
      expect(one.finishFrom({ id: 'resp_heron01', status: 'in_progress', output: [] }, sinkOf(parts))).toBe(false);
      expect(one.finishFrom(responseOf(items), sinkOf(parts))).toBe(true);
      expect([one.isDone, one.finishFrom(responseOf(items), sinkOf(parts))]).toEqual([true, true]);
      expect(sorted(collect(parts))).toEqual(sorted(full));
      expect(doubled(parts)).toEqual([]);
    }
  });

  it('goes on in another reader, which tells what comes behind the position and every call', () => {
    for (let cut = 3; cut < items.length; cut += 1) {
      const before = reader();
      const first = collect(partsOf(before, items.slice(0, cut)));
      const after = responsesFormat({ position: before.position }).reader();
      expect(after.position).toEqual(before.position);
      const rest = collect(partsOf(after, items.slice(cut)));
      expect(rest.start).toBeUndefined();
      expect(rest.calls).toEqual(full.calls);
      expect([rest.stop, rest.usage]).toEqual([full.stop, full.usage]);
      for (const key of Object.keys(full.text))
        expect((first.text[key] ?? '') + (rest.text[key] ?? '')).toBe(full.text[key]);
      expect(first.natives.length + rest.natives.length).toBe(full.natives.length);
    }
  });

  it('learns at the end which calls were not ours', () => {
    const call = { type: 'custom_tool_call', call_id: 'x1', name: 'x_search', input: 'a', status: 'completed' };
    const position = { responseId: 'resp_1', sequenceNumber: 4, isBackground: true };
    const found = collect(
      partsOf(responsesFormat({ position }).reader(), [
        event('response.output_item.done', { output_index: 0, item: call, sequence_number: 5 }),
        event('response.completed', {
          response: { tools: [{ type: 'x_search' }], output: [call] },
          sequence_number: 6,
        }),
      ]),
    );
    expect(found).toMatchObject({ calls: [], stop: { reason: 'end' } });
  });

  it('throws the error of a response that failed in the background', () => {
    const one = reader();
    const failed = { id: 'resp_1', status: 'failed', error: { code: 'server_error', message: 'a' } };
    expect(() => one.finishFrom(failed, sinkOf([]))).toThrow('server_error');
  });

  it('runs nothing of a response that was cancelled', () => {
    const parts: LlmPart[] = [];
    expect(reader().finishFrom({ ...responseOf(items), status: 'cancelled' }, sinkOf(parts))).toBe(true);
    expect(collect(parts)).toMatchObject({ calls: [], stop: { reason: 'cancelled', native: 'cancelled' } });
  });
});

/** Blocks that an item is only closed with come in the order of the output, and those of the stream in the order of their ends. */
function sorted({ natives, server, signatures, ...rest }: Collected): unknown {
  const texts = [natives, server].map((list) => list.map((one) => JSON.stringify(one)).sort());
  return { ...rest, texts, signatures: signatures.toSorted() };
}

/** Keys that a start or an end was said of twice. */
function doubled(parts: readonly LlmPart[]): string[] {
  const marks = parts.flatMap((part) =>
    'key' in part && /start|end|Call/.test(part.type) ? [`${part.type} ${part.key}`] : [],
  );
  return marks.filter((mark, at) => marks.indexOf(mark) !== at);
}
