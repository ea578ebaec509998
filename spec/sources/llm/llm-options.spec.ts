import { afterEach, describe, expect, it } from '@jest/globals';
import {
  baseUrlOf,
  callRequest,
  checkLlmOptions,
  jsonBody,
  llmRules,
  missingKey,
} from '../../../sources/llm/llm-options.js';

const variable = 'TAILRACE_SPEC_URL';
const base = { variable, vendor: 'https://api.example.com/v1' };
afterEach(() => {
  delete process.env[variable];
});

describe('checkLlmOptions', () => {
  const body = {};

  it.each<[string, object]>([
    ['body', {}],
    ['body', { body: null }],
    ['body', { body: [] }],
    ['apiKey', { body, apiKey: 'canary with blanks' }],
    ['baseUrl', { body, baseUrl: 'https://canary:secret@example.com' }],
    ['baseUrl', { body, baseUrl: 'https://example.com?canary=1' }],
    ['baseUrl', { body, baseUrl: 'ftp://example.com' }],
    ['headers', { body, headers: 'canary: 1' }],
    ['headersTimeout', { body, headersTimeout: 0 }],
    ['headersTimeout', { body, headersTimeout: Number.NaN }],
    ['idleTimeout', { body, idleTimeout: Infinity }],
    ['chunkSize', { body, chunkSize: 0 }],
    ['maxEventLength', { body, maxEventLength: 1.5 }],
    ['malformed', { body, malformed: 'canary' }],
    ['model', { body, model: 'm' }],
  ])('refuses a senseless %s and never quotes a text: %#', (option, options) => {
    const check = (): void => checkLlmOptions('here', llmRules, { ...{ body: {} }, ...options, ...bodyOf(options) });
    expect(check).toThrow(TypeError);
    expect(check).toThrow(new RegExp(`here: .*"${option}"`));
    expect(check).not.toThrow(/canary/);
  });

  it('takes everything that makes sense', () => {
    const options = {
      body,
      apiKey: false,
      baseUrl: 'http://127.0.0.1:8080/v1/',
      idleTimeout: 0,
      headers: { a: 'b' },
    } as const;
    expect(() => checkLlmOptions('here', llmRules, options)).not.toThrow();
  });
});

/** What plain JavaScript may pass for the body. */
function bodyOf(options: object): { body: object } {
  const body: unknown = Reflect.get(options, 'body');
  const holder: { body: object } = { body: {} };
  Reflect.set(holder, 'body', body);
  return holder;
}

describe('baseUrlOf', () => {
  it('is the option, else the variable, else the vendor, without a slash at the end', () => {
    expect(baseUrlOf('here', undefined, base)).toEqual({ url: 'https://api.example.com/v1', isVendor: true });
    process.env[variable] = 'http://127.0.0.1:1/v1/';
    expect(baseUrlOf('here', undefined, base)).toEqual({ url: 'http://127.0.0.1:1/v1', isVendor: false });
    expect(baseUrlOf('here', 'https://other.example.com//', base).url).toBe('https://other.example.com');
  });

  it('refuses a variable that is no URL, without quoting it', () => {
    process.env[variable] = 'canary';
    expect(() => baseUrlOf('here', undefined, base)).toThrow(`here: the variable ${variable} must be`);
    expect(() => baseUrlOf('here', undefined, base)).not.toThrow(/canary/);
  });
});

describe('jsonBody', () => {
  it('writes JSON, and refuses what cannot be written in words of its own', () => {
    expect(jsonBody('here', { a: [1] })).toBe('{"a":[1]}');
    const canary: Record<string, unknown> = {};
    canary['canary'] = canary;
    for (const bad of [canary, { n: 1n }]) {
      expect(() => jsonBody('here', bad)).toThrow('here: option "body" must be');
      expect(() => jsonBody('here', bad)).not.toThrow(/canary/);
    }
  });
});

it('callRequest waits a minute for headers and five for a silent body, unless it is told otherwise', () => {
  expect(callRequest({ body: {} })).toMatchObject({ headersTimeout: 60_000, idleTimeout: 300_000 });
  const mine = { headersTimeout: 5, idleTimeout: 0, maxEventLength: 9, malformed: 'error' } as const;
  expect(callRequest({ body: {}, ...mine })).toMatchObject(mine);
});

it('missingKey names the option and the variable', () => {
  expect(missingKey('here', 'apiKey', 'THE_KEY').message).toMatch(/here: option "apiKey".*THE_KEY/);
});
