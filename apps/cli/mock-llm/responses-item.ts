import type { NamedEvent } from './frame.js';
import { inputPieces, rawInput, wordsOf } from './reply.js';
import type { MockBlock } from './script.js';

/** One item of a response: the events between `added` and `done`, and the item when it is over. */
export interface MockItem {
  readonly events: readonly NamedEvent[];
  readonly whole: object;
}

/** A block as Responses streams it. */
export function responsesItem(block: MockBlock, output_index: number, id: string): MockItem {
  const { empty, whole, inner } = shapes(block, id);
  const event = (type: string, more: object): NamedEvent => ({ type, output_index, ...more });
  return {
    whole,
    events: [
      event('response.output_item.added', { item: empty }),
      ...inner.map(([type, more]) => event(type, more)),
      event('response.output_item.done', { item: whole }),
    ],
  };
}

interface ItemShapes {
  readonly empty: object;
  readonly whole: object;
  readonly inner: readonly (readonly [type: string, more: object])[];
}

function shapes(block: MockBlock, id: string): ItemShapes {
  switch (block.type) {
    case 'text':
      return message(block.text, `msg_${id}`);
    case 'thinking':
      return reasoning(block.text, `rs_${id}`);
    case 'tool':
      return functionCall(block, id);
  }
}

function message(text: string, item_id: string): ItemShapes {
  const place = { item_id, content_index: 0 };
  const part = { type: 'output_text', text, annotations: [], logprobs: [] };
  const item = { id: item_id, type: 'message', role: 'assistant' };
  return {
    empty: { ...item, status: 'in_progress', content: [] },
    whole: { ...item, status: 'completed', content: [part] },
    inner: [
      ['response.content_part.added', { ...place, part: { ...part, text: '' } }],
      ...wordsOf(text).map((delta) => ['response.output_text.delta', { ...place, delta, logprobs: [] }] as const),
      ['response.output_text.done', { ...place, text, logprobs: [] }],
      ['response.content_part.done', { ...place, part }],
    ],
  };
}

function reasoning(text: string, item_id: string): ItemShapes {
  const place = { item_id, summary_index: 0 };
  const part = { type: 'summary_text', text };
  const name = 'response.reasoning_summary';
  return {
    empty: { id: item_id, type: 'reasoning', summary: [] },
    whole: { id: item_id, type: 'reasoning', summary: [part] },
    inner: [
      [`${name}_part.added`, { ...place, part: { ...part, text: '' } }],
      ...wordsOf(text).map((delta) => [`${name}_text.delta`, { ...place, delta }] as const),
      [`${name}_text.done`, { ...place, text }],
      [`${name}_part.done`, { ...place, part }],
    ],
  };
}

function functionCall(block: Extract<MockBlock, { type: 'tool' }>, id: string): ItemShapes {
  const item_id = `fc_${id}`;
  const item = { id: item_id, type: 'function_call', call_id: `call_${id}`, name: block.name };
  const whole = rawInput(block.input);
  const name = 'response.function_call_arguments';
  return {
    empty: { ...item, arguments: '', status: 'in_progress' },
    whole: { ...item, arguments: whole, status: 'completed' },
    inner: [
      ...inputPieces(block).map((delta) => [`${name}.delta`, { item_id, delta }] as const),
      [`${name}.done`, { item_id, arguments: whole }],
    ],
  };
}
