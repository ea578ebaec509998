import { describe, expect, it } from '@jest/globals';
import { textFlow } from '../../../apps/cli/llm-text.js';
import { streamAssembler } from '../../../sources/llm/assembler.js';
import type { LlmLoopPart } from '../../../sources/llm/tool-loop.js';

const { message } = streamAssembler('anthropic');
const end: LlmLoopPart = { type: 'end', message };
const reset: LlmLoopPart = { type: 'reset', attempt: 1, discarded: message };

function text(piece: string, choice?: number): LlmLoopPart {
  return { type: 'text.delta', key: '0', text: piece, choice };
}

function printed(parts: readonly LlmLoopPart[], isHeld = false): readonly string[] {
  const flow = textFlow({ isHeld, clean: (piece) => piece });
  return parts.map((part) => flow.textOf(part));
}

describe('the text of parts', () => {
  it('is what the first choice says, refusals included, and ends its line with the message', () => {
    const refusal: LlmLoopPart = { type: 'refusal.delta', key: '0', text: 'no' };
    expect(printed([text('a'), text('x', 1), refusal, end])).toEqual(['a', '', 'no', '\n']);
    expect(printed([text('a\n'), end, end])).toEqual(['a\n', '', '']);
  });

  it('begins a line where an answer begins again', () => {
    expect(printed([text('a'), reset, text('b'), end])).toEqual(['a', '\n', 'b', '\n']);
    expect(printed([reset, text('b'), end])).toEqual(['', 'b', '\n']);
  });

  it('is held until its message is whole', () => {
    expect(printed([text('a'), reset, text('b'), text('c'), end, text('d')], true)).toEqual([
      '',
      '',
      '',
      '',
      'bc\n',
      '',
    ]);
  });

  it('gives what is held where it is asked for, once', () => {
    const flow = textFlow({ isHeld: true, clean: (piece) => piece.toUpperCase() });
    flow.textOf(text('a'));
    expect([flow.rest(), flow.rest()]).toEqual(['A\n', '']);
  });

  it('says once whether it stands in a line', () => {
    const flow = textFlow({ isHeld: false, clean: (piece) => piece });
    const seen = [flow.endLine()];
    flow.textOf(text('a'));
    seen.push(flow.endLine(), flow.endLine());
    flow.textOf(text('b\n'));
    expect([...seen, flow.endLine()]).toEqual([false, true, false, false]);
  });
});
