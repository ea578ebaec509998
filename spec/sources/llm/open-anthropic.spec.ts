import { describe, expect, it } from '@jest/globals';
import { inspect } from 'node:util';
import { openAnthropicMessages } from '../../../sources/llm/open-anthropic.js';
import { eventually } from '../../servers/eventually.js';
import { startOrigin } from '../../servers/origin.js';
import { answer, chunk, jsonAnswer, stall } from '../../servers/origin-steps.js';
import { closing, watch } from '../x/watch.js';
import { framings } from './framings.js';
import { fixture } from './recordings.js';
import { scriptedLlm, type ScriptedStream } from './scripted-llm.js';

const close = closing();
const body = { model: 'claude-rill-1', max_tokens: 10, messages: [{ role: 'user', content: 'Hello' }] };
const apiKey = 'sk-ant-canary-key';

async function read(stream: ScriptedStream) {
  const { transport } = scriptedLlm(() => stream);
  const seen = watch(openAnthropicMessages({ apiKey, body, transport }));
  await seen.ended;
  return seen;
}

function textOf(events: Awaited<ReturnType<typeof read>>['values']): string {
  return events
    .map((event) => (event.type === 'content_block_delta' && event.delta.type === 'text_delta' ? event.delta.text : ''))
    .join('');
}

describe('openAnthropicMessages', () => {
  it.each(framings)('reads a message framed with $name', async ({ cut }) => {
    const seen = await read({ body: cut(fixture('anthropic-text')) });
    expect(seen.completed).toBe(true);
    expect(textOf(seen.values)).toBe('Brooks run to the größte Fluß 🏞️, and ends there.');
    expect(seen.values.map(({ type }) => type)).not.toContain('unknown');
    expect(seen.values.at(-1)).toEqual({ type: 'message_stop' });
  });

  it.each(['anthropic-tool', 'anthropic-thinking'])('reads %s to its end, every event known', async (name) => {
    const seen = await read({ body: [fixture(name)] });
    expect([seen.completed, seen.values.filter(({ type }) => type === 'unknown')]).toEqual([true, []]);
  });

  it('emits an error event and errors with it, first or in the middle', async () => {
    for (const [name, before] of [
      ['error-first', 0],
      ['error-midstream', 3],
    ] as const) {
      const seen = await read({ body: [fixture(`anthropic-${name}`)] });
      expect(seen.values).toHaveLength(before + 1);
      expect(seen.values.at(-1)?.type).toBe('error');
      expect(seen.error).toMatchObject({
        code: 'overloaded',
        statusCode: 529,
        requestId: 'req_rill01',
        isRetryable: true,
      });
    }
  });

  it('never takes a part for the whole', async () => {
    const text = fixture('anthropic-text');
    const stop = Buffer.from(text).indexOf('event: message_stop');
    const whole = Buffer.from(text).lastIndexOf('}') + 1;
    for (let length = 0; length < whole; length += length < stop ? 37 : 1) {
      const seen = await read({ body: [Buffer.from(text).subarray(0, length)] });
      expect([length, seen.completed, seen.error?.name]).toEqual([length, false, 'TruncatedStreamError']);
    }
    expect((await read({ body: [Buffer.from(text).subarray(0, whole)] })).completed).toBe(true);
  });

  it('closes the socket at the marker although the server keeps it open', async () => {
    const steps = [answer(200, { 'content-type': 'text/event-stream' }), chunk(fixture('anthropic-text')), stall()];
    const origin = close(await startOrigin([steps]));
    const seen = watch(openAnthropicMessages({ apiKey, body, baseUrl: origin.url }));
    await seen.ended;
    expect(seen.completed).toBe(true);
    await eventually(() => origin.activeSockets === 0);
  });

  it('sends what it was given, and shows its key in no error', async () => {
    const said = { type: 'error', error: { type: 'authentication_error', message: `invalid x-api-key ${apiKey}` } };
    const origin = close(await startOrigin([[jsonAnswer(401, said)]]));
    const seen = watch(
      openAnthropicMessages({ apiKey: async () => apiKey, body, baseUrl: origin.url, betas: ['b-1'] }),
    );
    await seen.ended;
    const [sent] = origin.requests;
    expect(sent).toMatchObject({ method: 'POST', path: '/v1/messages' });
    expect(sent?.headers).toMatchObject({
      'x-api-key': apiKey,
      'anthropic-version': '2023-06-01',
      'anthropic-beta': 'b-1',
    });
    expect(JSON.parse(sent?.body ?? '')).toEqual({ ...body, stream: true });
    expect(seen.error).toMatchObject({
      errorType: 'authentication_error',
      statusCode: 401,
      providerType: 'authentication_error',
    });
    expect(inspect(seen.error, { depth: 9, showHidden: true }) + JSON.stringify(seen.error)).not.toContain('canary');
  });

  it('refuses options that can never work at once', () => {
    expect(() => openAnthropicMessages({ apiKey, body, ...{ model: 'x' } })).toThrow(
      /openAnthropicMessages: unknown option "model"/,
    );
  });
});
