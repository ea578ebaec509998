/**
 * One response read by hand, and by the library. A reader takes the `fetch` that answers and hands every delta, or every look at a growing tool
 * input, to a function; it returns the text, or the input, that it has put together. The vendors' own are in llm-vendors.js.
 */
import { anthropicBody, chatBody, responsesBody } from './llm-bodies.js';

const urls = {
  anthropic: 'https://api.anthropic.com/v1/messages',
  chat: 'https://api.openai.com/v1/chat/completions',
  responses: 'https://api.openai.com/v1/responses',
};

/** Decode, split, parse: what nobody can go below. */
export async function bare({ wire, fetch }, onDelta) {
  const decoder = new TextDecoder();
  const deltaOf = deltas[wire];
  let rest = '';
  let text = '';
  for await (const chunk of (await fetch(urls[wire])).body) {
    const piece = decoder.decode(chunk, { stream: true });
    // The search would else run over all that is held, again with each chunk.
    if (!piece.includes('\n')) {
      rest += piece;
      continue;
    }
    const lines = (rest + piece).split('\n');
    rest = lines.pop();
    for (const line of lines) {
      if (!line.startsWith('data: ') || line === 'data: [DONE]') continue;
      const delta = deltaOf(JSON.parse(line.slice(6)));
      if (typeof delta !== 'string' || delta === '') continue;
      text += delta;
      const turn = onDelta(delta);
      if (turn !== undefined) await turn;
    }
  }
  return text;
}

/** The delta in a provider's event, where it has one. */
export const deltas = {
  anthropic: ({ delta }) => delta?.text ?? delta?.partial_json,
  chat: ({ choices }) => choices[0]?.delta.content,
  responses: ({ type, delta }) => (type === 'response.output_text.delta' ? delta : undefined),
};

/** Parts, the assembled message, and where it is asked for the live value of a tool's input. */
export async function tailrace({ wire, fetch, gate }, onDelta, onValue) {
  const llm = await library();
  const { toolInputs } = llm;
  const parts = partsOf(llm, wire, { fetch, gate, apiKey: 'bench' });
  return new Promise((resolve, reject) => {
    let message;
    if (onValue !== undefined) {
      let input;
      const next = ({ value, isFinal }) => {
        if (isFinal) input = value;
        else onValue(value);
      };
      parts.pipe(toolInputs()).subscribe({ next, error: reject, complete: () => resolve(input) });
      return;
    }
    const next = (part) => {
      if (part.type === 'text.delta') onDelta(part.text);
      else if (part.type === 'end') message = part.message;
    };
    parts.subscribe({ next, error: reject, complete: () => resolve(message.text) });
  });
}

export function library() {
  return import('../../dist/sources/llm/index.js');
}

export function partsOf({ anthropicMessages, openaiChat, openaiResponses }, wire, options) {
  if (wire === 'anthropic') return anthropicMessages({ ...options, body: anthropicBody });
  if (wire === 'chat') return openaiChat({ ...options, body: chatBody });
  return openaiResponses({ ...options, body: responsesBody });
}
