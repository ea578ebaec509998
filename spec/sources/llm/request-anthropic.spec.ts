import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { prepareRequest, checkRequest } from '../../../lib/request.js';
import type { LlmRequest } from '../../../sources/llm/llm-options.js';
import { type AnthropicOptions, anthropicRequest } from '../../../sources/llm/request-anthropic.js';

const body = { model: 'claude-rill-1', max_tokens: 10, messages: [{ role: 'user', content: 'Hello' }] };
const variables = ['ANTHROPIC_API_KEY', 'ANTHROPIC_AUTH_TOKEN', 'ANTHROPIC_BASE_URL'];
const before = variables.map((name) => [name, process.env[name]] as const);
beforeEach(() => {
  for (const name of variables) delete process.env[name];
});
afterEach(() => {
  for (const name of variables) delete process.env[name];
  for (const [name, value] of before) if (value !== undefined) process.env[name] = value;
});

/** What goes over the wire. */
async function sent(options: Partial<AnthropicOptions> = {}) {
  const request: LlmRequest = anthropicRequest({ body, ...options });
  const { malformed: _policy, onInvalid: _call, maxMalformedInARow: _row, maxEventLength: _max, ...http } = request;
  const { url, method, headers, body: text } = await prepareRequest(checkRequest('spec', http));
  return { url: url.href, method, headers, json: read(String(text)) };
}

describe('anthropicRequest', () => {
  it('is what the API documents', async () => {
    expect(await sent({ apiKey: 'key-1' })).toEqual({
      url: 'https://api.anthropic.com/v1/messages',
      method: 'POST',
      headers: {
        accept: 'text/event-stream',
        'accept-encoding': 'identity',
        'content-type': 'application/json',
        'anthropic-version': '2023-06-01',
        'x-api-key': 'key-1',
      },
      json: { ...body, stream: true },
    });
  });

  it('passes unknown fields of the body through, and streams whatever the body says', async () => {
    const { json } = await sent({ apiKey: 'k', body: { ...body, brand_new: { a: 1 }, stream: false } });
    expect(json).toEqual({ ...body, brand_new: { a: 1 }, stream: true });
  });

  it('sends version, betas and headers of the caller, whose own go before ours', async () => {
    const headers = { 'x-mine': 'a', 'Anthropic-Version': '2030-01-01' };
    const request = await sent({ apiKey: 'k', betas: ['one-2025', 'two.b'], anthropicVersion: '2026-10-21', headers });
    expect(request.headers).toMatchObject({
      'anthropic-beta': 'one-2025,two.b',
      'x-mine': 'a',
      'anthropic-version': '2030-01-01',
    });
  });

  it('puts the path behind the base URL, once', async () => {
    for (const baseUrl of ['http://127.0.0.1:1/proxy', 'http://127.0.0.1:1/proxy/', 'http://127.0.0.1:1/proxy/v1']) {
      expect((await sent({ baseUrl })).url).toBe('http://127.0.0.1:1/proxy/v1/messages');
    }
    process.env['ANTHROPIC_BASE_URL'] = 'http://127.0.0.1:2';
    expect((await sent()).url).toBe('http://127.0.0.1:2/v1/messages');
  });
});

describe('the credential of anthropicRequest', () => {
  const credentials = async (options: Partial<AnthropicOptions> = {}) => {
    const { headers } = await sent(options);
    return [headers['x-api-key'], headers['authorization']];
  };

  it('is the key, or the token, of the options before those of the environment', async () => {
    process.env['ANTHROPIC_AUTH_TOKEN'] = 'env-token';
    expect(await credentials()).toEqual([undefined, 'Bearer env-token']);
    process.env['ANTHROPIC_API_KEY'] = 'env-key';
    expect(await credentials()).toEqual(['env-key', undefined]);
    expect(await credentials({ authToken: 'token' })).toEqual([undefined, 'Bearer token']);
    expect(await credentials({ apiKey: 'key' })).toEqual(['key', undefined]);
    expect(await credentials({ apiKey: false })).toEqual([undefined, undefined]);
    expect(await credentials({ apiKey: false, authToken: 'token' })).toEqual([undefined, 'Bearer token']);
    expect(await credentials({ headers: { Authorization: 'mine' } })).toEqual([undefined, 'mine']);
  });

  it('may be a function, sync or not', async () => {
    expect(await credentials({ apiKey: async () => 'fresh' })).toEqual(['fresh', undefined]);
    expect(await credentials({ authToken: () => 'fresh' })).toEqual([undefined, 'Bearer fresh']);
  });

  it('is missed at once, by option and variable, except by other servers', async () => {
    expect(() => anthropicRequest({ body })).toThrow(/option "apiKey" is missing.*ANTHROPIC_API_KEY/);
    expect(await credentials({ baseUrl: 'http://127.0.0.1:1' })).toEqual([undefined, undefined]);
  });

  it('cannot be both', () => {
    expect(() => anthropicRequest({ body, apiKey: 'a', authToken: 'b' })).toThrow(
      /"apiKey" or option "authToken", not both/,
    );
  });
});

it.each<[string, Partial<AnthropicOptions>]>([
  ['betas', { betas: ['a,b'] }],
  ['betas', { betas: ['a\r\nx: canary'] }],
  ['anthropicVersion', { anthropicVersion: '' }],
  ['authToken', { authToken: 'canary token' }],
])('refuses %s that can never work', (option, options) => {
  expect(() => anthropicRequest({ body, apiKey: 'k', ...options })).toThrow(new RegExp(`option "${option}"`));
  expect(() => anthropicRequest({ body, apiKey: 'k', ...options })).not.toThrow(/canary/);
});

function read(text: string): unknown {
  return JSON.parse(text);
}
