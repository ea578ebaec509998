import { dataFrame } from './frame.js';
import { inputPieces, type MockReply, outputTokens, stopOf, thinkingTokens, wordsOf } from './reply.js';
import type { MockBlock, MockSpeech } from './script.js';

const finishReasons: Readonly<Record<NonNullable<MockSpeech['stop']>, string>> = {
  end: 'stop',
  tool: 'tool_calls',
  length: 'length',
  refusal: 'content_filter',
};

/** An answer as Chat Completions streams it; thinking goes as `reasoning_content`, the way compatible servers send it. */
export function chatFrames(reply: MockReply): readonly string[] {
  const { number, model, speech } = reply;
  const chunk = (choices: readonly object[], usage: object | null = null): string => {
    const id = `chatcmpl-mock-${number}`;
    return dataFrame({ id, object: 'chat.completion.chunk', created: 1_750_000_000, model, choices, usage });
  };
  const choice = (delta: object, finish_reason: string | null = null): string =>
    chunk([{ index: 0, delta, logprobs: null, finish_reason }]);
  return [
    choice({ role: 'assistant', content: '' }),
    ...deltasOf(speech, number).map((delta) => choice(delta)),
    choice({}, finishReasons[stopOf(speech)]),
    chunk([], usageOf(reply)),
    'data: [DONE]\n\n',
  ];
}

function usageOf({ inputTokens, speech }: MockReply): object {
  const completion_tokens = outputTokens(speech);
  return {
    ...{ prompt_tokens: inputTokens, completion_tokens, total_tokens: inputTokens + completion_tokens },
    completion_tokens_details: { reasoning_tokens: thinkingTokens(speech) },
  };
}

function deltasOf({ say }: MockSpeech, number: number): readonly object[] {
  const tools = say.filter(({ type }) => type === 'tool');
  return say.flatMap((block) => blockDeltas(block, tools.indexOf(block), number));
}

function blockDeltas(block: MockBlock, index: number, number: number): readonly object[] {
  switch (block.type) {
    case 'text':
      return wordsOf(block.text).map((content) => ({ content }));
    case 'thinking':
      return wordsOf(block.text).map((reasoning_content) => ({ reasoning_content }));
    case 'tool': {
      const head = { index, id: `call_mock_${number}_${index}`, type: 'function' };
      return [
        { tool_calls: [{ ...head, function: { name: block.name, arguments: '' } }] },
        ...inputPieces(block).map((piece) => ({ tool_calls: [{ index, function: { arguments: piece } }] })),
      ];
    }
  }
}
