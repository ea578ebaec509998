import { describe, expect, it } from '@jest/globals';
import type { RequestValues } from '../../../lib/request.js';
import { handedValues } from '../../../sources/durable/handed-values.js';
import { valuesOf } from '../../../sources/durable/options.js';
import { stream } from '../../../sources/durable/stream.js';
import { answer } from '../../servers/origin-steps.js';
import { scriptedServer } from './written.js';

const counting = (): (() => string) => {
  let count = 0;
  return () => String(++count);
};

describe('handedValues', () => {
  it('leaves alone what is no function', () => {
    const plain: RequestValues = { a: '1' };
    expect(handedValues(plain)).toEqual({ first: plain, second: plain });
    expect(handedValues(plain).first).toBe(plain);
    expect(handedValues(undefined)).toEqual({ first: undefined, second: undefined });
  });

  it('hands the last evaluation on, once', async () => {
    const { first, second } = handedValues({ n: counting(), plain: 'x' });
    await expect(valuesOf(first)).resolves.toEqual({ n: '1', plain: 'x' });
    await expect(valuesOf(first)).resolves.toEqual({ n: '2', plain: 'x' });
    await expect(valuesOf(second)).resolves.toEqual({ n: '2', plain: 'x' });
    expect((await valuesOf(second))['n']).toEqual(expect.any(Function));
  });

  it('takes one function for all, and functions inside of what it gives', async () => {
    const count = counting();
    const { first, second } = handedValues(() => Promise.resolve({ n: count }));
    await valuesOf(first);
    await expect(valuesOf(second)).resolves.toEqual({ n: '1' });
  });
});

describe('stream', () => {
  it('asks for headers and parameters once per request', async () => {
    const page = (next: string, upToDate: boolean): Record<string, string> => ({
      'content-type': 'application/json',
      'stream-next-offset': next,
      ...(upToDate && { 'stream-up-to-date': 'true' }),
    });
    const origin = await scriptedServer([
      [answer(503)],
      [answer(200, page('1_1', false), '[1]')],
      [answer(200, page('2_2', true), '[2]')],
    ]);
    const headers = { 'x-count': counting() };
    const params = counting();
    const options = {
      live: false,
      headers,
      params: () => ({ n: params() }),
      initialBackoff: 1,
      maxBackoff: 1,
    } as const;
    const response = await stream(origin.url, options);
    await expect(response.json()).resolves.toEqual([1, 2]);
    expect(origin.requests.map(({ headers: sent }) => sent['x-count'])).toEqual(['1', '2', '3']);
    expect(params()).toBe('4');
  });
});
