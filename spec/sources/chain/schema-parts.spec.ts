import { describe, expect, it } from '@jest/globals';
import * as z from 'zod';
import { anyObject, maybe, orEmpty, readBy, text } from '../../../sources/chain/schema-parts.js';

describe('maybe', () => {
  it('takes null and what is missing for absent, and nothing else', () => {
    const schema = z.object({ a: maybe(z.number()), b: text });
    expect(schema.parse({})).toEqual({});
    expect(schema.parse({ a: null, b: null })).toEqual({});
    expect(schema.parse({ a: 0, b: '' })).toEqual({ a: 0, b: '' });
    expect(schema.safeParse({ a: '1' }).success).toBe(false);
  });
});

describe('orEmpty', () => {
  it('reads no answer as one that says nothing', () => {
    expect(orEmpty(anyObject).parse(undefined)).toEqual({});
    expect(orEmpty(anyObject).parse({ a: 1 })).toEqual({ a: 1 });
    expect(orEmpty(anyObject).safeParse([]).success).toBe(false);
  });
});

describe('readBy', () => {
  it('names the place and never the text', () => {
    const read = readBy(z.object({ a: z.object({ b: z.number() }) }), 'get it');
    expect(read({ a: { b: 1 }, more: 2 })).toEqual({ a: { b: 1 } });
    const thrown = ((): unknown => {
      try {
        return read({ a: { b: 'CANARY' } });
      } catch (error) {
        return error;
      }
    })();
    expect(thrown).toMatchObject({
      ...{ name: 'EventStreamerError', code: 'malformed', errorType: 'fatal_error', operation: 'get it' },
      message: 'get it: the answer is not what it should be: At a.b: expected number, received string',
    });
  });
});
