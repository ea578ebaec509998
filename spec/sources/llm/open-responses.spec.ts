import { describe, expect, it } from '@jest/globals';
import { openOpenAIResponses } from '../../../sources/llm/open-responses.js';
import type { ResponsesEvent } from '../../../sources/llm/responses-events.js';
import { eventually } from '../../servers/eventually.js';
import { startOrigin } from '../../servers/origin.js';
import { answer, chunk, stall } from '../../servers/origin-steps.js';
import { closing, watch } from '../x/watch.js';
import { framings } from './framings.js';
import { fixture } from './recordings.js';
import { scriptedLlm, type ScriptedStream } from './scripted-llm.js';

const close = closing();
const body = { model: 'gpt-rill', input: 'Hello' };
const apiKey = 'sk-canary-key';

async function read(stream: ScriptedStream) {
  const { transport } = scriptedLlm(() => stream);
  const seen = watch(openOpenAIResponses({ apiKey, body, transport }));
  await seen.ended;
  return seen;
}

function textOf(events: readonly ResponsesEvent[]): string {
  return events.map((event) => (event.type === 'response.output_text.delta' ? event.delta : '')).join('');
}

describe('openOpenAIResponses', () => {
  it.each(framings)('reads a response framed with $name', async ({ cut }) => {
    const seen = await read({ body: cut(fixture('responses-text')) });
    expect([seen.completed, textOf(seen.values)]).toEqual([true, 'Brooks run to the größte Fluß 🏞️, and ends there.']);
    expect(seen.values.map(({ type }) => type)).not.toContain('unknown');
    expect(seen.values.at(-1)?.type).toBe('response.completed');
  });

  it.each(['responses-tool', 'responses-thinking', 'responses-incomplete'])(
    'reads %s to its end, every event known',
    async (name) => {
      const seen = await read({ body: [fixture(name)] });
      expect([seen.completed, seen.values.filter(({ type }) => type === 'unknown')]).toEqual([true, []]);
    },
  );

  it('emits an error event and a failed response, and errors with the first of them', async () => {
    const first = await read({ body: [fixture('responses-error-first')] });
    expect(first.values.map(({ type }) => type)).toEqual(['error']);
    expect(first.error).toMatchObject({ code: 'quota_exceeded', isRetryable: false });
    const middle = await read({ body: [fixture('responses-error-midstream')] });
    expect(middle.values.at(-1)?.type).toBe('response.failed');
    expect(middle.error).toMatchObject({ code: 'provider_failed', providerCode: 'server_error', isRetryable: true });
  });

  it.each<[string, string]>([
    ['the end of the body', fixture('responses-eof-no-stop')],
    ['[DONE]', `${fixture('responses-eof-no-stop')}data: [DONE]\n\n`],
  ])('takes %s before the response is over for a truncation', async (_what, text) => {
    const seen = await read({ body: [text], end: text.includes('[DONE]') ? 'open' : 'clean' });
    expect(seen.error).toMatchObject({ name: 'TruncatedStreamError', wire: 'openai-responses' });
  });

  it('closes the socket at the marker although the server keeps it open', async () => {
    const steps = [answer(200, { 'content-type': 'text/event-stream' }), chunk(fixture('responses-text')), stall()];
    const origin = close(await startOrigin([steps]));
    const seen = watch(openOpenAIResponses({ apiKey, body, baseUrl: `${origin.url}/v1` }));
    await seen.ended;
    expect(seen.completed).toBe(true);
    await eventually(() => origin.activeSockets === 0);
    expect(origin.requests[0]?.path).toBe('/v1/responses');
    expect(JSON.parse(origin.requests[0]?.body ?? '')).toEqual({ ...body, stream: true });
  });
});
