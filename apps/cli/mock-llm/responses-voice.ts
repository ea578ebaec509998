import { type NamedEvent, namedFrame } from './frame.js';
import { responsesItem } from './responses-item.js';
import { type MockReply, outputTokens, stopOf, thinkingTokens } from './reply.js';

/** A response: its stream, and what it is when it is over. */
export interface MockResponse {
  readonly id: string;
  /** The frame at place n has the sequence number n. */
  readonly frames: readonly string[];
  readonly whole: object;
}

/** An answer as Responses streams it. */
export function responsesVoice(reply: MockReply): MockResponse {
  const { number, model, speech } = reply;
  const items = speech.say.map((block, at) => responsesItem(block, at, `mock_${number}_${at}`));
  const id = `resp_mock_${number}`;
  const begun = {
    ...{ id, object: 'response', created_at: 1_750_000_000, status: 'in_progress' },
    ...{ error: null, incomplete_details: null, model, output: [], usage: null },
  };
  const whole = { ...begun, ...endOf(reply), output: items.map(({ whole: item }) => item), usage: usageOf(reply) };
  const events: readonly NamedEvent[] = [
    { type: 'response.created', response: begun },
    { type: 'response.in_progress', response: begun },
    ...items.flatMap((item) => item.events),
    { type: `response.${whole.status}`, response: whole },
  ];
  return { id, whole, frames: events.map((event, sequence_number) => namedFrame({ ...event, sequence_number })) };
}

function endOf({ speech }: MockReply): { readonly status: string; readonly incomplete_details: object | null } {
  const stop = stopOf(speech);
  if (stop === 'end' || stop === 'tool') return { status: 'completed', incomplete_details: null };
  const reason = stop === 'length' ? 'max_output_tokens' : 'content_filter';
  return { status: 'incomplete', incomplete_details: { reason } };
}

function usageOf({ inputTokens, speech }: MockReply): object {
  const output_tokens = outputTokens(speech);
  return {
    ...{ input_tokens: inputTokens, input_tokens_details: { cached_tokens: 0 } },
    ...{ output_tokens, output_tokens_details: { reasoning_tokens: thinkingTokens(speech) } },
    total_tokens: inputTokens + output_tokens,
  };
}
