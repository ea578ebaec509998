/** Bodies of the three wires as text, event by event, in the shape of what the providers send. */

const word = ' word';

/** What every delta of {@link textEvents} says. */
export const deltaText = word;

/** A message of `count` text deltas. */
export function textEvents(wire, count) {
  const deltas = Array.from({ length: count }, () => word);
  return { anthropic: anthropicText, chat: chatText, responses: responsesText }[wire](deltas);
}

/** A message that is one text delta of `length` characters. */
export function longEvents(wire, length) {
  const deltas = ['x'.repeat(length)];
  return { anthropic: anthropicText, chat: chatText }[wire](deltas);
}

/** A message that is one tool call whose input comes in pieces of `size` characters. */
export function toolEvents(wire, input, size) {
  const pieces = [];
  for (let at = 0; at < input.length; at += size) pieces.push(input.slice(at, at + size));
  return { anthropic: anthropicTool, chat: chatTool }[wire](pieces);
}

/** JSON of about `length` characters: a document, or many small edits. */
export function toolInput(shape, length) {
  const line = 'A line of the document, with "quotes" and an end.\n';
  if (shape === 'one long text') {
    return JSON.stringify({ path: 'report.md', content: line.repeat(length / (JSON.stringify(line).length - 2)) });
  }
  const edits = [];
  for (let size = 0; size < length; size += JSON.stringify(edits.at(-1)).length + 1) {
    edits.push({ line: edits.length, old: 'what was there', new: line, isLast: false });
  }
  return JSON.stringify({ path: 'report.md', edits });
}

function named(events) {
  return events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
}

function anthropicMessage(block, deltas, stopReason) {
  const usage = { input_tokens: 12, cache_creation_input_tokens: 0, cache_read_input_tokens: 0, output_tokens: 1 };
  const message = { id: 'msg_01', type: 'message', role: 'assistant', model: 'claude-sonnet-5', content: [], usage };
  return named([
    { type: 'message_start', message: { ...message, stop_reason: null, stop_sequence: null } },
    { type: 'content_block_start', index: 0, content_block: block },
    { type: 'ping' },
    ...deltas.map((delta) => ({ type: 'content_block_delta', index: 0, delta })),
    { type: 'content_block_stop', index: 0 },
    {
      type: 'message_delta',
      delta: { stop_reason: stopReason, stop_sequence: null },
      usage: { ...usage, output_tokens: deltas.length },
    },
    { type: 'message_stop' },
  ]);
}

function anthropicText(texts) {
  const deltas = texts.map((text) => ({ type: 'text_delta', text }));
  return anthropicMessage({ type: 'text', text: '' }, deltas, 'end_turn');
}

function anthropicTool(pieces) {
  const deltas = pieces.map((json) => ({ type: 'input_json_delta', partial_json: json }));
  return anthropicMessage({ type: 'tool_use', id: 'toolu_01', name: 'write', input: {} }, deltas, 'tool_use');
}

function chatChunks(deltas, finishReason) {
  const frame = { id: 'chatcmpl-01', object: 'chat.completion.chunk', created: 1_750_000_000, model: 'gpt-5-mini' };
  const chunk = (delta, reason = null) => ({
    ...{ ...frame, service_tier: 'default', system_fingerprint: 'fp_01' },
    ...{ choices: [{ index: 0, delta, logprobs: null, finish_reason: reason }], usage: null, obfuscation: 'AbCdEf' },
  });
  const usage = { prompt_tokens: 12, completion_tokens: deltas.length, total_tokens: deltas.length + 12 };
  const chunks = [
    chunk({ role: 'assistant', content: '', refusal: null }),
    ...deltas.map((delta) => chunk(delta)),
    chunk({}, finishReason),
    { ...chunk({}), choices: [], usage },
  ];
  return [...chunks.map((one) => `data: ${JSON.stringify(one)}\n\n`), 'data: [DONE]\n\n'];
}

function chatText(texts) {
  return chatChunks(
    texts.map((content) => ({ content })),
    'stop',
  );
}

function chatTool(pieces) {
  const begin = { index: 0, id: 'call_01', type: 'function', function: { name: 'write', arguments: '' } };
  const deltas = pieces.map((json) => ({ index: 0, function: { arguments: json } }));
  return chatChunks(
    [begin, ...deltas].map((call) => ({ tool_calls: [call] })),
    'tool_calls',
  );
}

function responsesText(texts) {
  const place = { item_id: 'msg_01', output_index: 0, content_index: 0 };
  const head = { id: 'resp_01', object: 'response', created_at: 1_750_000_000, model: 'gpt-5', output: [] };
  const item = { id: 'msg_01', type: 'message', role: 'assistant', status: 'in_progress', content: [] };
  const text = texts.join('');
  const part = { type: 'output_text', annotations: [], logprobs: [], text };
  const done = { ...item, status: 'completed', content: [part] };
  const usage = { input_tokens: 12, output_tokens: texts.length, total_tokens: texts.length + 12 };
  const events = [
    { type: 'response.created', response: { ...head, status: 'in_progress' } },
    { type: 'response.in_progress', response: { ...head, status: 'in_progress' } },
    { type: 'response.output_item.added', output_index: 0, item },
    { type: 'response.content_part.added', ...place, part: { ...part, text: '' } },
    ...texts.map((delta) => ({
      ...{ type: 'response.output_text.delta', ...place, delta, logprobs: [], obfuscation: 'AbCdEf' },
    })),
    { type: 'response.output_text.done', ...place, text, logprobs: [] },
    { type: 'response.content_part.done', ...place, part },
    { type: 'response.output_item.done', output_index: 0, item: done },
    { type: 'response.completed', response: { ...head, status: 'completed', output: [done], usage } },
  ];
  return named(events.map((event, at) => ({ ...event, sequence_number: at })));
}
