import { isObject } from './shapes.js';
import type { NativeObject } from './vocabulary.js';
import type { WireEvent } from './wire-reader.js';

/** A message that came whole, as the events that would have brought it. */
export function anthropicEvents(message: NativeObject): WireEvent[] {
  const { content, stop_reason, stop_sequence, stop_details, usage } = message;
  const blocks = Array.isArray(content) ? content.filter(isObject) : [];
  return [
    event('message_start', { message: { ...message, content: [], stop_reason: null } }),
    ...blocks.flatMap((block, index) => [
      event('content_block_start', { index, content_block: emptied(block) }),
      ...deltasOf(block).map((delta) => event('content_block_delta', { index, delta })),
      event('content_block_stop', { index }),
    ]),
    event('message_delta', { delta: { stop_reason, stop_sequence, stop_details }, usage }),
    event('message_stop', {}),
  ];
}

function event(type: string, members: NativeObject): WireEvent {
  return { type, data: { type, ...members } };
}

/** A block as it begins. Those without deltas begin whole. */
function emptied(block: NativeObject): NativeObject {
  switch (block['type']) {
    case 'text':
      return { ...block, text: '', citations: null };
    case 'thinking':
      return { ...block, thinking: '', signature: '' };
    case 'tool_use':
      return { ...block, input: {} };
    default:
      return block;
  }
}

function deltasOf(block: NativeObject): readonly NativeObject[] {
  const { type, text, citations, thinking, signature, input } = block;
  switch (type) {
    case 'text':
      return [
        { type: 'text_delta', text },
        ...listOf(citations).map((citation) => ({ type: 'citations_delta', citation })),
      ];
    case 'thinking':
      return [
        { type: 'thinking_delta', thinking },
        { type: 'signature_delta', signature },
      ];
    case 'tool_use':
      return [{ type: 'input_json_delta', partial_json: JSON.stringify(input ?? {}) }];
    default:
      return [];
  }
}

/** An answer of Chat Completions that came whole, as its one chunk. */
export function chatEvents(answer: NativeObject): WireEvent[] {
  const { choices } = answer;
  const chunks = (Array.isArray(choices) ? choices.filter(isObject) : []).map(({ message, ...choice }) => ({
    ...choice,
    delta: isObject(message) ? deltaOf(message) : {},
  }));
  return [
    { type: '', data: { ...answer, object: 'chat.completion.chunk', choices: chunks } },
    { type: '[DONE]', data: {} },
  ];
}

/** The calls of a message are in order, those of a stream are numbered. */
function deltaOf(message: NativeObject): NativeObject {
  const { tool_calls: calls } = message;
  if (!Array.isArray(calls)) return message;
  return { ...message, tool_calls: calls.filter(isObject).map((call, index) => ({ ...call, index })) };
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
