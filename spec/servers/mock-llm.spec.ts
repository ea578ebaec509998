import { describe, expect, it } from '@jest/globals';
import { catchError, filter, firstValueFrom, lastValueFrom, map, of, take, type Observable } from 'rxjs';
import type { MockAnswer } from '../../apps/cli/mock-llm/script.js';
import type { AssembledMessage } from '../../sources/llm/message.js';
import type { LlmPart } from '../../sources/llm/parts.js';
import { anthropicMessages, openaiChat, openaiResponses } from '../../sources/llm/streams.js';
import type { LlmWire } from '../../sources/llm/vocabulary.js';
import { eventually } from './eventually.js';
import { mockLlm } from './mock-llm.js';

const wires: readonly LlmWire[] = ['anthropic', 'openai-chat', 'openai-responses'];
const paths: Readonly<Record<LlmWire, string>> = {
  anthropic: '/v1/messages',
  'openai-chat': '/v1/chat/completions',
  'openai-responses': '/v1/responses',
};
const call: MockAnswer = {
  say: [
    { type: 'thinking', text: 'Numbers, again.' },
    { type: 'text', text: 'Let me see. é 😀' },
    { type: 'tool', name: 'calculator', input: { expression: '42 * 17' } },
  ],
};

function parts(wire: LlmWire, url: string, apiKey = 'AAAA'): Observable<LlmPart> {
  const messages = [{ role: 'user', content: 'Hello' }];
  const options = { apiKey, baseUrl: `${url}/v1`, maxRetries: 0 };
  switch (wire) {
    case 'anthropic':
      return anthropicMessages({ ...options, body: { model: 'm', max_tokens: 9, messages } });
    case 'openai-chat':
      return openaiChat({ ...options, body: { model: 'm', messages } });
    case 'openai-responses':
      return openaiResponses({ ...options, body: { model: 'm', input: 'Hello' } });
  }
}

async function message(wire: LlmWire, url: string): Promise<AssembledMessage> {
  const last = await lastValueFrom(parts(wire, url));
  if (last.type !== 'end') throw new Error(`the last part is ${last.type}`);
  return last.message;
}

/** The code of what ends the stream. */
function failure(wire: LlmWire, url: string, key?: string): Promise<unknown> {
  const code = (error: unknown): unknown =>
    typeof error === 'object' && error !== null ? Reflect.get(error, 'code') : error;
  return lastValueFrom(parts(wire, url, key).pipe(catchError((error: unknown) => of(code(error)))));
}

async function post(url: string, wire: LlmWire, body: object = { stream: true }): Promise<string> {
  const response = await fetch(url + paths[wire], { method: 'POST', body: JSON.stringify(body) });
  return response.text();
}

describe('the mock of the providers', () => {
  it.each(wires)('says the same over the wire %s', async (wire) => {
    await using server = await mockLlm(call, { chunkSize: 5 });
    const { text, thinking, toolCalls, stop, usage } = await message(wire, server.url);
    expect({ text, thinking }).toEqual({ text: 'Let me see. é 😀', thinking: 'Numbers, again.' });
    expect(toolCalls).toMatchObject([{ name: 'calculator', input: { expression: '42 * 17' } }]);
    expect(stop?.reason).toBe('tool');
    expect(usage?.outputTokens).toBeGreaterThan(5);
    expect(server.requests).toMatchObject([{ wire, index: 0, method: 'POST', body: { model: 'm', stream: true } }]);
  });

  it.each(wires)('stops for the length and for a refusal over the wire %s', async (wire) => {
    const say = [{ type: 'text', text: 'No.' }] as const;
    await using server = await mockLlm([
      { say, stop: 'length' },
      { say, stop: 'refusal' },
    ]);
    expect((await message(wire, server.url)).stop?.reason).toBe('length');
    expect((await message(wire, server.url)).stop?.reason).toBe('refusal');
  });

  it('replays a recording byte for byte, for every request', async () => {
    const recording = 'event: ping\r\ndata: {"type":"ping"}\r\n\r\n: é\n\ndata: rest';
    await using server = await mockLlm(recording, { pace: 1, chunkSize: 3 });
    expect(await post(server.url, 'anthropic')).toBe(recording);
    expect(await post(server.url, 'openai-chat')).toBe(recording);
  });

  it.each(wires)('refuses, breaks off and lies as it is told, over the wire %s', async (wire) => {
    const after = { events: 4 };
    await using server = await mockLlm([
      { status: 429, headers: { 'retry-after': '500' } },
      { ...call, faults: [{ kind: 'cut', after }] },
      { ...call, faults: [{ kind: 'end', after }] },
      { ...call, faults: [{ kind: 'garbage', after }] },
      { ...call, faults: [{ kind: 'error', type: 'server_error', after }] },
      { recording: '<html>', contentType: 'text/html' },
      { status: 500 },
    ]);
    const codes: unknown[] = [];
    for (let n = 0; n < 8; n += 1) codes.push(await failure(wire, server.url));
    expect(codes.slice(0, 4)).toEqual(['rate_limited', 'interrupted', 'truncated', 'malformed']);
    expect(typeof codes[4]).toBe('string');
    // The last answer again.
    expect(codes.slice(5)).toEqual(['content_type', 'http_server_error', 'http_server_error']);
  });

  it('lets nobody in without its key', async () => {
    await using server = await mockLlm(call, { apiKey: 'BBBB' });
    for (const wire of wires) {
      expect(await failure(wire, server.url)).toBe('unauthorized');
      expect(await failure(wire, server.url, 'BBBB')).toMatchObject({ type: 'end' });
    }
  });

  it('knows when the client has left', async () => {
    await using server = await mockLlm(call, { faults: [{ kind: 'stall', after: { events: 3 } }] });
    await firstValueFrom(parts('anthropic', server.url).pipe(filter(({ type }) => type === 'start')));
    await eventually(() => expect(server.openStreams).toBe(0));
  });

  it('answers a request that it does not understand', async () => {
    await using server = await mockLlm(call);
    expect(await post(server.url, 'anthropic', {})).toContain('only streams');
    expect((await fetch(`${server.url}/v1/models`)).status).toBe(404);
    await using broken = await mockLlm(() => {
      throw new Error('no plan');
    });
    expect(await post(broken.url, 'openai-chat')).toBe('no plan');
  });
});

describe('its responses in the background', () => {
  const ask = (url: string): Promise<string> => post(url, 'openai-responses', { stream: true, background: true });
  const get = async (url: string, path: string, method = 'GET'): Promise<string> =>
    (await fetch(`${url}/v1/responses/${path}`, { method })).text();

  it('go on behind a number, and can be asked for until they are over, or cancelled', async () => {
    await using server = await mockLlm([{ say: [{ type: 'text', text: 'one two' }] }], { polls: 1 });
    const whole = await ask(server.url);
    const rest = await get(server.url, 'resp_mock_0?stream=true&starting_after=3');
    expect(whole.endsWith(rest)).toBe(true);
    expect(rest.startsWith('event: response.output_text.delta\n')).toBe(true);
    const states = [await get(server.url, 'resp_mock_0'), await get(server.url, 'resp_mock_0')];
    expect(states.map((text) => /"status":"(\w+)"/.exec(text)?.[1])).toEqual(['in_progress', 'completed']);
    expect(await get(server.url, 'resp_mock_0/cancel', 'POST')).toContain('"status":"cancelled"');
    // None of these was a request for a new answer.
    expect(server.requests.at(-1)?.index).toBe(1);
  });

  it('are over for streams when that is wanted, and unknown where nobody has made them', async () => {
    await using server = await mockLlm(call, { isResumable: false });
    await ask(server.url);
    expect(await get(server.url, 'resp_mock_0?stream=true')).toContain('no longer be streamed');
    expect(await get(server.url, 'resp_mock_7')).toContain('not found');
  });
});

it('is a cold source of its parts', async () => {
  await using server = await mockLlm(call);
  const types = parts('anthropic', server.url).pipe(
    map(({ type }) => type),
    take(1),
  );
  expect(server.requests).toHaveLength(0);
  expect(await lastValueFrom(types)).toBe('open');
});
