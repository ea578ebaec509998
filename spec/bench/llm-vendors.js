/** How the vendors' own clients read one response, as their documentation does it; for the arguments see llm-readers.js. */
import { anthropicBody, chatBody, prompt, responsesBody } from './llm-bodies.js';
import { deltas } from './llm-readers.js';

/** The helper that puts the message together and gives a live input. */
export async function anthropicSdk({ fetch, baseUrl }, onDelta, onValue) {
  const { default: Anthropic } = await import('@anthropic-ai/sdk');
  const client = new Anthropic({ apiKey: 'bench', fetch, baseURL: baseUrl });
  const stream = client.messages.stream(anthropicBody);
  if (onValue === undefined) stream.on('text', (delta) => onDelta(delta));
  else stream.on('inputJson', (_delta, snapshot) => onValue(snapshot));
  const message = await stream.finalMessage();
  return onValue === undefined ? message.content[0].text : message.content[0].input;
}

/** Events only: nothing is put together but the text. */
export async function anthropicSdkRaw({ fetch, baseUrl }, onDelta) {
  const { default: Anthropic } = await import('@anthropic-ai/sdk');
  const client = new Anthropic({ apiKey: 'bench', fetch, baseURL: baseUrl });
  let text = '';
  for await (const event of await client.messages.create({ ...anthropicBody, stream: true })) {
    if (event.type !== 'content_block_delta' || event.delta.type !== 'text_delta') continue;
    text += event.delta.text;
    const turn = onDelta(event.delta.text);
    if (turn !== undefined) await turn;
  }
  return text;
}

/** Its stream as an iterable, behind which the message is put together. */
export async function anthropicSdkStream({ baseUrl }, onDelta) {
  const { default: Anthropic } = await import('@anthropic-ai/sdk');
  for await (const { type } of new Anthropic({ apiKey: 'bench', baseURL: baseUrl }).messages.stream(anthropicBody)) {
    if (type === 'content_block_delta') await onDelta();
  }
}

export async function openaiSdk({ wire, fetch }, onDelta, onValue) {
  const { default: OpenAI } = await import('openai');
  const client = new OpenAI({ apiKey: 'bench', fetch });
  if (wire === 'responses') {
    const stream = client.responses.stream(responsesBody);
    stream.on('response.output_text.delta', ({ delta }) => onDelta(delta));
    return (await stream.finalResponse()).output[0].content[0].text;
  }
  // It parses live only what is to be strict.
  const tool = { type: 'function', function: { name: 'write', strict: true, parameters: { type: 'object' } } };
  const stream = client.chat.completions.stream(onValue === undefined ? chatBody : { ...chatBody, tools: [tool] });
  if (onValue === undefined) stream.on('content', (delta) => onDelta(delta));
  else stream.on('tool_calls.function.arguments.delta', ({ parsed_arguments: value }) => onValue(value));
  const { message } = (await stream.finalChatCompletion()).choices[0];
  return onValue === undefined ? message.content : JSON.parse(message.tool_calls[0].function.arguments);
}

export async function openaiSdkRaw({ wire, fetch }, onDelta) {
  const { default: OpenAI } = await import('openai');
  const client = new OpenAI({ apiKey: 'bench', fetch });
  const events =
    wire === 'chat'
      ? await client.chat.completions.create({ ...chatBody, stream: true })
      : await client.responses.create({ ...responsesBody, stream: true });
  let text = '';
  for await (const event of events) {
    const delta = deltas[wire](event);
    if (typeof delta !== 'string' || delta === '') continue;
    text += delta;
    onDelta(delta);
  }
  return text;
}

export async function aiSdk({ wire, fetch, baseUrl }, onDelta, onValue) {
  const { jsonSchema, readUIMessageStream, streamText, tool } = await import('ai');
  const model = await aiModel(wire, fetch, baseUrl);
  if (onValue === undefined) {
    const result = streamText({ model, prompt });
    for await (const part of result.fullStream) {
      if (part.type !== 'text-delta') continue;
      const turn = onDelta(part.text);
      if (turn !== undefined) await turn;
    }
    return result.text;
  }
  const write = tool({ description: 'Writes', inputSchema: jsonSchema({ type: 'object' }) });
  const result = streamText({ model, prompt, tools: { write } });
  let input;
  for await (const { parts } of readUIMessageStream({ stream: result.toUIMessageStream() })) {
    input = parts.at(-1)?.input;
    onValue(input);
  }
  return input;
}

async function aiModel(wire, fetch, baseURL) {
  if (wire === 'anthropic') {
    const { createAnthropic } = await import('@ai-sdk/anthropic');
    return createAnthropic({ apiKey: 'bench', fetch, baseURL })(anthropicBody.model);
  }
  const { createOpenAI } = await import('@ai-sdk/openai');
  const provider = createOpenAI({ apiKey: 'bench', fetch });
  return wire === 'chat' ? provider.chat(chatBody.model) : provider.responses(responsesBody.model);
}
