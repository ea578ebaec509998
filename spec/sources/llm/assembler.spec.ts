import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { streamAssembler } from '../../../sources/llm/assembler.js';
import { LlmError } from '../../../sources/llm/errors.js';
import type { LlmPart } from '../../../sources/llm/parts.js';
import type { LlmToolCall, NativeObject } from '../../../sources/llm/vocabulary.js';
import { collect } from './collected-parts.js';
import { messageOf, recordedParts } from './recorded-parts.js';

const call: LlmToolCall = {
  ...{ id: 'c1', name: 'add', input: { a: 1 }, raw: '{"a":1}', kind: 'json' },
  native: { type: 'tool_use', id: 'c1', name: 'add', input: { a: 1 } },
};
const text = (key: string, said: string, choice?: number): LlmPart => ({ type: 'text.delta', key, text: said, choice });
const anthropic = (...parts: LlmPart[]): ReturnType<typeof messageOf> => messageOf('anthropic', parts);
const failure = new LlmError('x', { errorType: 'server_error', code: 'overloaded' });
const open: LlmPart = { type: 'open', requestId: 'r', headers: {}, attempt: 2 };

describe('streamAssembler', () => {
  it('puts blocks of all kinds together, in the order in which they began', () => {
    const message = anthropic(
      { type: 'start', id: 'm1', model: 'some-model' },
      { type: 'thinking.start', key: '0' },
      { type: 'thinking.delta', key: '0', text: 'hm' },
      { type: 'thinking.end', key: '0', signature: 'sig', native: { type: 'thinking' } },
      { type: 'thinking.start', key: '1', isRedacted: true },
      { type: 'thinking.end', key: '1', native: { type: 'redacted_thinking', data: 'AAAA' } },
      { type: 'text.start', key: '2' },
      text('2', 'Hel'),
      text('2', 'lo'),
      { type: 'citation', key: '2', citation: { url: 'u' } },
      { type: 'text.end', key: '2' },
      { type: 'serverTool', key: '3', name: 'web_search', isFinal: false, native: { id: 'w' } },
      { type: 'serverTool', key: '3', name: 'web_search', isFinal: true, native: { id: 'w', input: {} } },
      { type: 'refusal.delta', key: '4', text: 'no' },
      { type: 'tool.start', key: '5', id: 'c1', name: 'add' },
      { type: 'tool.delta', key: '5', text: '{"a":1}' },
      { type: 'toolCall', key: '5', call },
      { type: 'tool.start', key: '6', id: 'c2', name: 'add' },
      { type: 'tool.delta', key: '6', text: '{"a"' },
      { type: 'stop', stop: { reason: 'tool', native: 'tool_use' } },
    );
    expect(message).toEqual({
      ...{ wire: 'anthropic', id: 'm1', model: 'some-model', text: 'Hello', thinking: 'hm', toolCalls: [call] },
      ...{ usage: undefined, stop: { reason: 'tool', native: 'tool_use' }, isComplete: false },
      blocks: [
        { type: 'thinking', key: '0', text: 'hm', signature: 'sig', isRedacted: false, native: { type: 'thinking' } },
        {
          ...{ type: 'thinking', key: '1', text: '', signature: undefined, isRedacted: true },
          native: { type: 'redacted_thinking', data: 'AAAA' },
        },
        { type: 'text', key: '2', text: 'Hello', citations: [{ url: 'u' }] },
        { type: 'serverTool', key: '3', name: 'web_search', isFinal: true, native: { id: 'w', input: {} } },
        { type: 'refusal', key: '4', text: 'no' },
        { type: 'tool', key: '5', id: 'c1', name: 'add', raw: '{"a":1}', call },
        { type: 'tool', key: '6', id: 'c2', name: 'add', raw: '{"a"', call: undefined },
      ],
    });
  });

  it('makes the block of a call, a citation and a delta that nothing has begun', () => {
    const { blocks } = anthropic(
      { type: 'toolCall', key: '1', call },
      { type: 'citation', key: '0', citation: { url: 'u' } },
      { type: 'thinking.delta', key: '2', text: 'hm' },
    );
    expect(blocks.map(({ type, key }) => [type, key])).toEqual([
      ['tool', '1'],
      ['text', '0'],
      ['thinking', '2'],
    ]);
    expect(blocks[0]).toEqual({ type: 'tool', key: '1', id: 'c1', name: 'add', raw: '{"a":1}', call });
  });

  it('begins another block where a key comes back under another kind', () => {
    const { blocks, text: said, thinking } = anthropic(text('0', 'a'), { type: 'thinking.delta', key: '0', text: 'b' });
    expect([blocks.length, said, thinking]).toEqual([2, 'a', 'b']);
  });

  it('believes the text that the provider names at the end', () => {
    const end: LlmPart = { type: 'text.end', key: '0', native: { type: 'text', text: 'whole' } };
    expect(anthropic(text('0', 'ole'), end)).toMatchObject({ text: 'whole', blocks: [{ text: 'whole' }] });
    const item = { type: 'message', content: [{ type: 'output_text', text: 'item' }] };
    expect(anthropic(text('0', 'em'), { type: 'text.end', key: '0', native: item }).text).toBe('item');
    expect(anthropic(text('0', 'as it came'), { type: 'text.end', key: '0', native: {} }).text).toBe('as it came');
  });

  it('overwrites usage number by number and never adds', () => {
    const { usage } = anthropic(
      { type: 'usage', usage: { inputTokens: 10, outputTokens: 1, native: { a: 1, b: 1 } } },
      { type: 'usage', usage: { outputTokens: 7, inputTokens: undefined, native: { b: 2 } } },
    );
    expect(usage).toEqual({ inputTokens: 10, outputTokens: 7, native: { a: 1, b: 2 } });
  });

  it('drops everything at a reset', () => {
    const discarded = anthropic(text('0', 'a'));
    const assembler = streamAssembler('anthropic');
    assembler.process({ type: 'start', id: 'm', model: 'x' });
    assembler.process(text('0', 'a'));
    expect(assembler.hasContent).toBe(true);
    assembler.process({ type: 'reset', attempt: 1, discarded });
    expect(assembler.hasContent).toBe(false);
    expect(assembler.message).toEqual(messageOf('anthropic', []));
  });

  it('takes over the message that comes with the end, and begins anew behind it', () => {
    const message = { ...anthropic(text('0', 'given')), isComplete: true };
    const assembler = streamAssembler('anthropic');
    assembler.process(text('0', 'other'));
    assembler.process({ type: 'end', message });
    expect(assembler.message).toBe(message);
    expect([assembler.isComplete, assembler.hasContent]).toEqual([true, true]);
    assembler.process({ type: 'unknown', native: {} });
    assembler.process({ type: 'retry', attempt: 2, delayMs: 0, cause: failure });
    expect(assembler.message).toBe(message);
    assembler.process(open);
    expect([assembler.isComplete, assembler.hasContent, assembler.message.blocks]).toEqual([false, false, []]);
    assembler.process(text('0', 'next'));
    expect(assembler.message.text).toBe('next');
  });

  it('puts other choices together apart from the first', () => {
    const first = messageOf('openai-chat', [text('0.0', 'one')]);
    const parts: LlmPart[] = [
      text('0.0', 'one'),
      text('1.0', 'two', 1),
      { type: 'stop', stop: { reason: 'end', native: 'stop' } },
      { type: 'stop', stop: { reason: 'length', native: 'length' }, choice: 1 },
    ];
    const second = streamAssembler('openai-chat', { choice: 1 });
    for (const part of [...parts, { type: 'end', message: first } as const]) second.process(part);
    expect(second.message).toMatchObject({ text: 'two', stop: { reason: 'length' }, isComplete: true });
    expect(messageOf('openai-chat', parts)).toMatchObject({ text: 'one', stop: { reason: 'end' } });
  });

  it('knows an answer that has only begun from one that says something', () => {
    const empty: LlmPart[] = [
      open,
      { type: 'start', id: 'm', model: 'x' },
      { type: 'usage', usage: { native: {} } },
      { type: 'text.start', key: '0' },
      text('0', ''),
      { type: 'text.end', key: '0' },
      { type: 'thinking.start', key: '1' },
      { type: 'stop', stop: { reason: 'end', native: 'x' } },
    ];
    const content: LlmPart[] = [
      text('0', 'a'),
      { type: 'thinking.delta', key: '1', text: 'a' },
      { type: 'thinking.start', key: '1', isRedacted: true },
      { type: 'refusal.delta', key: '2', text: 'a' },
      { type: 'citation', key: '0', citation: {} },
      { type: 'tool.start', key: '3', id: 'c', name: 'n' },
      { type: 'toolCall', key: '3', call },
      { type: 'serverTool', key: '4', name: 'n', isFinal: false, native: {} },
    ];
    const assembler = streamAssembler('anthropic');
    for (const part of empty) assembler.process(part);
    expect(assembler.hasContent).toBe(false);
    for (const part of content) {
      const other = streamAssembler('anthropic');
      for (const one of [...empty, part]) other.process(one);
      expect([part.type, other.hasContent]).toEqual([part.type, true]);
    }
  });

  it('forgets the empty blocks of an attempt that failed, and keeps the content of a response that is resumed', () => {
    const usage: LlmPart = { type: 'usage', usage: { inputTokens: 3, native: {} } };
    expect(anthropic({ type: 'text.start', key: '0' }, usage, open)).toMatchObject({ blocks: [], usage: undefined });
    expect(anthropic(text('0', 'a'), usage, open)).toMatchObject({ text: 'a', usage: { inputTokens: 3 } });
  });

  it('is the same object until a part changes it, and an old one never changes', () => {
    const assembler = streamAssembler('anthropic');
    assembler.process(text('0', 'a'));
    const before = assembler.message;
    const copy = structuredClone(before);
    assembler.process({ type: 'stall', clock: 'idleBytes', ms: 5 });
    assembler.process({ type: 'unknown', native: 1 });
    expect(assembler.message).toBe(before);
    assembler.process({ type: 'text.start', key: '1' });
    for (const part of [text('0', 'b'), { type: 'citation', key: '0', citation: {} } as const]) assembler.process(part);
    expect(assembler.message).not.toBe(before);
    expect(before).toEqual(copy);
    expect(assembler.message.text).toBe('ab');
  });

  it('does nothing for parts of other makers', () => {
    const assembler = streamAssembler('anthropic');
    const foreign = ['{"type":"turn","index":0}', '{"type":"new.delta","key":"0","text":"x"}'];
    for (const part of foreign) assembler.process(JSON.parse(part));
    expect(assembler.message.blocks).toEqual([]);
  });

  it('refuses wires and options that do not exist', () => {
    expect(() => streamAssembler(JSON.parse('"gemini"'))).toThrow(/wire must be one of "anthropic"/);
    expect(() => streamAssembler('anthropic', { choice: -1 })).toThrow(/"choice" must be a whole number/);
    expect(() => streamAssembler('anthropic', JSON.parse('{"other":1}'))).toThrow(/unknown option "other"/);
  });

  it('gives each key its own text, however the blocks interleave, and every snapshot is a beginning of the last', () => {
    const kinds = ['text.delta', 'thinking.delta', 'tool.delta', 'refusal.delta'] as const;
    const delta = fc.record({ block: fc.nat(5), said: fc.string({ maxLength: 4 }) });
    fc.assert(
      fc.property(fc.array(delta, { maxLength: 60 }), (deltas) => {
        const assembler = streamAssembler('openai-responses');
        const expected = new Map<string, string>();
        const shots: (readonly string[])[] = [];
        for (const { block, said } of deltas) {
          const key = String(block);
          assembler.process({ type: kinds[block % 4] ?? 'text.delta', key, text: said });
          expected.set(key, (expected.get(key) ?? '') + said);
          shots.push(assembler.message.blocks.map(wordsOf));
        }
        const { blocks } = assembler.message;
        expect(blocks.map((block) => [block.key, wordsOf(block)])).toEqual([...expected]);
        for (const shot of shots) shot.forEach((said, at) => expect(wordsOf(blocks[at]).startsWith(said)).toBe(true));
      }),
      { numRuns: 100 },
    );
  });

  it.each(recordedParts)('comes to the same as the plainest way: $name', ({ wire, parts }) => {
    const own = parts.filter((part) => !('choice' in part) || (part.choice ?? 0) === 0);
    const plain = collect(own);
    const message = messageOf(wire, parts);
    expect({ id: message.id, model: message.model }).toEqual(plain.start);
    expect(message.text).toBe(Object.values(plain.text).join(''));
    expect(message.thinking).toBe(Object.values(plain.thinking).join(''));
    expect(message.toolCalls).toEqual(plain.calls);
    expect(message.stop).toEqual(plain.stop);
    expect(message.usage).toEqual(plain.usage);
    const server = message.blocks.flatMap((block) => (block.type === 'serverTool' && block.isFinal ? [block] : []));
    // Blocks stand where they began, which is not the order in which they end.
    expect(sorted(server.map(({ native }) => native))).toEqual(sorted(plain.server));
  });
});

function sorted(natives: readonly NativeObject[]): string[] {
  return natives.map((native) => JSON.stringify(native)).sort();
}

function wordsOf(block: unknown): string {
  if (typeof block !== 'object' || block === null) return '';
  if ('raw' in block) return String(block.raw);
  return 'text' in block ? String(block.text) : '';
}
