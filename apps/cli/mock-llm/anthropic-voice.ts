import { type NamedEvent, namedFrame } from './frame.js';
import { inputPieces, type MockReply, outputTokens, stopOf, thinkingTokens, wordsOf } from './reply.js';
import type { MockBlock, MockSpeech } from './script.js';

const stops: Readonly<Record<NonNullable<MockSpeech['stop']>, string>> = {
  end: 'end_turn',
  tool: 'tool_use',
  length: 'max_tokens',
  refusal: 'refusal',
};

/** An answer as the Messages API streams it. */
export function anthropicFrames(reply: MockReply): readonly string[] {
  const { number, model, inputTokens, speech } = reply;
  const usage = { input_tokens: inputTokens, output_tokens: 1 };
  const message = {
    ...{ id: `msg_mock_${number}`, type: 'message', role: 'assistant', model, content: [] },
    ...{ stop_reason: null, stop_sequence: null, usage },
  };
  const output_tokens_details = { thinking_tokens: thinkingTokens(speech) };
  return [
    { type: 'message_start', message },
    { type: 'ping' },
    ...speech.say.flatMap((block, index) => blockEvents(block, index, number)),
    {
      type: 'message_delta',
      delta: { stop_reason: stops[stopOf(speech)], stop_sequence: null },
      usage: { output_tokens: outputTokens(speech), output_tokens_details },
    },
    { type: 'message_stop' },
  ].map(namedFrame);
}

function blockEvents(block: MockBlock, index: number, number: number): readonly NamedEvent[] {
  const delta = (one: object): NamedEvent => ({ type: 'content_block_delta', index, delta: one });
  return [
    { type: 'content_block_start', index, content_block: emptyBlock(block, `${number}_${index}`) },
    ...deltasOf(block).map(delta),
    { type: 'content_block_stop', index },
  ];
}

function emptyBlock(block: MockBlock, id: string): object {
  switch (block.type) {
    case 'text':
      return { type: 'text', text: '' };
    case 'thinking':
      return { type: 'thinking', thinking: '', signature: '' };
    case 'tool':
      return { type: 'tool_use', id: `toolu_mock_${id}`, name: block.name, input: {} };
  }
}

function deltasOf(block: MockBlock): readonly object[] {
  switch (block.type) {
    case 'text':
      return wordsOf(block.text).map((text) => ({ type: 'text_delta', text }));
    case 'thinking':
      return [
        ...wordsOf(block.text).map((thinking) => ({ type: 'thinking_delta', thinking })),
        { type: 'signature_delta', signature: 'bW9jaw==' },
      ];
    case 'tool':
      // The first one is empty, as Anthropic's is.
      return ['', ...inputPieces(block)].map((partial_json) => ({ type: 'input_json_delta', partial_json }));
  }
}
