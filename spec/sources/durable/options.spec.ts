import { describe, expect, it } from '@jest/globals';
import { checkDurable, type DurableOptions, durableRules, valuesOf } from '../../../sources/durable/options.js';

const url = 'http://a.example/s?tenant=1#part';

describe('the options of every request', () => {
  it('part the URL from its query, which the options go before', async () => {
    const checked = checkDurable('read', url, { params: async () => ({ tenant: 2, b: 'c' }) });
    expect(checked.url).toBe('http://a.example/s');
    await expect(checked.params()).resolves.toEqual({ tenant: 2, b: 'c' });
    expect(await checkDurable('read', new URL(url), {}).params()).toEqual({ tenant: '1' });
  });

  it("have the protocol's own schedule where they say nothing else", () => {
    const { config } = checkDurable('read', url, { maxBackoff: 5_000, jitter: undefined });
    expect(config).toMatchObject({ initialBackoff: 100, backoffMultiplier: 1.3, maxBackoff: 5_000, jitter: 'full' });
  });

  it.each([
    ['a relative URL', '/s', {}, /"url" must be an absolute http or https URL/],
    ['user info', 'http://user:secret@a.example/s', {}, /without user info/],
    ['a reserved parameter', url, { params: { offset: '1' } }, /"offset" belongs to the protocol/],
    ['a reserved parameter in the URL', 'http://a.example/s?live=sse', {}, /"live" belongs to the protocol/],
    ['a token in the query', url, { params: { token: 'x' } }, /looks like a credential/],
    ['senseless waits', url, { initialBackoff: 10, maxBackoff: 5 }, /"maxBackoff"/],
    ['a half retry', url, { maxRetries: 0.5 }, /"maxRetries" must be a whole number/],
    ['a handler that is none', url, JSON.parse('{"onError":1}'), /"onError" must be a function/],
    ['a header of two lines', url, { headers: { a: 'b\nc' } }, /header "a"/],
  ])('are refused at once with %s', (_name, given, options, message) => {
    expect(() => checkDurable('read', given, options)).toThrow(TypeError);
    expect(() => checkDurable('read', given, options)).toThrow(message);
    expect(() => checkDurable('read', given, options)).not.toThrow(/secret/);
  });

  it('have a rule each', () => {
    expect(Object.keys(durableRules)).toEqual(expect.arrayContaining(['headers', 'params', 'onError', 'timeout']));
  });
});

describe('headers and parameters', () => {
  it.each([
    ['headers', new Headers({ authorization: 'a' })],
    ['headers', new Map([['a', 'b']])],
    ['headers', [['a', 'b']]],
    ['params', new URLSearchParams('a=1')],
    ['params', 'a=1'],
  ])('%s that are no plain object are refused: %s', (name, value) => {
    expect(() => checkDurable('here', 'http://a.example/', JSON.parse('{}'))).not.toThrow();
    const options = Object.fromEntries([[name, value]]);
    expect(() => checkDurable('here', 'http://a.example/', options)).toThrow(
      new RegExp(`^here: option "${name}" must be an object of names and values, or a function that gives one`),
    );
  });

  it('that a function makes of the names of the protocol, or of something else, are refused when they are needed', async () => {
    const params = async (given: DurableOptions['params']) =>
      checkDurable('here', 'http://a.example/', { params: given }).params();
    const taken = { code: 'bad_url', message: expect.stringContaining('"live" belongs to the protocol') };
    await expect(params(() => ({ live: 'sse' }))).rejects.toMatchObject(taken);
    await expect(params(() => JSON.parse('"a=1"'))).rejects.toMatchObject({ code: 'bad_header' });
    await expect(params(() => JSON.parse('null'))).resolves.toEqual({});
  });
});

describe('values', () => {
  it('are those of now', async () => {
    let count = 0;
    const values = (): { n: number } => ({ n: (count += 1) });
    await expect(valuesOf(values)).resolves.toEqual({ n: 1 });
    await expect(valuesOf(values)).resolves.toEqual({ n: 2 });
    await expect(valuesOf({ n: 3 })).resolves.toEqual({ n: 3 });
    await expect(valuesOf(undefined)).resolves.toEqual({});
  });
});
