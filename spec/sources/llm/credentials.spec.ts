import { afterEach, describe, expect, it } from '@jest/globals';
import { environment, holdsCredential, keyHeader, keyOf, keyRule } from '../../../sources/llm/credentials.js';

const variable = 'TAILRACE_SPEC_KEY';
afterEach(() => {
  delete process.env[variable];
});

describe('environment', () => {
  it('reads a variable when asked, without the blanks around it, and takes an empty one for none', () => {
    expect(environment(variable)).toBeUndefined();
    process.env[variable] = ' abc\n';
    expect(environment(variable)).toBe('abc');
    process.env[variable] = ' ';
    expect(environment(variable)).toBeUndefined();
  });

  it('is empty where there is none', () => {
    const { process: host } = globalThis;
    process.env[variable] = 'abc';
    try {
      Reflect.set(globalThis, 'process', undefined);
      expect(environment(variable)).toBeUndefined();
    } finally {
      Reflect.set(globalThis, 'process', host);
    }
    expect(environment(variable)).toBe('abc');
  });
});

describe('keyOf', () => {
  const keyFrom = (given: string | false | undefined) => keyOf('here', { option: 'apiKey', given, variable });

  it('is the option, else the variable, and nothing at all for false', () => {
    process.env[variable] = 'from-environment';
    expect([keyFrom('given'), keyFrom(undefined), keyFrom(false)]).toEqual(['given', 'from-environment', undefined]);
  });

  it('refuses a variable that is no key, without quoting it', () => {
    process.env[variable] = 'canary key';
    expect(() => keyFrom(undefined)).toThrow(new RegExp(`here: the variable ${variable} must be .*option "apiKey"`));
    expect(() => keyFrom(undefined)).not.toThrow(/canary/);
  });
});

describe('keyHeader', () => {
  it('is a text, or a function that asks for the key anew every time', async () => {
    let asked = 0;
    const header = keyHeader('apiKey', () => `key-${++asked}`, 'Bearer ');
    if (typeof header !== 'function') throw new Error('it must ask');
    expect([await header(), await header()]).toEqual(['Bearer key-1', 'Bearer key-2']);
    expect(keyHeader('apiKey', 'key', 'Bearer ')).toBe('Bearer key');
  });

  it('fails where the function gives no key, without quoting what it gave', async () => {
    const header = keyHeader('apiKey', () => 'canary\nkey');
    if (typeof header !== 'function') throw new Error('it must ask');
    await expect(header()).rejects.toMatchObject({ code: 'bad_header', errorType: 'fatal_error' });
    await expect(header()).rejects.toThrow(/option "apiKey"/);
    await expect(header()).rejects.not.toThrow(/canary/);
  });
});

it('keyRule takes keys, functions and false, and what a missing variable turns into is none', () => {
  expect(['a-key', () => 'a', false].map(keyRule.test)).toEqual([true, true, true]);
  expect([true, '', 'a b', 'undefined', 'null', 1, null].map(keyRule.test)).toEqual(new Array(7).fill(false));
});

it('holdsCredential knows the three headers in any case', () => {
  expect(holdsCredential(undefined)).toBe(false);
  expect(holdsCredential({ 'x-other': 'a', authorization: undefined })).toBe(false);
  for (const name of ['Authorization', 'X-Api-Key', 'api-key']) expect(holdsCredential({ [name]: 'a' })).toBe(true);
});
