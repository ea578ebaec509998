import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { checkRequest, prepareRequest } from '../../../lib/request.js';
import type { LlmRequest } from '../../../sources/llm/llm-options.js';
import { chatRequest, openaiRequest, responsesRequest } from '../../../sources/llm/request-openai.js';

const chat = { model: 'gpt-rill', messages: [{ role: 'user', content: 'Hello' }] };
const variables = ['OPENAI_API_KEY', 'OPENAI_BASE_URL', 'OPENAI_ORG_ID', 'OPENAI_PROJECT_ID'];
const before = variables.map((name) => [name, process.env[name]] as const);
beforeEach(() => {
  for (const name of variables) delete process.env[name];
});
afterEach(() => {
  for (const name of variables) delete process.env[name];
  for (const [name, value] of before) if (value !== undefined) process.env[name] = value;
});

/** What goes over the wire. */
async function sent(request: LlmRequest) {
  const { malformed: _policy, onInvalid: _call, maxMalformedInARow: _row, maxEventLength: _max, ...http } = request;
  const { url, method, headers, body } = await prepareRequest(checkRequest('spec', http));
  const json: unknown = body === undefined ? undefined : JSON.parse(String(body));
  return { url: url.href, method, headers, json };
}

describe('chatRequest', () => {
  it('is what the API documents, and asks for the usage', async () => {
    expect(await sent(chatRequest({ apiKey: 'key-1', body: chat }))).toEqual({
      url: 'https://api.openai.com/v1/chat/completions',
      method: 'POST',
      headers: {
        accept: 'text/event-stream',
        'accept-encoding': 'identity',
        authorization: 'Bearer key-1',
        'content-type': 'application/json',
      },
      json: { ...chat, stream: true, stream_options: { include_usage: true } },
    });
  });

  it('leaves what the caller says of the usage, and passes unknown fields through', async () => {
    const body = {
      ...chat,
      stream_options: { include_usage: false, include_obfuscation: false },
      provider: { order: ['a'] },
    };
    expect((await sent(chatRequest({ apiKey: 'k', body }))).json).toEqual({ ...body, stream: true });
  });
});

describe('responsesRequest', () => {
  it('is what the API documents', async () => {
    const { url, json } = await sent(
      responsesRequest({ apiKey: 'k', body: { model: 'm', input: 'Hello', background: true } }),
    );
    expect([url, json]).toEqual([
      'https://api.openai.com/v1/responses',
      { model: 'm', input: 'Hello', background: true, stream: true },
    ]);
  });
});

describe('openaiRequest', () => {
  const poll = { path: '/responses/resp_1', method: 'GET' } as const;

  it('reaches other paths with the same names and limits, without a body', async () => {
    const options = { apiKey: 'k', body: {}, params: { 'api-version': '1' }, organization: 'org-1', project: 'proj-1' };
    const { url, method, headers, json } = await sent(
      openaiRequest(options, { ...poll, params: { stream: true, starting_after: 7 } }),
    );
    expect([url, method, json]).toEqual([
      'https://api.openai.com/v1/responses/resp_1?api-version=1&starting_after=7&stream=true',
      'GET',
      undefined,
    ]);
    expect(headers).toMatchObject({
      'openai-organization': 'org-1',
      'openai-project': 'proj-1',
      authorization: 'Bearer k',
    });
    expect(headers).not.toHaveProperty('content-type');
  });

  it('asks a function of params for every attempt, and its own win', async () => {
    const options = { apiKey: 'k', body: {}, params: async () => ({ a: 1, stream: false }) };
    expect((await sent(openaiRequest(options, { ...poll, params: { stream: true } }))).url).toMatch(
      /\?a=1&stream=true$/,
    );
  });

  it('takes key, address and account from the environment, the account for OpenAI alone', async () => {
    process.env['OPENAI_API_KEY'] = 'env-key';
    process.env['OPENAI_ORG_ID'] = 'org-env';
    process.env['OPENAI_PROJECT_ID'] = 'proj-env';
    const own = await sent(openaiRequest({ body: {} }, poll));
    expect(own.headers).toMatchObject({
      authorization: 'Bearer env-key',
      'openai-organization': 'org-env',
      'openai-project': 'proj-env',
    });
    process.env['OPENAI_BASE_URL'] = 'http://127.0.0.1:1/api/v1/';
    const other = await sent(openaiRequest({ body: {} }, poll));
    expect([other.url, other.headers['authorization']]).toEqual([
      'http://127.0.0.1:1/api/v1/responses/resp_1',
      'Bearer env-key',
    ]);
    expect(other.headers).not.toHaveProperty('openai-organization');
    const none = await sent(openaiRequest({ body: {}, apiKey: false }, poll));
    expect(none.headers).not.toHaveProperty('authorization');
  });

  it('sends the key as Azure wants it, there or where it is told to', async () => {
    const azure = { apiKey: 'k', body: {}, baseUrl: 'https://mine.openai.azure.com/openai/v1' };
    expect((await sent(openaiRequest(azure, poll))).headers).toMatchObject({ 'api-key': 'k' });
    expect((await sent(openaiRequest({ ...azure, keyHeader: 'authorization' }, poll))).headers).toMatchObject({
      authorization: 'Bearer k',
    });
    const elsewhere = { ...azure, baseUrl: 'http://127.0.0.1:1', keyHeader: 'api-key' } as const;
    const { headers } = await sent(openaiRequest(elsewhere, poll));
    expect([headers['api-key'], headers['authorization']]).toEqual(['k', undefined]);
  });

  it('leaves the credential to headers of the caller', async () => {
    const { headers } = await sent(openaiRequest({ apiKey: 'k', body: {}, headers: { Authorization: 'mine' } }, poll));
    expect(headers['authorization']).toBe('mine');
  });

  it('misses a key at once, by option and variable, except for other servers', () => {
    expect(() => openaiRequest({ body: {} }, poll)).toThrow(/option "apiKey" is missing.*OPENAI_API_KEY/);
    expect(() => openaiRequest({ body: {}, baseUrl: 'http://127.0.0.1:1/v1' }, poll)).not.toThrow();
  });

  it('refuses options that it does not have', () => {
    expect(() => chatRequest({ apiKey: 'k', body: chat, ...{ temperature: 1 } })).toThrow(
      /unknown option "temperature"/,
    );
    expect(() => openaiRequest({ apiKey: 'k', body: {}, organization: '' }, poll)).toThrow(/"organization"/);
  });
});
